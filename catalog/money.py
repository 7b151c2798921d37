"""Amounts of money with their currency: exact, comparable, printable."""

from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Annotated

from babel.numbers import format_currency
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_serializer

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

MOST = Decimal("999999999999.99")
"""The largest amount that anything is reckoned with: beyond it, figures are no price."""


def bounded(amount: Decimal) -> Decimal:
    """An amount within the range that is reckoned with, from ``-MOST`` to ``MOST``; zero for what is no number.

    >>> bounded(Decimal("12.50")), bounded(Decimal("9" * 40)), bounded(Decimal("nan"))
    (Decimal('12.50'), Decimal('999999999999.99'), Decimal('0'))
    """
    return Decimal(0) if amount.is_nan() else max(-MOST, min(MOST, amount))


Amount = Annotated[Decimal, Field(ge=0, le=MOST, allow_inf_nan=False)]
"""An amount that somebody gives: a wish, a bound, an argument of a tool."""


class Money(BaseModel):
    """An amount in a currency; ``currency`` is an ISO 4217 code, or None where the page did not say.

    >>> str(Money(amount=Decimal("4.95"), currency="GBP"))
    '£4.95'
    >>> str(Money(amount=Decimal("1200"), currency="JPY"))
    '¥1,200'
    """

    model_config = ConfigDict(frozen=True)

    amount: Annotated[Decimal, AfterValidator(bounded)]
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
    """A float or text rounded to cents, or None for what is missing, no number, negative or beyond ``MOST``.

    >>> money(2.5500000001, "GBP")
    Money(amount=Decimal('2.55'), currency='GBP')
    """
    if value is None:
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount <= MOST:
        return None
    return Money(amount=amount.quantize(Decimal("0.01")), currency=currency)
