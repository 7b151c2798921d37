"""Numbers and labels that are personal are found whatever stands beside them, and products' numbers are not."""

import pytest

from agents.personal import numbers
from agents.personal.emails import emails, is_a_shops
from agents.personal.language import is_read
from agents.personal.terms import LANGUAGES
from agents.personal.verdicts import Kind, judged
from catalog.store import StoredCatalog


@pytest.mark.parametrize(
    "text",
    ["Visa 4111 1111 1111 1111 12/27", "4111111111111111 123", "1 4111 1111 1111 1111", "12344111111111111111", "3782 822463 10005"],
)  # fmt: skip
def test_a_card_is_found_whatever_digits_stand_beside_it(text: str) -> None:
    covered = {i for start, end in numbers.cards(text) for i in range(start, end)}
    left = "".join(c for i, c in enumerate(text) if i not in covered and c.isdigit())
    assert covered
    assert "1111111" not in left


@pytest.mark.parametrize(
    "text", ["ISBN 9780306406157", "1200 x 800 x 450 mm", "Order 204-5581", "24.99 39.00 17.25", "2026-11-27"]
)
def test_numbers_of_products_are_nobodys(text: str) -> None:
    assert judged(text).spans == ()


@pytest.mark.parametrize(
    "text",
    ["+44 20 7946 0958", "(415) 555-2671", "030 1234 5678", "06 12 34 56 78", "612 345 678", "340 123 4567"],
)
def test_telephones_of_five_languages_are_found(text: str) -> None:
    assert list(numbers.phones(f"Tel. {text}")) == [(5, 5 + len(text))]


@pytest.mark.parametrize("text", ["jo@example.org", "jo [at] example.org", "jo(at)example dot org"])
def test_addresses_written_to_be_missed_are_found(text: str) -> None:
    assert list(emails(text)) == [(0, len(text))]


def test_a_shops_own_address_is_told_from_a_persons() -> None:
    assert is_a_shops("service@shop.example")
    assert not is_a_shops("jo.service@shop.example")


@pytest.mark.parametrize(
    "text",
    ["Card number *", "Passwort (Pflichtfeld):", "Code de sécurité", "Fecha de caducidad (MM/AA)", "Codice fiscale", "cardNumber", "Motdepasse"],
)  # fmt: skip
def test_labels_are_known_in_five_languages(text: str) -> None:
    assert judged(text).kinds & Kind.LABEL


@pytest.mark.parametrize(
    "text", ["Hallo Anna", "Merci, Zoé !", "¡Hola Inés!", "Thank you, Aaron!", "Buongiorno Luca,"]
)
def test_somebody_greeted_is_personal(text: str) -> None:
    assert judged(text).kinds & Kind.PERSONAL


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Oak desk lamp, brass table lamp, wool blanket", True), ("Vorname, Nachname, Ort, Passwort", True),
        ("Código postal y localidad de la entrega", True), ("Voornaam, achternaam, woonplaats en huisnummer", False),
        ("Imię i nazwisko, kod pocztowy, hasło", False), ("Имя и фамилия, адрес доставки и пароль", False),
    ],
)  # fmt: skip
def test_the_languages_that_are_read_are_told_from_others(text: str, read: bool) -> None:
    assert len(LANGUAGES) == 5
    assert is_read(text) is read


def test_what_a_shop_says_of_its_products_is_no_label(stored: StoredCatalog) -> None:
    """A page full of such texts was hidden whole: "phone case" and "phone holder" were taken for a form's labels."""
    texts = {t for p in stored.catalog for t in (p.title, p.brand, p.category, *p.specifications) if t}
    hiding = Kind.PERSONAL | Kind.HEADING | Kind.LABEL
    assert [t for t in sorted(texts) if judged(t).of_a_page & hiding] == []
