"""Speed and memory of importing an old mailbox of tips.

    python -m bench.importing [200000]

It writes a CSV file of tips and imports it with the command in a separate process. It kills the import
halfway and repeats it (existing tips are recognised). It prints rows per second and the peak of memory.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "bench-import"
os.environ |= {
    "TRACEOBJECT_PROFILE": "demo",
    "VAR_DIR": str(VAR),
    "DJANGO_SETTINGS_MODULE": "traceobject.settings",
}


HERE = dict(os.environ)  # another bench, whose texts are used, sets its own


def command(file: Path) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), "import_tips", str(file)]


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench.matching_speed import text_of
    from objects.models import TraceObject
    from tips.models import Tip

    number = int((sys.argv[1:] or ["200000"])[0].replace(",", ""))
    call_command("migrate", verbosity=0)
    while TraceObject.objects.count() < 40:
        TraceObject.objects.create(title="A bag", question="Where?")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE tips_tip, tips_claim, outbox_step CASCADE")
    references = list(TraceObject.objects.values_list("reference", flat=True))
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tips.csv"
        with file.open("w", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(
                ["external_id", "object", "text", "country", "email", "url", "received_at"]
            )
            for index in range(number):
                rows.writerow(
                    [
                        f"m{index}",
                        rng.choice(references),
                        text_of(index, rng),
                        "",
                        "",
                        "",
                        "2024-05-31",
                    ]
                )
        begun = time.perf_counter()
        first = subprocess.Popen(command(file), stdout=subprocess.DEVNULL, env=HERE)
        while Tip.objects.count() < number // 2 and first.poll() is None:
            time.sleep(0.5)
        first.kill()
        first.wait()
        half = Tip.objects.count()
        rate = half / (time.perf_counter() - begun)
        begun = time.perf_counter()
        done = subprocess.run(command(file), capture_output=True, text=True, env=HERE)
        if done.returncode:
            sys.exit(done.stderr[-500:])
        told = done.stdout
        took = time.perf_counter() - begun
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{half:,} rows until it was killed: {rate:,.0f} a second")
    print(f"again: {told.strip()}, in {took:.0f} s; at most {peak:.0f} MB")
    assert Tip.objects.count() == number


if __name__ == "__main__":
    main()
