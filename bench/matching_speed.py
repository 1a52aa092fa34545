"""Time to match one tip among many, and the size of the index.

    python -m bench.matching_speed [10000 100000 1000000]

Tips are inserted with their index as matching would do it (each in its own claim, unless it repeats another),
over 40 objects evenly, or half of them on one. Then the worker's function matches 600 new tips one by one; a
third of them repeat an earlier one. The same 10,000 run through pg_trgm (GIN) for comparison. The worst case
has all tips on one object, each with the same long boilerplate, and 10,000 copies of one text.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

VAR = Path(__file__).resolve().parent.parent / "var" / "bench-matching"
OBJECTS, ASKED = 40, 600
os.environ |= {
    "TRACEOBJECT_PROFILE": "demo",
    "VAR_DIR": str(VAR),
    "DJANGO_SETTINGS_MODULE": "traceobject.settings",
}
PLACES = "Leeds Bristol Lyon Lille Dresden Bremen Valencia Zaragoza Porto Braga Gent Namur Graz Linz Brno Ostrava Malmo Turku Lublin Kielce".split()
BRANDS = "Lidl Aldi Tesco Spar Coop Migros Rewe Edeka Carrefour Auchan Colruyt Delhaize Netto Penny Ikea Jysk Obi Bauhaus Zara Primark".split()
THINGS = "bag carpet curtain tile soap bottle mug socket wallpaper towel lamp chair poster blanket calendar".split()
WHERE = "the kitchen of my aunt|a hotel near the station|the flea market|a school canteen|our old flat|a ferry cabin|the dentist's waiting room|a camping shop|my neighbour's garage|the hospital ward".split(
    "|"
)
EXTRA = "the handle was shorter|the print has faded|mine had a zip|it came in two sizes|the colour is a bit darker|they stopped making it|it was on sale|the label is sewn in|it smells of lavender|the corner is chipped".split(
    "|"
)
BOILERPLATE = " I am writing to you because I saw your page on the internet and I want to help with what I know, as far as I can, and I ask you to treat what I say with care and to tell nobody that it comes from me."


def text_of(number: int, rng: random.Random, boilerplate: str = "") -> str:
    said = (
        f"I saw this {rng.choice(THINGS)} in {rng.choice(WHERE)} in {rng.choice(PLACES)}, it is from "
        f"{rng.choice(BRANDS)} and was bought in {rng.randrange(1990, 2026)}, {rng.choice(EXTRA)}, "
        f"{rng.choice(EXTRA)}, article {number % 100_000}."
    )
    return said + boilerplate


def keyed(work: tuple[int, int, str]) -> tuple[int, str, list[int]]:
    """Return a tip's number, its stored details and its index keys; in a process of the pool."""
    import django

    if not django.apps.apps.ready:
        django.setup()
    from tips.matching import details

    number, space, text = work
    read = details.read_details(text)
    kept = json.dumps(details.dump(read)).replace("\\", r"\\")
    return number, kept, details.index_keys(read, space=space)


