"""A missing library is named in one line, with its package."""

import shutil
from pathlib import Path

import pytest

from traceobject.vendor import missing_library

HAS = b"libselinux.so.1\0"


@pytest.fixture
def listing(tmp_path):
    """A real program, to be linked with a library that is not there."""
    program = Path(shutil.copy(shutil.which("ls"), tmp_path / "node"))
    if HAS not in program.read_bytes():
        pytest.skip("the ls of this system is not linked with libselinux.so.1")
    return program


def test_a_library_that_is_missing_is_named(listing):
    listing.write_bytes(listing.read_bytes().replace(HAS, b"libabsent.so.1\0\0"))
    assert missing_library(listing) == "node needs libabsent.so.1, which is not installed"


def test_the_package_that_brings_it_is_named(listing, monkeypatch):
    monkeypatch.setattr("traceobject.vendor.PACKAGES", {"libabsent.so.1": "libabsent1"})
    listing.write_bytes(listing.read_bytes().replace(HAS, b"libabsent.so.1\0\0"))
    assert missing_library(listing).endswith("(Debian: apt-get install libabsent1)")


def test_a_program_that_starts_lacks_nothing(listing):
    assert missing_library(listing) == ""
