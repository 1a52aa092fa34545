"""Rematch one object with many distinct tips on a stock PostgreSQL, while workers match others.

    python -m bench.rematching [TIPS]

It prints the time, the highest number of locks held at once (PostgreSQL's default allows 64 for each
connection), and the time to match the tips of another object meanwhile.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import threading
import time
from pathlib import Path

from traceobject.staff.authority import System

VAR = Path(__file__).resolve().parent.parent / "var" / "bench-rematch"
os.environ |= {
    "TRACEOBJECT_PROFILE": "demo",
    "VAR_DIR": str(VAR),
    "DJANGO_SETTINGS_MODULE": "traceobject.settings",
    "CROSS_LANGUAGE": "false",
}


def main() -> None:
    number = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 30_000
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, connections
    from django.utils import timezone

    from bench.matching_speed import text_of
    from objects.models import TraceObject
    from tips.claims.match import match
    from tips.claims.rematch import rematch
    from tips.models import Claim, Tip

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE tips_bandkey, tips_tip, tips_claim, outbox_step CASCADE")
        cursor.execute("SHOW max_locks_per_transaction")
        print(f"max_locks_per_transaction = {cursor.fetchone()[0]}")
    one, other = (TraceObject.objects.create(title="A bag", question="Where?") for _ in range(2))
    rng, now = random.Random(5), timezone.now()
    texts = [text_of(index, rng, "") for index in range(number)]
    # Each tip in a claim of its own, as a matcher that ties nothing would have left them.
    claims = Claim.objects.bulk_create([Claim(object=one) for _ in range(number)], batch_size=5000)
    Tip.objects.bulk_create(
        [
            Tip(object=one, text=text, received_at=now, trust="proven", state="matched",
                claim=claim, relation="first")
            for text, claim in zip(texts, claims, strict=True)
        ],
        batch_size=5000,
    )  # fmt: skip

    most_locks, took, done = 0, [], threading.Event()

    def count_locks() -> None:
        nonlocal most_locks
        while not done.wait(0.2):
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT fastpath")
                most_locks = max(most_locks, cursor.fetchone()[0])
        connections.close_all()

    def work() -> None:
        mine = random.Random(6)
        while not done.wait(0.05):
            text = text_of(10**6 + len(took), mine, "")
            tip = Tip.objects.create(object=other, text=text, received_at=now, trust="proven")
            begun = time.perf_counter()
            match(tip.pk)
            took.append(time.perf_counter() - begun)
        connections.close_all()

    threads = [threading.Thread(target=each) for each in (count_locks, work)]
    for thread in threads:
        thread.start()
    begun = time.perf_counter()
    try:
        change = rematch(one, by=System.COMMAND_LINE, dry_run=False)
    finally:
        seconds = time.perf_counter() - begun
        done.set()
        for thread in threads:
            thread.join()
    print(f"{change.tips:,} tips rematched in {seconds:.0f} s ({change.tips / seconds:.0f}/s), "
          f"{change.before:,} claims became {change.after:,}")  # fmt: skip
    print(f"most locks at once: {most_locks}")
    print(
        f"meanwhile {len(took)} tips of another object: median {statistics.median(took) * 1000:.1f} ms, "
        f"slowest {max(took) * 1000:.0f} ms"
    )


if __name__ == "__main__":
    main()
