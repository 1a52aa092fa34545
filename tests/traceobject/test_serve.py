"""The supervisor restarts processes that exit, unless they keep exiting."""

import signal
import sys

import pytest

from tests.stack import wait_until
from traceobject import serve

SLEEPS = [sys.executable, "-c", "import time; time.sleep(600)"]
ENDS = [sys.executable, "-c", "raise SystemExit(3)"]


@pytest.fixture
def site(tmp_path):
    made = serve.Site(tmp_path)
    yield made
    made.stop()


def test_a_killed_process_is_restarted_and_reported(site):
    said = []
    site.start("web", SLEEPS)
    first = site.processes["web"].pid
    site.supervise(said.append)
    assert said == []
    site.processes["web"].send_signal(signal.SIGKILL)
    wait_until(lambda: site.supervise(said.append) or said)
    assert said == ["The web server ended unexpectedly (signal 9). Started again."]
    assert site.processes["web"].pid != first
    assert site.dead() is None


def test_a_process_that_keeps_exiting_is_given_up_with_a_reason(site):
    said = []
    site.start("worker", ENDS)
    with pytest.raises(
        serve.CannotServe, match=r"worker process keeps ending \(exit code 3\); see"
    ):
        wait_until(lambda: site.supervise(said.append))
    assert len(said) == serve.MAX_EXITS - 1


def test_the_pauses_grow_and_are_reset_after_a_quiet_minute():
    supervised = serve.SupervisedProcess(SLEEPS)
    pauses = []
    for moment in (0.0, 1.0, 2.0, 3.0):
        assert supervised.record_exit(moment)
        pauses.append(supervised.start_at - moment)
    assert pauses == [0.5, 1.0, 2.0, 4.0]
    assert supervised.record_exit(200.0)
    assert supervised.start_at == 200.5


def test_nothing_is_started_again_that_was_killed_on_purpose_or_is_not_supervised(site):
    site.start("beat", SLEEPS)
    site.start("worker", SLEEPS)
    site.kill("beat")
    site.processes["worker"].send_signal(signal.SIGKILL)
    wait_until(lambda: site.dead() == "worker")
    assert set(site.processes) == {"worker"}


def test_children_of_a_dead_process_are_killed_before_it_is_restarted(site, tmp_path):
    child = f"import subprocess, sys; p = subprocess.Popen({SLEEPS!r}); "
    child += f"open({str(tmp_path / 'pid')!r}, 'w').write(str(p.pid)); p.wait()"
    site.start("web", [sys.executable, "-c", child])
    pid = int(wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text()))
    site.processes["web"].send_signal(signal.SIGKILL)
    said = []
    wait_until(lambda: site.supervise(said.append) or said)
    import psutil

    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
