"""The evaluation of masking: it sees what leaks, and two of its pages come out clean."""

import pytest

from agents.screen_reader.ocr import TextReader
from evaluation.privacy import PAGES, cases, evaluate_privacy, readable


def test_every_page_is_measured_in_five_languages_and_two_are_held_out_whole() -> None:
    all_of = list(cases(1))
    assert {c.page for c in all_of} == set(PAGES)
    assert {c.language for c in all_of if c.wordings == "held_out"} == {"en", "de", "fr", "es", "it"}
    assert {c.language for c in all_of if c.wordings == "development"} == {"en", "de", "fr"}


@pytest.mark.parametrize(("secret", "words", "told"), [
    ("4111 1111 1111 1111", ["Visa", "4111", "1111", "1111", "1111"], True), ("171", ["1711"], False), ("Bo", ["Bob"], False),
    ("hunter2hunter", ["hunter2", "huntr"], True),
])  # fmt: skip
def test_a_secret_is_readable_also_when_a_letter_is_lost(secret: str, words: list[str], told: bool) -> None:
    assert readable(secret, words) is told


def test_a_checkout_is_covered_and_products_are_not() -> None:
    chosen = [
        c
        for c in cases(1)
        if c.page in ("checkout", "product") and c.wordings == "development" and c.language == "de"
    ]
    lines = evaluate_privacy(1, TextReader(), only=chosen)
    harmless = [line for line in lines if line.kind == "harmless"]
    assert [(line.shown, line.readable) for line in harmless] == [(8, 8), (8, 8)]
    secrets = [line for line in lines if line.kind in ("card", "email", "phone", "password", "iban")]
    assert sum(line.shown for line in secrets) >= 4
    assert [line for line in secrets if line.readable] == []
