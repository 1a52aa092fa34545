"""Time to find the nearest claims of one tip by its embedding, among many claims about one object.

    python -m bench.proposals [CLAIMS]

As many claims are about one object, and as many again about forty others. Their embeddings lie around 3,000
points, as different sayings do. Prints the time of the search that proposals make (aim: 20 ms), what storing
one more embedding costs, the size of the index, and the share of the truly nearest that are found.
"""

from __future__ import annotations

import io
import os
import statistics
import sys
import time
from pathlib import Path

VAR = Path(__file__).resolve().parent.parent / "var" / "bench-proposals"
OTHERS, CENTRES, ASKED = 40, 3_000, 200
os.environ |= {
    "TRACEOBJECT_PROFILE": "demo",
    "VAR_DIR": str(VAR),
    "DJANGO_SETTINGS_MODULE": "traceobject.settings",
}


def lay_down(number: int, objects: list[int]):
    """Insert tips, each in its own claim, with embeddings; half of them about the first object."""
    import numpy
    from django.db import connection

    rng = numpy.random.default_rng(2017)
    centres = rng.normal(size=(CENTRES, 384))
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE tips_tipembedding, tips_tip, tips_claim, outbox_step CASCADE")
        cursor.execute("ALTER TABLE tips_tip DISABLE TRIGGER USER")
        for column, value in (("is_flood", "false"), ("is_manual", "false"), ("facts", "'{}'"), ("tip_count", "1"), ("score", "0"), ("reason", "''"), ("opened_at", "now()")):  # fmt: skip
            cursor.execute(f"ALTER TABLE tips_claim ALTER {column} SET DEFAULT {value}")
        for column, value in (("country", "''"), ("url", "''"), ("language", "'en'"), ("received_at", "now()"), ("reasons", "'{}'"), ("countries", "'{}'"), ("trust", "'proven'")):  # fmt: skip
            cursor.execute(f"ALTER TABLE tips_tip ALTER {column} SET DEFAULT {value}")
        for start in range(0, 2 * number, 10_000):
            block = range(start + 1, min(start + 10_000, 2 * number) + 1)
            points = centres[rng.integers(CENTRES, size=len(block))]
            points = points + rng.normal(size=points.shape) * 0.35
            points /= numpy.linalg.norm(points, axis=1, keepdims=True)
            claims, tips, vectors = io.StringIO(), io.StringIO(), io.StringIO()
            for index, point in zip(block, points, strict=True):
                space = objects[0] if index % 2 else objects[1 + index // 2 % OTHERS]
                claims.write(f"{index}\t{space}\topen\n")
                tips.write(f"{index}\t{space}\tmatched\tform\ta tip\t{index}\tfirst\n")
                vectors.write(f"{index}\t{space}\t[{','.join(f'{x:.5f}' for x in point)}]\n")
            for stream in (claims, tips, vectors):
                stream.seek(0)
            cursor.copy_expert("COPY tips_claim (id, object_id, state) FROM STDIN", claims)
            cursor.copy_expert(
                "COPY tips_tip (id, object_id, state, source, text, claim_id, relation) FROM STDIN",
                tips,
            )
            cursor.copy_expert("COPY tips_tipembedding (tip_id, object_id, vector) FROM STDIN", vectors)  # fmt: skip
        cursor.execute("ALTER TABLE tips_tip ENABLE TRIGGER USER")
        for table in ("tips_tipembedding", "tips_tip", "tips_claim"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    return centres, rng


def exact(object_pk: int, vector) -> list[int]:
    """Return the truly nearest tips about an object."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tip_id FROM tips_tipembedding WHERE object_id = %s AND tip_id <> 0 "
            "ORDER BY (vector <=> %s::vector) + 0 LIMIT 8",
            [object_pk, "[" + ",".join(map(str, vector)) + "]"],
        )
        return [number for (number,) in cursor.fetchall()]


def ask(name: str, object_pk: int, centres, rng) -> None:
    """Search for tips that say nearly what others say, and print the times."""
    import numpy

    from tips.claims import proposals
    from tips.models import Tip

    took, right, wanted = [], 0, 0
    for index in range(ASKED):
        vector = centres[rng.integers(CENTRES)] + rng.normal(size=384) * 0.35
        vector = (vector / numpy.linalg.norm(vector)).astype(numpy.float32)
        tip = Tip(pk=0, object_id=object_pk, claim_id=0)
        begun = time.perf_counter()
        found = proposals.nearest(tip, vector, least=-1.0)
        took.append(time.perf_counter() - begun)
        if index < 40:
            true = set(exact(object_pk, vector))
            right, wanted = right + len(true & set(found)), wanted + len(true)
    cuts = statistics.quantiles(took, n=100)
    print(
        f"{name:40}{statistics.median(took) * 1000:>9.1f}{cuts[98] * 1000:>9.1f}{right / wanted:>9.3f}",
        flush=True,
    )


def main() -> None:
    import django

    number = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 100_000
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from objects.models import TraceObject
    from tips.models import TipEmbedding

    call_command("migrate", verbosity=0)
    while TraceObject.objects.count() < OTHERS + 1:
        TraceObject.objects.create(title="A bag", question="Where?")
    objects = list(TraceObject.objects.order_by("pk").values_list("pk", flat=True)[: OTHERS + 1])
    begun = time.perf_counter()
    centres, rng = lay_down(number, objects)
    print(f"{2 * number:,} embeddings stored in {time.perf_counter() - begun:.0f} s")
    print(f"{'milliseconds':40}{'p50':>9}{'p99':>9}{'recall':>9}")
    ask(f"{number:,} claims on the object", objects[0], centres, rng)
    ask(f"{number // OTHERS:,} claims on the object", objects[1], centres, rng)
    took = []
    for index in range(ASKED):
        vector = centres[rng.integers(CENTRES)] + rng.normal(size=384) * 0.35
        begun = time.perf_counter()
        TipEmbedding.objects.update_or_create(
            tip_id=index + 1, defaults={"object_id": objects[0], "vector": vector}
        )
        took.append(time.perf_counter() - begun)
    print(f"{'to store one more':40}{statistics.median(took) * 1000:>9.1f}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_indexes_size('tips_tipembedding') / 1e6")
        print(f"indexes: {cursor.fetchone()[0]:.0f} MB")


if __name__ == "__main__":
    main()
