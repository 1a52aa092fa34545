"""Kill processes: no accepted tip and no referral is lost."""

import re
import urllib.error
import urllib.request

import pytest

from tests.factories import lead, published, staff
from tests.stack import Stack, free_port, post_tip, wait_until
from tests.valkey import SilentServer
from tips.models import Claim, Referral, Tip
from traceobject.outbox.models import Step
from traceobject.staff.roles import Role

pytestmark = [pytest.mark.stack]


@pytest.fixture(params=["gone", "silent"])
def broker(request):
    """The URL of a broker that is gone, or accepts connections and never answers."""
    if request.param == "gone":
        yield f"redis://127.0.0.1:{free_port()}/0"
        return
    mute = SilentServer()
    yield mute.url
    mute.close()


HUNG = 10  # seconds; a client of a silent broker waits for 15 (CELERY_BROKER_TRANSPORT_OPTIONS)


def test_with_the_broker_down_the_visitor_is_thanked_at_once_and_the_sweep_finds_the_tip(
    own_database, own_files, tmp_path, broker
):
    reference = published(pictures=0).reference
    broken = Stack(tmp_path, broker=broker)
    try:
        broken.web()
        post_tip(broken, reference, "warm up", "n0")
        for number in range(5):
            text, nonce = f"Seen in Lyon {number}", f"n{number + 1}"
            status, page = post_tip(broken, reference, text, nonce, seconds=HUNG)
            assert status == 200
            assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page)
        assert Tip.objects.filter(state="received").count() == 6
    finally:
        broken.stop()
    mended = Stack(tmp_path / "mended")
    try:
        mended.worker()
        mended.beat()
        wait_until(lambda: not Tip.objects.filter(state="received").exists(), 60)
    finally:
        mended.stop()


def test_a_worker_killed_in_the_middle_loses_nothing(stack):
    reference = published(pictures=0).reference
    stack.web()
    for number in range(30):
        post_tip(stack, reference, f"Seen at a market in Lyon, stall number {number}", f"n{number}")
    stack.worker()
    wait_until(lambda: Tip.objects.filter(state="matched").exists(), 30)
    stack.site.kill("worker")
    Step.objects.update(due_at="2020-01-01T00:00Z")  # what the dead worker had leased runs out
    stack.worker()
    stack.beat()
    wait_until(lambda: Tip.objects.filter(state="matched").count() == 30, 60)
    assert Claim.objects.count() == 30
    assert not Step.objects.filter(name="match").exists()


def test_a_web_server_killed_after_the_thank_you_page_keeps_the_tip(stack):
    reference = published(pictures=0).reference
    stack.web()
    status, _ = post_tip(stack, reference, "Seen in Lyon", "n")
    stack.site.kill("web")
    assert status == 200
    assert Tip.objects.get().text == "Seen in Lyon"
    assert Step.objects.filter(name="match").exists()


def test_one_lead_reaches_each_country_once_though_everything_is_done_twice(stack):
    staff(Role.CASE_OFFICER, "ES", "PT")
    made = lead("ES", "PT")
    from traceobject.outbox import queue

    stack.worker()
    stack.beat()
    wait_until(lambda: made.referrals.filter(deliveries__sent_at__isnull=False).count() == 2, 40)
    queue.put("route", made.pk)
    queue.put("deliver", *made.referrals.values_list("deliveries", flat=True))
    wait_until(lambda: not Step.objects.exists(), 40)
    assert Referral.objects.count() == 2
    # One file may hold two mails of the same second.
    sent = [line for file in stack.mail.iterdir() for line in file.read_text().splitlines()]
    assert sum(line.startswith("Message-ID:") for line in sent) == 2


def test_no_log_holds_an_address_a_text_or_a_contact(stack):
    reference = published(pictures=0).reference
    stack.web()
    stack.worker()
    post_tip(stack, reference, "a telltale phrase", "n")
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{stack.url}/telltale-path/?mail=jane@mail.example", timeout=10)
    wait_until(lambda: Tip.objects.filter(state="matched").exists(), 40)
    logs = stack.log("web") + stack.log("worker")
    for secret in ("127.0.0.1", "telltale phrase", "jane@", "Python-urllib"):
        assert secret not in logs


def test_a_killed_demo_leaves_nothing_running():
    """Run ``manage.py demo`` in its own folder, kill it, and check that no process is left."""
    import os
    import signal
    import subprocess
    import sys
    import tempfile
    from pathlib import Path

    import psutil

    with tempfile.TemporaryDirectory(prefix="demo") as var:
        port = free_port()
        environment = {**os.environ, "TRACEOBJECT_PROFILE": "demo", "VAR_DIR": var}
        demo = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--small", "--port", str(port)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said = []
        for line in demo.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                break
        assert any("moderator" in line for line in said), "".join(said)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            assert b"Shopping bag with a red bird" in answer.read()
        assert list(Path(var, "mail").iterdir())
        second = subprocess.run(
            [sys.executable, "manage.py", "demo", "--small", "--port", str(port)],
            env=environment,
            capture_output=True,
            text=True,
        )
        assert second.returncode == 1
        assert len(second.stderr.strip().splitlines()) == 1
        assert "in use" in second.stderr
        family = [
            demo.pid,
            *(child.pid for child in psutil.Process(demo.pid).children(recursive=True)),
        ]
        assert len(family) >= 6
        demo.send_signal(signal.SIGKILL)
        demo.wait()
        wait_until(lambda: not any(_alive(pid) for pid in family), 30)


def _alive(pid):
    import psutil

    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
