"""Read a tip as a careful person would: text in, a typed and explainable account out. Pure."""

from tips.reading.account import (
    Account,
    Country,
    Date,
    Evidence,
    LanguageSpan,
    Link,
    Name,
    Number,
    Place,
)
from tips.reading.reader import read

__all__ = [
    "Account",
    "Country",
    "Date",
    "Evidence",
    "LanguageSpan",
    "Link",
    "Name",
    "Number",
    "Place",
    "read",
]
