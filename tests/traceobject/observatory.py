"""Grades an answer by the published rules of Mozilla's HTTP Observatory (MDN, version of 2024).

Only what one site can show by its answers counts: whether it is on the browsers' preload list does not.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

START, FOR_EXTRA_CREDIT, A_PLUS = 100, 90, 100
SIX_MONTHS = 15_768_000
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
BROAD = {
    "*",
    "http:",
    "https:",
    "data:",
    "blob:",
    "'unsafe-inline'",
    "'unsafe-eval'",
    "'unsafe-hashes'",
}


class _Scripts(HTMLParser):
    def __init__(self):
        super().__init__()
        self.sources = []

    def handle_starttag(self, tag, attributes):
        if tag == "script" and (source := dict(attributes).get("src")):
            self.sources.append(source)


def policy(answer):
    """Return the directives of the content security policy, each with its sources."""
    parts = answer.headers.get("Content-Security-Policy", "").split(";")
    return {words[0]: words[1:] for part in parts if (words := part.split())}


def modifiers(answer, http_answer):
    """Return what each rule takes from 100 or adds to it.

    Args:
        answer: to a request over HTTPS.
        http_answer: to the same request over plain HTTP.
    """
    headers, rules = answer.headers, policy(answer)
    return {
        "content-security-policy": _policy_modifier(rules),
        "cookies": _cookies_modifier(answer),
        "cross-origin-resource-sharing": -50 if "Access-Control-Allow-Origin" in headers else 0,
        "redirection": _redirection_modifier(http_answer),
        "referrer-policy": 5 if headers.get("Referrer-Policy") in PRIVATE else -5,
        "strict-transport-security": _hsts_modifier(headers),
        "subresource-integrity": _scripts_modifier(answer),
        "x-content-type-options": 0 if headers.get("X-Content-Type-Options") == "nosniff" else -5,
        "x-frame-options": 5
        if "frame-ancestors" in rules
        else 0
        if headers.get("X-Frame-Options") in ("DENY", "SAMEORIGIN")
        else -20,
        "cross-origin-resource-policy": {"same-origin": 10, "same-site": 10, "cross-origin": 0}.get(
            headers.get("Cross-Origin-Resource-Policy", ""), 0
        ),
    }


def score(found):
    """Return the score: bonuses count only where the penalties leave 90 or more."""
    without = START + sum(each for each in found.values() if each < 0)
    bonus = sum(each for each in found.values() if each > 0)
    return without + (bonus if without >= FOR_EXTRA_CREDIT else 0)


def _policy_modifier(rules):
    if not rules:
        return -25
    for name in ("script-src", "object-src"):
        sources = set(rules.get(name, rules.get("default-src", ["*"])))
        if sources & BROAD:
            return -20
    if any("http:" in source for sources in rules.values() for source in sources):
        return -20
    if set(rules.get("style-src", rules.get("default-src", ["*"]))) & BROAD:
        return 0
    closed = rules.get("default-src") == ["'none'"]
    return 10 if closed and rules.get("form-action") in (["'self'"], ["'none'"]) else 5


def _cookies_modifier(answer):
    cookies = list(answer.cookies.values())
    if not cookies:
        return 0
    if not all(cookie["secure"] for cookie in cookies):
        return -40
    if not all(cookie["httponly"] for cookie in cookies):
        return -30
    return 5 if all(cookie["samesite"] in ("Strict", "Lax") for cookie in cookies) else -20


def _redirection_modifier(answer):
    return 0 if answer.headers.get("Location", "").startswith("https://testserver/") else -20


def _hsts_modifier(headers):
    age = re.search(r"max-age=(\d+)", headers.get("Strict-Transport-Security", ""))
    if age is None:
        return -20
    return 0 if int(age[1]) >= SIX_MONTHS else -10


def _scripts_modifier(answer):
    reader = _Scripts()
    reader.feed(answer.content.decode())
    return -50 if any("//" in source for source in reader.sources) else 0
