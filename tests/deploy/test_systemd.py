"""The systemd units start what the demo and the tests start."""

from pathlib import Path

import psutil
import pytest

from traceobject import serve
from traceobject.outbox.lanes import Lane

COMMANDS = {
    "web": serve.web_command(8000),
    "beat": serve.beat_command(),
    "worker@": serve.worker_command(Lane.QUICK),
}


@pytest.mark.parametrize("unit", COMMANDS)
def test_a_unit_starts_what_the_demo_starts_again_and_again(unit):
    lines = Path(f"deploy/traceobject-{unit}.service").read_text().splitlines()
    set_to = dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
    started = set_to["ExecStart"].replace("%i", Lane.QUICK).replace("%%", "%").split()
    assert started[0].startswith("/SRV/TRACEOBJECT/.venv/bin/")
    assert set(_words(started)) >= set(_words(COMMANDS[unit])) - {"--port", "8000"}
    assert set_to["Restart"] == "always"
    assert set_to["StartLimitIntervalSec"] == "0"
    assert set_to["KillMode"] == "mixed"


def _words(command):
    """Return the arguments of a program that is run by name or with Python's -m."""
    return [word.rpartition("/")[2] for word in command[1:] if word not in ("-m", "celery")]


def test_a_web_server_whose_first_process_alone_is_told_to_stop_ends_whole(stack):
    stack.web()
    server = stack.site.processes["web"]
    family = psutil.Process(server.pid).children(recursive=True)
    server.terminate()
    assert server.wait(20) == 0
    assert psutil.wait_procs(family, 5)[1] == []
