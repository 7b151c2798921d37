"""Amounts of money with their currency: exact, comparable, printable."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency
from pydantic import BaseModel, ConfigDict, field_serializer

CURRENCY_SIGNS: dict[str, str] = {
    "£": "GBP",
    "$": "USD",
    "€": "EUR",
    "¥": "JPY",
    "￥": "JPY",
    "₹": "INR",
    "₩": "KRW",
    "₺": "TRY",
    "₽": "RUB",
    "฿": "THB",
}


class Money(BaseModel):
    """An amount in a currency; ``currency`` is an ISO 4217 code, or None where the page did not say.

    >>> str(Money(amount=Decimal("4.95"), currency="GBP"))
    '£4.95'
    >>> str(Money(amount=Decimal("1200"), currency="JPY"))
    '¥1,200'
    """

    model_config = ConfigDict(frozen=True)

    amount: Decimal
    currency: str | None = None

    @field_serializer("amount")
    def _plain_amount(self, amount: Decimal) -> str:
        return format(amount, "f")

    def __str__(self) -> str:
        return format_money(self.amount, self.currency)


@lru_cache(maxsize=4096)
def format_money(amount: Decimal, currency: str | None) -> str:
    """The amount as a shopper reads it, with two decimals where the currency has them.

    >>> format_money(Decimal("19.5"), "USD")
    '$19.50'
    >>> format_money(Decimal("7"), None)
    '7.00'
    """
    if currency is None:
        return f"{amount:,.2f}"
    return str(format_currency(amount, currency, locale="en"))


def money(value: float | str | Decimal | None, currency: str | None) -> Money | None:
    """A float or text rounded to cents, or None for a missing or negative value.

    >>> money(2.5500000001, "GBP")
    Money(amount=Decimal('2.55'), currency='GBP')
    """
    if value is None:
        return None
    amount = Decimal(str(value))
    if not amount.is_finite() or amount < 0:
        return None
    return Money(amount=amount.quantize(Decimal("0.01")), currency=currency)
