"""Translations of the public texts: ``python -m traceobject.catalogs update`` and ``compile``.

Catalogs are gettext's: .po files in git, and .mo files compiled from them. Django reads the templates and
Babel does the rest, so that GNU gettext is not needed. Staff pages are English and are left out.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "locale"
LANGUAGES = ("fr", "de", "es", "nl", "pl", "ar", "uk")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
}
TEMPLATES = (
    *("4*.html", "500.html", "refused.html", "base.html", "includes/*.html"),
    *("objects/*.html", "tips/*.html", "results/*.html"),
)
MODULES = (
    *("objects/*.py", "objects/models/*.py", "traceobject/views.py"),
    *("tips/intake/**/*.py", "tips/results/*.py"),
)
VOLATILE_HEADERS = tuple(
    f'"{name}:'
    for name in (
        *("Project-Id-Version", "Report-Msgid-Bugs-To", "Last-Translator", "Language-Team"),
        *("POT-Creation-Date", "PO-Revision-Date", "Generated-By"),
    )
)  # headers that would change with each run
STAFF = {"403.html"}  # shown only to somebody who is signed in


Text = str | tuple[str, str]  # a text, or its singular and its plural


def messages() -> Iterator[tuple[Text, str]]:
    """Yield each public text that is marked for translation, with the path of its file."""
    from django.utils.translation.template import templatize

    for pattern in TEMPLATES:
        for path in sorted((ROOT / "templates").glob(pattern)):
            if path.name not in STAFF:
                code = templatize(path.read_text()).encode()
                for _, function, found, _ in extract_python(io.BytesIO(code), KEYWORDS, [], {}):
                    yield _text(str(function), found), str(path.relative_to(ROOT))
    for pattern in MODULES:
        for path in sorted(ROOT.glob(pattern)):
            with path.open("rb") as file:
                for _, function, found, _ in extract_python(file, KEYWORDS, [], {}):
                    yield _text(str(function), found), str(path.relative_to(ROOT))


def _text(function: str, found: object) -> Text:
    """Return the text that a call marks for translation.

    Raises:
        ValueError: the call has no literal text, or its function is not supported.
    """
    if isinstance(found, str):
        return found
    if function.startswith("ngettext") and isinstance(found, tuple):
        singular, plural = found[:2]
        return singular, plural
    raise ValueError(f"cannot read the texts of {function}: {found}")


def catalog_path(language: str, ending: str = "po") -> Path:
    """Return the path of a language's catalog."""
    return LOCALE / language / "LC_MESSAGES" / f"django.{ending}"


def read(language: str) -> Catalog:
    """Return a language's catalog, or an empty one if it has no file yet."""
    path = catalog_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    """Update every catalog: add new texts without a translation, and remove old ones."""
    found: dict[Text, list[tuple[str, int]]] = {}
    for text, where in messages():
        places = found.setdefault(text, [])
        if (where, 0) not in places:
            places.append((where, 0))
    for language in LANGUAGES:
        before = read(language)
        new = Catalog(
            locale=language,
            header_comment="# Public texts of Trace an Object.",
            project="Trace an Object",
            charset="utf-8",
            fuzzy=False,
        )
        for text, places in found.items():
            known = before.get(text)
            is_same = known is not None and known.id == text
            new.add(text, known.string if known and is_same else "", locations=places)
        write(language, new)


def write(language: str, catalog: Catalog) -> None:
    """Write a language's catalog, without the headers that change with each run."""
    path = catalog_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, omit_header=False, include_lineno=False)
    text = buffer.getvalue().decode()
    kept = [line for line in text.splitlines() if not line.startswith(VOLATILE_HEADERS)]
    path.write_text("\n".join(kept) + "\n")


def compile_all() -> None:
    """Compile each .mo file that is older than its .po file."""
    for language in LANGUAGES:
        source, target = catalog_path(language), catalog_path(language, "mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        buffer = io.BytesIO()
        write_mo(buffer, read(language))
        new = target.with_suffix(f".{id(buffer)}")
        new.write_bytes(buffer.getvalue())
        new.replace(target)


if __name__ == "__main__":
    work = {"update": update, "compile": compile_all}.get(" ".join(sys.argv[1:]))
    if work is None:
        sys.exit("python -m traceobject.catalogs update | compile")
    work()
