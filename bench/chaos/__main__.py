from __future__ import annotations

import argparse
import atexit
import contextlib
import json
import logging
import os
import random
import secrets
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

IDLE_SECONDS = 240
OBJECTS = 8
COUNTRIES = ("ES", "FR", "PT", "PL")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.chaos")
    parser.add_argument("--seconds", type=int, default=600, help="how long parts are broken")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10_000))
    parser.add_argument("--rate", type=float, default=2.0, help="tips a second of each visitor")
    given = parser.parse_args()
    print(f"seed {given.seed}, {given.seconds} s", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="chaos")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # after the servers have stopped
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    problems = drill(folder, given.seed, given.seconds, given.rate)
    for problem in problems:
        print(f"FAILED: {problem}")
    print(f"seed {given.seed}: {'passed' if not problems else f'{len(problems)} failures'}")
    return 1 if problems else 0


def drill(var: Path, seed: int, seconds: int, rate: float) -> list[str]:
    from bench.chaos.drill_site import DrillSite, Webhook, small_disks
    from tests.mailserver import mail_server
    from tests.stack import free_port

    webhook = Webhook()
    with (
        small_disks(var) as can_mount,
        mail_server() as (mailbox, mail_url),
        webhook_server(webhook) as url,
    ):
        port = free_port()
        os.environ |= {
            "TRACEOBJECT_PROFILE": "test",
            "VAR_DIR": str(var),
            "DJANGO_SETTINGS_MODULE": "traceobject.settings",
            "SITE_URL": f"http://127.0.0.1:{port}",
            "EMAIL_URL": mail_url,
            "EMBEDDED_POSTGRES_OPTIONS": "",  # as durable as in production: it is killed outright
            "CROSS_LANGUAGE": "false",  # proposals are left out to save processor time
            "PURGE_WEBHOOK_URL": url,
            "PURGE_WEBHOOK_KEY": "k" * 40,
        }
        import django

        django.setup()
        prepared = prepare()
        site = DrillSite(var, port, mailbox, webhook)
        site.start()
        try:
            return run_drill(site, prepared, random.Random(seed), seconds, rate, can_mount)
        finally:
            site.stop()


@contextmanager
def webhook_server(webhook) -> Iterator[str]:
    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            webhook.answers.wait(30)
            webhook.events.append(json.loads(body)["type"])
            with contextlib.suppress(OSError):
                self.send_response(204)
                self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/purge"
    finally:
        server.shutdown()
        server.server_close()


class SampleSite:
    """The staff and objects of a drill: four published, one draft, the others submitted."""

    def __init__(self) -> None:
        from tests.factories import staff
        from traceobject.staff.roles import Role

        self.author, self.approver = staff(Role.ANALYST), staff(Role.ANALYST)
        self.moderator = staff(Role.MODERATOR)
        for country in COUNTRIES:
            staff(Role.CASE_OFFICER, country)
        self.files: dict[str, list[str]] = {}
        self.waiting: list[int] = []
        self.drafts: list[str] = []


