"""The embedded servers start on demand, are shared, and leave only var/ behind."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from tests.stack import wait_until
from traceobject import embedded

SCRIPT = """
import sys, time
from pathlib import Path
from traceobject import embedded
var = Path(sys.argv[1])
embedded.ensure_running(var)
import psycopg2
connection = psycopg2.connect(host=str(embedded.Paths(var).pg_socket_folder), user="postgres", dbname="traceobject")
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_backend_pid()")
connection.close()
import redis
redis.Redis.from_url(embedded.redis_urls(var)[1]).ping()
print("up", flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def var():
    with tempfile.TemporaryDirectory(prefix="emb") as short:  # a socket's path may not be long
        folder = Path(short) / "var"
        yield folder
        for process in servers_of(folder):
            process.kill()


def run(var, seconds=0.0):
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(var), str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=settings.BASE_DIR,
    )


def up(process):
    assert process.stdout.readline() == "up\n"
    return process


def servers_of(var):
    """Return the processes with this folder in their command: keeper, PostgreSQL and Valkey."""
    found = []
    for process in psutil.process_iter():
        try:
            line = process.cmdline()
            if line and str(var) in " ".join(line) and "-c" not in line[:2]:
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_servers_start_on_demand_and_are_gone_when_the_command_ends(var):
    assert up(run(var)).wait(30) == 0
    assert servers_of(var) == []
    assert var.exists()


def test_two_processes_share_the_servers_and_the_last_one_out_stops_them(var):
    first, second = up(run(var, 30)), up(run(var, 30))
    masters = [p for p in servers_of(var) if "-D" in p.cmdline()]
    assert len(masters) == 1
    first.send_signal(signal.SIGTERM)
    first.wait()
    assert up(run(var)).wait(30) == 0  # comes and goes, too
    assert masters[0].is_running()
    assert [p for p in servers_of(var) if "-D" in p.cmdline()] == masters
    second.kill()
    second.wait()
    wait_until(lambda: servers_of(var) == [], 20)


def test_a_killed_parent_leaves_no_server_running(var):
    parent = up(run(var, 60))
    parent.kill()
    parent.wait()
    wait_until(lambda: servers_of(var) == [], 20)
    assert up(run(var)).wait(30) == 0


def test_a_killed_keeper_takes_its_servers_along_and_the_next_command_starts_anew(var):
    parent = up(run(var, 60))
    keeper = next(
        p for p in servers_of(var) if any(word.endswith("/embedded") for word in p.cmdline())
    )
    keeper.kill()
    assert up(run(var)).wait(60) == 0
    parent.kill()
    parent.wait()


def test_a_stale_pid_file_that_names_a_living_stranger_does_not_stop_the_start(var):
    assert up(run(var)).wait(30) == 0
    pid_file = embedded.Paths(var).pgdata / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{pid_file.parent}\n0\n5432\n\n\n0 0\nready\n")
    assert up(run(var)).wait(30) == 0


def test_a_server_that_crashes_is_started_again_while_somebody_uses_it(var):
    parent = up(run(var, 60))
    valkey = next(p for p in servers_of(var) if p.name().startswith("valkey"))
    valkey.kill()
    import redis

    def answers():
        try:
            return redis.Redis.from_url(embedded.redis_urls(var)[1]).ping()
        except redis.RedisError:
            return False

    wait_until(answers, 10)
    parent.kill()
    parent.wait()


def test_an_initdb_that_was_killed_halfway_is_done_over(var):
    paths = embedded.Paths(var)
    paths.pgdata.mkdir(parents=True)
    (paths.pgdata / "base").mkdir()
    (paths.pgdata / "base" / "half").write_text("x")
    assert up(run(var)).wait(60) == 0


def test_a_path_too_long_for_a_socket_gets_a_short_folder_for_it(tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60) / "var"
    deep.parent.mkdir(parents=True)
    assert len(str(embedded.Paths(deep).valkey_socket)) < embedded.LONGEST_SOCKET_PATH
    assert up(run(deep)).wait(30) == 0
    assert servers_of(deep) == []


def test_root_opens_no_folder_to_anyone_but_the_one_system_user(var):
    if os.geteuid() != 0:
        pytest.skip("only root needs another user for PostgreSQL")
    var.parent.chmod(0o700)
    assert up(run(var)).wait(30) == 0
    assert var.parent.stat().st_mode & 0o007 == 0
    nobody = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, sys; os.setgroups([]); os.setuid(65534); os.stat(sys.argv[1])",
            str(var / "log"),
        ],
        capture_output=True,
    )
    assert b"Permission denied" in nobody.stderr
