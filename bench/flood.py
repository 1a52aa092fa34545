"""The moderators' queue after a flood of ten thousand tips.

    python -m bench.flood

Ten witnesses send a tip each. Then one flooder sends ten thousand different ones through the form's own
function, once from one address, and once from an onion service without proof of work. It prints the claims in
the queue, the time for matching, and the time for the queue's page.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

TIPS = int(os.environ.get("TIPS", "10000"))
VAR = Path(__file__).resolve().parent.parent / "var" / "bench-flood"
WORDS = (
    "bag shop red bird street price cheap market old blue seen near big small corner sold".split()
)

os.environ |= {
    "TRACEOBJECT_PROFILE": "demo",
    "VAR_DIR": str(VAR),
    "DJANGO_SETTINGS_MODULE": "traceobject.settings",
}


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from objects.models import TraceObject
    from tips.intake.accept import accept
    from tips.models import Claim, Tip
    from tips.triage import claim_queue
    from traceobject.outbox import queue as outbox

    call_command("migrate", verbosity=0)
    rng = random.Random(2017)
    for name, about in (("one address", {"sender": "f" * 32}), ("no address, no proof", {})):
        made = TraceObject.objects.create(title="A bag", question="Where?")
        for number in range(10):
            accept(
                made,
                text=f"Witness {number}: I bought it in {('Faro', 'Lyon', 'Graz')[number % 3]}",
                nonce=f"w{made.pk}-{number}",
                now=timezone.now(),
                trust=Tip.Trust.PROVEN,
                sender=f"{number:032}",
            )
        outbox.drain(names=["match"])
        witnesses = Claim.objects.filter(object=made).count()
        for number in range(TIPS):
            text = " ".join(rng.choices(WORDS, k=12)) + f" {rng.getrandbits(40):x}"
            accept(made, text=text, nonce=f"f{made.pk}-{number}", now=timezone.now(), **about)
        begun = time.perf_counter()
        outbox.drain(names=["match"])
        matched = time.perf_counter() - begun
        begun = time.perf_counter()
        waiting = list(claim_queue.claims().filter(object=made, state=Claim.State.OPEN))
        page = time.perf_counter() - begun
        flood = next((claim for claim in waiting if claim.is_flood), None)
        print(
            f"{name:22} {TIPS:,} tips: {len(waiting)} claims in the queue ({witnesses} of witnesses), "
            f"{flood.tip_count if flood else 0:,} in the flood; matched {TIPS / matched:,.0f} a second; "
            f"the queue took {page * 1000:.0f} ms"
        )


if __name__ == "__main__":
    main()