def prepare() -> SampleSite:
    """Create staff and inspected objects on an empty site, before the drill starts."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from objects import publishing, stores
    from tests.factories import ALL_CHECKED, draft, drawing, encoded, with_picture

    prepared = SampleSite()
    for number in range(OBJECTS):
        made = draft(author=prepared.author, title=f"A bag {number}")
        with_picture(made, encoded(drawing((640, 480), seed=number)))
        if number == OBJECTS - 1:
            prepared.drafts.append(made.reference)
            continue
        publishing.submit(
            made, by=prepared.author, checked=ALL_CHECKED, seen=publishing.fingerprint(made)
        )
        prepared.files[made.reference] = stores.rendition_names(made)
        if number < 4:
            publishing.approve(
                made, by=prepared.approver, checked=ALL_CHECKED, seen=publishing.fingerprint(made)
            )
        else:
            prepared.waiting.append(made.pk)
    return prepared


def run_drill(
    site, prepared: SampleSite, rng: random.Random, seconds: int, rate: float, can_mount: bool
):
    from bench.chaos import drill_site, invariants
    from bench.chaos.people import Observations, Reader, Visitor

    seen = Observations()
    references = list(prepared.files)
    people: list[Visitor | Reader] = [
        Visitor(site.url, references, seen, f"{rng.random()}", rate) for _ in range(3)
    ]
    people.append(Reader(site.url, prepared.files, prepared.drafts, seen))
    for person in people:
        person.start()
    faults = drill_site.faults(site, can_mount=can_mount)
    until = time.monotonic() + seconds
    injected: dict[str, int] = {}
    staff = threading.Thread(
        target=run_staff, args=(prepared, seen, random.Random(rng.random()), until), daemon=True
    )
    staff.start()
    while time.monotonic() < until:
        name, break_for = rng.choice(faults)
        injected[name] = injected.get(name, 0) + 1
        break_for(rng.uniform(0.5, 6))
        time.sleep(rng.uniform(0.2, 2))
    for person in people:
        person.until.set()
    for person in people:
        person.join(200)
    staff.join(60)
    idle_after = wait_until_idle(site)
    print(
        f"{sum(injected.values())} faults, {site.restarts} restarts, {seen.sent} tips sent, "
        f"{len(seen.thanked)} thanked, {seen.unanswered} unanswered, "
        f"{seen.asked_without_pictures} asked again without pictures, {seen.leads} leads, "
        f"{seen.published} published, {len(seen.withdrawn)} withdrawn, {seen.pages} pages read, "
        f"{len(site.mailbox.received)} mails; idle after {idle_after:.0f} s"
    )
    for name, times in sorted(injected.items()):
        print(f"  {times:3} × {name}")
    if not seen.thanked:
        return ["no tip was confirmed: the drill proves nothing"]
    return invariants.check(seen, site.mailbox, site.url)


def run_staff(prepared: SampleSite, seen, rng: random.Random, until: float) -> None:
    """Vet, publish and withdraw at random. Ignore what the broken site refuses."""
    from django.db import DatabaseError, connection
    from django.utils import timezone

    from objects import publishing
    from objects.models import TraceObject
    from tests.factories import ALL_CHECKED
    from tips.models import Claim
    from tips.triage import decisions

    def vet() -> None:
        claims = list(Claim.objects.filter(state=Claim.State.OPEN).order_by("pk"))
        if claims:
            claim = rng.choice(claims)
            chosen = rng.sample(COUNTRIES, rng.randint(1, 3))
            decisions.vet(
                claim,
                by=prepared.moderator,
                summary="Sold.",
                countries=dict.fromkeys(chosen, "sold"),
            )
            seen.leads += 1

    def publish() -> None:
        if prepared.waiting:
            found = TraceObject.objects.get(pk=prepared.waiting[0])
            soon = timezone.now() + timedelta(seconds=rng.uniform(0, 3))
            TraceObject.objects.filter(pk=found.pk).update(publish_at=soon)
            publishing.approve(
                found, by=prepared.approver, checked=ALL_CHECKED, seen=publishing.fingerprint(found)
            )
            prepared.waiting.pop(0)
            seen.published += 1

    def withdraw() -> None:
        public = list(TraceObject.objects.public().order_by("pk"))
        if len(public) > 2:
            found = rng.choice(public)
            publishing.withdraw(found, by=prepared.approver, reason="a drill")
            seen.withdrawn[found.reference] = time.monotonic()

    while time.monotonic() < until:
        try:
            rng.choice([vet, vet, vet, publish, withdraw])()
        except (DatabaseError, OSError, ValueError):
            connection.close()
        time.sleep(rng.uniform(0.3, 1.5))
    connection.close()


def wait_until_idle(site) -> float:
    """Wait until the site has nothing to do. Return the seconds. Leases of killed workers expire at once."""
    from django.db import DatabaseError, connection
    from django.utils import timezone

    from bench.chaos.invariants import store_is_in_step
    from objects.models import TraceObject
    from tips.models import Tip
    from traceobject.outbox.models import Destination, Step

    begun = time.monotonic()
    time.sleep(2)
    leases_expired = False
    while time.monotonic() - begun < IDLE_SECONDS:
        try:
            due = TraceObject.objects.filter(state="submitted", approved_at__isnull=False)
            if not leases_expired:
                Step.objects.filter(is_leased=True).update(due_at=timezone.now())
                leases_expired = True
            if not (
                Step.objects.exists()
                or Destination.objects.exists()
                or due.exists()
                or Tip.objects.filter(state=Tip.State.RECEIVED).exists()
                or not store_is_in_step()
            ):
                break
        except DatabaseError:
            connection.close()
        time.sleep(0.5)
    return time.monotonic() - begun


if __name__ == "__main__":
    sys.exit(main())
