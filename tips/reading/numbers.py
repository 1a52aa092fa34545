"""Numbers and dates of a text: what the reader needs of the modules that find them. Pure."""

from tips.reading.amounts import find
from tips.reading.codes import codes
from tips.reading.dates import dates
from tips.reading.figures import Raw
from tips.reading.kinds import classify
from tips.reading.money import SYMBOLS, Price, currency_at, with_cents

__all__ = [
    "SYMBOLS",
    "Price",
    "Raw",
    "classify",
    "codes",
    "currency_at",
    "dates",
    "find",
    "with_cents",
]
