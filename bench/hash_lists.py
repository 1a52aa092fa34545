"""Time to compare a picture with a hash list of a hundred thousand and of a million entries.

    make bench

It fills its own database with random PDQ hashes, and searches the matches of one picture in its eight
orientations, exactly: every hash is compared. A planted hash with 31 different bits must be found, and one
with 32 must not.
"""

from __future__ import annotations

import os
import secrets
import statistics
import time
from datetime import date
from pathlib import Path

from traceobject.staff.authority import System

SIZES = (100_000, 1_000_000)
ROUNDS = 5

os.environ |= {
    "TRACEOBJECT_PROFILE": "demo",
    "VAR_DIR": str(Path(__file__).resolve().parent.parent / "var" / "bench"),
    "DJANGO_SETTINGS_MODULE": "traceobject.settings",
}


def flipped(value: str, count: int) -> str:
    """The hash with ``count`` of its bits changed."""
    return f"{int(value, 16) ^ ((1 << count) - 1):064x}"


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from objects.models import HashList, Picture
    from objects.models.bits import bits
    from objects.screening import hash_lists

    call_command("migrate", verbosity=0)
    HashList.objects.all().delete()
    picture = Picture(pdq_turned=[secrets.token_hex(32) for _ in range(8)], pdq_quality=100)
    near, far = flipped(picture.pdq_turned[3], 31), flipped(picture.pdq_turned[5], 32)
    into = HashList.objects.create(source="Bench", dated=date(2026, 1, 1))
    there = 0
    print(f"{'entries':>10}{'import/s':>10}{'one picture':>13}")
    for size in SIZES:
        lines = (f"pdq,{secrets.token_hex(32)}\n" for _ in range(size - there))
        begun = time.perf_counter()
        hash_lists.import_list(
            lines, source="Bench", dated=into.dated, kind=None, by=System.COMMAND_LINE
        )
        rate = (size - there) / (time.perf_counter() - begun)
        there = size
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE objects_knownhash")
        times = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            assert hash_lists.matches(picture) == []
            times.append(time.perf_counter() - begun)
        print(f"{size:10,}{rate:10,.0f}{statistics.median(times):12.2f}s")
    for value, expected in ((far, 0), (near, 1)):
        hash_lists.import_list(
            [f"pdq,{value}"], source="Bench", dated=into.dated, kind=None, by=System.COMMAND_LINE
        )
        assert len(hash_lists.matches(picture)) == expected, value
    assert bits(near)
    print("a hash 31 bits away is found, one 32 bits away is not")
    HashList.objects.all().delete()


if __name__ == "__main__":
    main()
