"""Links, and the countries that their endings and telephone prefixes point to. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from tips.reading.account import Evidence, Link

# Endings of countries that are sold to the whole world, and services for the whole world.
GENERIC_ENDINGS = frozenset(
    "io tv me co ai ly to gg fm am cc ws la eu su im sh st nu vc pw tk ml ga cf gq".split()
)
WORLDWIDE_HOSTS = frozenset(
    "youtu.be goo.gl bit.ly t.me redd.it amzn.eu wa.me fb.me is.gd v.gd ow.ly pin.it lnkd.in rb.gy".split()
)
_ENDINGS = (
    "com|net|org|info|biz|shop|store|online|site|app|dev|travel|museum|edu|gov|blog|name|pro|cat|eus|gal|berlin|"
    "hamburg|wien|paris|london|nyc|asia|africa|[a-z]{2}"
)
LINK = re.compile(
    rf"(?i:https?://|www\.)[^\s<>\"'“”«»，。、）)]+|(?<![\w@.-])(?:[a-z0-9](?:[\w-]*[a-z0-9])?\.)+(?:{_ENDINGS})(?![\w-]|\.\w)(?:/[^\s<>\"'“”«»，。、）)]*)?"
)
_PHONE = re.compile(r"(?<![\w+])(\+|00)\s?([1-9٠-٩\d][\d٠-٩]{0,3}(?:[\s()/.-]{0,2}[\d٠-٩]+)*)")

_NATIONAL = re.compile(
    r"(?P<cue>\b(?:tel|dial|tél|telef[oó]n\w*|telephone|phone|telefoon\w*|τηλ\w*|тел\w*|call\w*|llam\w*|appel\w*|ligu\w*|fax|faks|mobil\w*|"
    r"هاتف|تلفون|تليفون|جوال|电话|手机)[.:：]{0,2}\s{0,2}(?:n[ro°º]\.?\s)?)?"
    r"(?<![\w.,+/-])(?P<digits>\(?\d{1,5}\)?(?:[ ./-]{1,2}\d{2,8}){1,5})(?![\w%€$£])",
    re.IGNORECASE,
)


def find(text: str) -> list[Link]:
    """Return the links of a text."""
    links = []
    for match in LINK.finditer(text):
        written = match.group().rstrip(".,;:!?…)")
        address = re.sub(r"(?i)^(https?://)?(www\.)?", "", written).rstrip("/")
        host = address.partition("/")[0]
        if "." not in host or len(host.split(".")[-2]) < 2:
            continue
        links.append(Link(address, Evidence(match.start(), match.start() + len(written), written)))
    return links


def country(link: Link) -> str:
    """Return the country of a link's own ending, or ''."""
    host = re.split(r"[/:?#]", link.address.lower())[0]
    ending = host.rsplit(".", 1)[-1]
    if host in WORLDWIDE_HOSTS or host.endswith(tuple(f".{each}" for each in WORLDWIDE_HOSTS)):
        return ""
    if len(ending) != 2 or not ending.isalpha() or ending in GENERIC_ENDINGS:
        return ""
    return {"uk": "GB"}.get(ending, ending.upper())


def telephones(text: str) -> list[tuple[str, str, Evidence]]:
    """Return telephone numbers with their country (or ''): the digits with the +, and where."""
    found = []
    for match in _PHONE.finditer(text):
        digits = "".join(str(int(c)) for c in match.group(2) if c.isdecimal())
        if match.group(1) == "00" and len(digits) < 8:
            continue
        evidence = Evidence(match.start(), match.end(), match.group())
        value = ("+" if match.group(1) == "+" else "00") + digits
        found.append((value, _region(digits), evidence))
    return found + _national(text, [each[2] for each in found])


def _national(text: str, others: list[Evidence]) -> list[tuple[str, str, Evidence]]:
    """Return numbers of several groups that begin with 0 or stand behind a word for telephone."""
    found = []
    for match in _NATIONAL.finditer(text):
        digits = "".join(str(int(c)) for c in match.group("digits") if c.isdecimal())
        start, end = match.span("digits")
        if any(e.start < end and start < e.end for e in others):
            continue
        enough = len(digits) >= 5 if match.group("cue") else digits[0] == "0" and len(digits) >= 8
        if enough and len(digits) <= 15:
            found.append((digits, "", Evidence(start, end, match.group("digits"))))
    return found


@lru_cache(maxsize=1024)
def _region(digits: str) -> str:
    """Return the country of an international number or of its bare prefix."""
    import phonenumbers

    if len(digits) >= 7:
        try:
            number = phonenumbers.parse(f"+{digits}")
            region = phonenumbers.region_code_for_number(number)
            if region and region != "001":
                return region
        except phonenumbers.NumberParseException:
            pass
    for length in (3, 2, 1):
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length] or 0))
        if regions and len(digits) >= length:
            return regions[0] if regions[0] != "001" else ""
    return ""
