"""If PostgreSQL is gone, frozen or out of space, no confirmed tip and no typed text is lost."""

from __future__ import annotations

import contextlib
import html
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.skips import skip_or_fail
from tests.stack import free_port, wait_until
from traceobject import serve

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("database")]

SETUP = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.factories import published
print(published(pictures=0).reference)
"""
COUNT = """
import django; django.setup()
from tips.models import Tip
print(sorted(Tip.objects.values_list("text", flat=True)))
"""


class OwnServers:
    """The site on its own embedded PostgreSQL, which a test may break."""

    options = "-c max_wal_size=64MB -c min_wal_size=32MB"

    def __init__(self, var: Path):
        self.var, self.port = var, free_port()
        self.environment = {
            **os.environ,
            "TRACEOBJECT_PROFILE": "test",
            "VAR_DIR": str(var),
            "DJANGO_SETTINGS_MODULE": "traceobject.settings",
            "EMBEDDED_POSTGRES_OPTIONS": self.options,
        }
        self.site = serve.Site(var / "log", self.environment)
        self.reference = self.run(SETUP)

    def run(self, code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().splitlines()[-1]

    def web(self) -> None:
        self.site.start("web", serve.web_command(self.port, processes=1))
        self.site.wait_for_web(self.port, 60)

    def send(self, fields: dict[str, str], seconds: float = 60) -> tuple[int, str]:
        url = f"http://127.0.0.1:{self.port}/objects/{self.reference}/tip/"
        body = urllib.parse.urlencode(fields).encode()
        try:
            with urllib.request.urlopen(url, body, timeout=seconds) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def postgres(self) -> list[psutil.Process]:
        """Return PostgreSQL's processes, the main one first."""
        number = int((self.var / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        main = psutil.Process(number)
        return [main, *main.children()]


@pytest.fixture
def site(django_db_blocker):
    with tempfile.TemporaryDirectory(prefix="db") as folder:
        made = OwnServers(Path(folder).resolve())
        yield made
        made.site.stop()
        wait_until(lambda: not (made.var / "run" / "servers.json").exists(), 30)


def resent(page: str) -> dict[str, str]:
    """Return the fields that the returned form would send."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    (text,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    return {**{name: html.unescape(value) for name, value in fields}, "text": html.unescape(text)}


def test_a_tip_sent_to_a_dead_database_comes_back_and_can_be_sent_again(site):
    site.web()
    assert site.send({"text": "warm up", "nonce": "n0"})[0] == 200
    keeper = site.postgres()[0].parent()
    keeper.suspend()  # so that it does not start PostgreSQL anew yet
    try:
        site.postgres()[0].send_signal(signal.SIGKILL)
        wait_until(lambda: site.send({"text": "x", "nonce": "nx"})[0] != 200)
        said = {"text": 'Sold in "Lyon" <b>', "nonce": "n1", "country": "FR", "why": "I live there"}
        status, page = site.send(said)
        assert status == 503
        assert "Your text has not been sent yet" in page
        assert resent(page) == said
    finally:
        keeper.resume()
    wait_until(lambda: site.send(resent(page))[0] == 200, 60)
    assert site.run(COUNT).count('Sold in "Lyon" <b>') == 1


def test_a_frozen_database_keeps_a_tip_waiting_and_takes_it(site):
    site.web()
    assert site.send({"text": "warm up", "nonce": "n0"})[0] == 200
    frozen = site.postgres()
    for process in frozen:
        process.suspend()
    answers = []
    sender = threading.Thread(
        target=lambda: answers.append(site.send({"text": "Seen in Lyon", "nonce": "n1"}))
    )
    sender.start()
    sender.join(2)
    assert not answers  # it waits
    for process in frozen:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.resume()
    sender.join(30)
    assert answers[0][0] == 200
    assert "Seen in Lyon" in site.run(COUNT)


@pytest.fixture
def small_disk():
    """A folder on its own disk, which can be filled. It needs root."""
    with tempfile.TemporaryDirectory(prefix="disk") as folder:
        size = "size=220m,mode=755"
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder])
        if done.returncode:
            skip_or_fail("mounting a small disk needs root")
        try:
            yield Path(folder).resolve()
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def test_a_database_with_a_full_disk_loses_no_confirmed_tip_and_no_text(small_disk):
    site = OwnServers(small_disk)
    try:
        site.web()
        assert site.send({"text": "warm up", "nonce": "n0"})[0] == 200
        filler = small_disk / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(b"x" * 65536):
                pass
        thanked, returned = [], ""
        for number in range(400):
            said = {"text": f"tip {number} " + "y" * 15_000, "nonce": f"f{number}"}
            status, page = site.send(said)
            if status == 200:
                thanked.append(f"tip {number} ")
                continue
            returned = resent(page)["text"]
            assert returned == said["text"]
            break
        assert returned, "the disk never got full"
        filler.unlink()
        wait_until(lambda: site.send({"text": returned, "nonce": "again"})[0] == 200, 90)
        there = site.run(COUNT)
        assert all(text in there for text in thanked)
        assert returned in there
    finally:
        site.site.stop()
        wait_until(lambda: not (small_disk / "run" / "servers.json").exists(), 30)
