"""Read tips from a mailbox file (mbox, RFC 4155), message by message, in bounded memory.

The object is the reference in the subject, else in the text, else the default. Attachments are not
imported. They stay in the mailbox, and the report says so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from html.parser import HTMLParser

from tips.intake.bulk.csv_reader import Record

MAX_MESSAGE_BYTES = 32 * 1024 * 1024
REFERENCE = re.compile(r"\b([A-Za-z]\d-\d\d)\b")


def records(
    lines: Iterable[bytes], *, default_reference: str, warn: Callable[[int, str], None]
) -> Iterator[Record]:
    """Yield each message as a record with the columns of a CSV file of tips.

    Args:
        lines: the file's lines as bytes.
        default_reference: the object of messages that name none, or empty.
        warn: called with (line, message) for what is not imported.
    """
    for line, raw in _messages(lines):
        if len(raw) > MAX_MESSAGE_BYTES:
            yield Record(line, {}, f"is larger than {MAX_MESSAGE_BYTES // 1024**2} MB")
            continue
        try:
            yield Record(line, _values(line, raw, default_reference, warn))
        except Exception as error:  # an email can be broken in any way
            yield Record(line, {}, f"cannot be read as a message ({type(error).__name__})")


def _messages(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    held: list[bytes] = []
    size, begins, after_blank = 0, 0, True
    for number, line in enumerate(lines, 1):
        if line.startswith(b"From ") and after_blank:
            if begins:
                yield begins, b"".join(held)
            held, size, begins = [], 0, number
        elif begins and size <= MAX_MESSAGE_BYTES:
            plain = re.sub(rb"^>(>*From )", rb"\1", line)  # mbox escapes such lines with '>'
            held.append(plain)
            size += len(plain)
        after_blank = not line.strip()
    if begins:
        yield begins, b"".join(held)


def _values(
    line: int, raw: bytes, default_reference: str, warn: Callable[[int, str], None]
) -> dict[str, str]:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    text = _text(message)
    others = sum(1 for part in message.walk() if part.get_content_disposition() == "attachment")
    if others:
        warn(line, f"attached files not imported: {others}")
    subject = str(message.get("Subject", ""))
    named = REFERENCE.search(subject) or REFERENCE.search(text)
    try:
        received = (
            parsedate_to_datetime(str(message["Date"])).isoformat() if message["Date"] else ""
        )
    except ValueError:
        received = ""
    identity = str(message.get("Message-ID", "")).strip() or hashlib.sha256(raw).hexdigest()
    return {
        "external_id": f"mail:{identity}"[:200],
        "object": named.group(1) if named else default_reference,
        "text": text.strip(),
        "email": parseaddr(str(message.get("From", "")))[1],
        "received_at": received,
    }


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    text = str(body.get_content())
    return _strip_markup(text) if body.get_content_subtype() == "html" else text


class _TextExtractor(HTMLParser):
    """Collects the visible text of an HTML message."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("script", "style", "head"):
            self.hidden += 1
        if tag in ("br", "p", "div", "li", "tr"):
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "head"):
            self.hidden = max(0, self.hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found.append(data)


def _strip_markup(markup: str) -> str:
    words = _TextExtractor()
    words.feed(markup)
    return re.sub(r"\n\s*\n+", "\n\n", "".join(words.found))