def lay_down(
    number: int, objects: list[int], skewed: bool, boilerplate: str = "", copies: int = 0
) -> float:
    """Insert tips and their keys. Return the bytes of the index for each tip."""
    import io

    from django.db import connection

    rng = random.Random(number + skewed)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE tips_bandkey, tips_tip, tips_claim, outbox_step CASCADE")
        cursor.execute("ALTER TABLE tips_tip DISABLE TRIGGER USER")

        def chosen(index: int) -> int:
            if len(objects) == 1 or (skewed and index % 2):
                return objects[0]
            return objects[index % len(objects)]

        first = text_of(0, rng, boilerplate)
        rows = (
            (index, chosen(index), first if index <= copies else text_of(index, rng, boilerplate))
            for index in range(1, number + 1)
        )
        with ProcessPoolExecutor(2) as pool:
            while batch := list(itertools.islice(rows, 40_000)):
                claims, tips, keys = io.StringIO(), io.StringIO(), io.StringIO()
                read = pool.map(keyed, batch, chunksize=2000)
                for (index, space, text), (_, kept, found) in zip(batch, read, strict=True):
                    claims.write(f"{index}\t{space}\topen\n")
                    is_copy = 1 < index <= copies
                    relation, claim = ("duplicate", 1) if is_copy else ("first", index)
                    row = (index, space, "matched", "form", text, kept, claim, relation)
                    tips.write("\t".join(map(str, row)) + "\n")
                    if not is_copy:
                        keys.writelines(f"{key}\t{index}\n" for key in found)
                for stream in (claims, tips, keys):
                    stream.seek(0)
                cursor.execute(
                    "ALTER TABLE tips_claim ALTER is_flood SET DEFAULT false, ALTER is_manual SET DEFAULT false, ALTER facts SET DEFAULT '{}', ALTER tip_count SET DEFAULT 1, ALTER score SET DEFAULT 0, ALTER reason SET DEFAULT '', ALTER opened_at SET DEFAULT now()"
                )
                cursor.execute(
                    "ALTER TABLE tips_tip ALTER country SET DEFAULT '', ALTER url SET DEFAULT '', ALTER language SET DEFAULT 'en', ALTER received_at SET DEFAULT now() - interval '2 days', ALTER reasons SET DEFAULT '{}', ALTER countries SET DEFAULT '{}', ALTER trust SET DEFAULT 'proven'"
                )
                cursor.copy_expert("COPY tips_claim (id, object_id, state) FROM STDIN", claims)
                cursor.copy_expert(
                    "COPY tips_tip (id, object_id, state, source, text, account, claim_id, relation) FROM STDIN",
                    tips,
                )
                cursor.copy_expert("COPY tips_bandkey (key, tip_id) FROM STDIN", keys)
        cursor.execute(
            "SELECT setval('tips_tip_id_seq', %s), setval('tips_claim_id_seq', %s)",
            [number, number],
        )
        cursor.execute("ALTER TABLE tips_tip ENABLE TRIGGER USER")
    connection.set_autocommit(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE tips_bandkey")
        cursor.execute("VACUUM ANALYZE tips_tip")
        cursor.execute("VACUUM ANALYZE tips_claim")
        cursor.execute("SELECT pg_total_relation_size('tips_bandkey')")
        return cursor.fetchone()[0] / (number - copies)


def timed(objects: list[int], number: int, boilerplate: str = "", copies: int = 0) -> list[float]:
    """Match new tips one by one. Return the seconds of each."""
    from django.utils import timezone

    from tips.claims.match import match
    from tips.models import Tip

    rng, took = random.Random(99), []
    again = random.Random(number)
    earlier = [text_of(0, again, boilerplate)] if copies else None
    for index in range(ASKED):
        if index % 3 == 0:
            source = Tip.objects.filter(pk=rng.randrange(1, number)).values_list(
                "text", "object_id"
            )[0]
            text, space = f"Hello, {source[0]} Thanks!", source[1]
            if earlier and index % 2:
                text = earlier[0]
        else:
            text, space = text_of(10**6 + index, rng, boilerplate), rng.choice(objects)
        tip = Tip.objects.create(
            object_id=space, text=text, received_at=timezone.now(), trust="proven"
        )
        begun = time.perf_counter()
        match(tip.pk)
        took.append(time.perf_counter() - begun)
    return took


def trigrams(number: int) -> list[float]:
    """Search the nearest of the same tips with pg_trgm (GIN)."""
    from django.db import connection

    from tips.models import Tip

    rng, took = random.Random(99), []
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("CREATE INDEX bench_trgm ON tips_tip USING gin (text gin_trgm_ops)")
        for _ in range(30):
            text = Tip.objects.filter(pk=rng.randrange(1, number)).values_list("text", flat=True)[0]
            begun = time.perf_counter()
            cursor.execute(
                "SELECT id, similarity(text, %s) s FROM tips_tip WHERE text %% %s ORDER BY s DESC LIMIT 10",
                [text, text],
            )
            cursor.fetchall()
            took.append(time.perf_counter() - begun)
        cursor.execute("DROP INDEX bench_trgm")
    return took


def row(name: str, took: list[float], size: float | None = None) -> None:
    cuts = statistics.quantiles(took, n=100)
    print(
        f"{name:44}{statistics.median(took) * 1000:>9.1f}{cuts[98] * 1000:>9.1f}{1 / statistics.mean(took):>9.0f}"
        + (f"{size:>9.0f}" if size else ""),
        flush=True,
    )


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from objects.models import TraceObject
    from tips import reading

    call_command("migrate", verbosity=0)
    while TraceObject.objects.count() < OBJECTS:
        TraceObject.objects.create(title="A bag", question="Where?")
    objects = list(TraceObject.objects.values_list("pk", flat=True)[:OBJECTS])
    reading.read("Seen in Porto")  # opens the table
    print(f"{'milliseconds a tip':44}{'p50':>9}{'p99':>9}{'a second':>9}{'B a tip':>9}")
    for number in [int(n.replace(",", "")) for n in sys.argv[1:]] or [10_000, 100_000]:
        for skewed in (False, True):
            size = lay_down(number, objects, skewed)
            name = f"{number:,} tips, {'half on one object' if skewed else 'evenly over 40'}"
            row(name, timed(objects, number), size)
            if number == 10_000 and not skewed:
                row("the same through pg_trgm (GIN)", trigrams(number))
    size = lay_down(30_000, objects[:1], False, BOILERPLATE, copies=10_000)
    row(
        "30,000 on one object, boilerplate, copies",
        timed(objects[:1], 30_000, BOILERPLATE, 10_000),
        size,
    )


if __name__ == "__main__":
    main()
