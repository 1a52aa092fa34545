"""A hostile file does no harm: the process that reads it has limits and no secrets."""

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from objects.pictures import child, isolated, persongate
from objects.pictures.sanitise import Refusal
from tests.factories import drawing, encoded
from tests.objects.takeover import behave
from tests.stack import wait_until

ATTACKS = {
    "takes all memory": "x = bytearray(8 * 1024**3)",
    "never ends": "while True: pass",
    "gives up": "import os; os.abort()",
    "crashes": "import ctypes; ctypes.string_at(0)",
    "is killed": "import signal; signal.raise_signal(signal.SIGKILL)",
    "fills the disk": "import sys\nwhile True: sys.stdout.buffer.write(b'x' * 10**7)",
}


@pytest.mark.parametrize("attack", sorted(ATTACKS))
def test_a_decoder_that_hangs_or_crashes_is_a_refusal(tmp_path, monkeypatch, attack):
    behave(tmp_path, monkeypatch, ATTACKS[attack])
    with pytest.raises(Refusal, match="damaged, or takes too much"):
        isolated.sanitise(encoded(drawing((20, 20))))


def test_a_decoder_that_is_taken_over_is_never_root(tmp_path, monkeypatch):
    behave(
        tmp_path, monkeypatch, "import os\nraise ValueError(f'users {os.getuid()} {os.getgid()}')"
    )
    with pytest.raises(isolated.Unavailable, match=r"users [1-9]\d* \d+"):
        isolated.sanitise(encoded(drawing((20, 20))))


def test_the_child_gets_no_secret(monkeypatch):
    for name in ("SECRET_KEY", "DATABASE_URL", "S3_SECRET_ACCESS_KEY", "CONTACT_KEYS", "HOME"):
        monkeypatch.setenv(name, "hush")
    assert "hush" not in isolated._environment().values()


def test_the_childs_answer_is_checked_before_it_is_used(tmp_path, monkeypatch):
    dirty = encoded(drawing((20, 20)), "JPEG", comment=b"Jane Doe")
    (tmp_path / "dirty").write_bytes(dirty)
    behave(tmp_path, monkeypatch, f"return {{'format': 'JPEG'}}, [{dirty!r}]")
    with pytest.raises(isolated.Unavailable, match="not clean"):
        isolated.sanitise(encoded(drawing((20, 20))))


def test_the_child_ends_with_its_parent(tmp_path, monkeypatch):
    """The parent is killed while the child works, and would go on for 25 seconds by itself."""
    attack = "libc.prctl(15, b'at work')\nlibc.prctl(1, 0)\nwhile True: pass"
    behave(tmp_path, monkeypatch, attack)
    code = (
        "import objects.pictures.isolated as isolated\n"
        "real = isolated._environment\n"
        f"isolated._environment = lambda: {{**real(), 'PYTHONPATH': {str(tmp_path)!r}}}\n"
        "isolated.sanitise(b'any bytes')\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    try:
        (child,) = wait_until(lambda: [pid for pid in _children(parent.pid) if _is_at_work(pid)])
    finally:
        parent.kill()
        parent.wait()
    wait_until(lambda: not _alive(child), 10)


def _is_at_work(pid):
    return Path(f"/proc/{pid}/comm").read_text() == "at work\n"


def _children(pid):
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError):
            found += task.read_text().split()
    return found


def _alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_two_pictures_at_once_do_not_disturb_each_other():
    results = []

    def work(seed):
        results.append(isolated.sanitise(encoded(drawing((40 + seed, 30), seed=seed))).width)

    threads = [threading.Thread(target=work, args=[seed]) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [40, 41, 42, 43]


def test_the_runner_is_replaced_only_in_its_thread_and_block():
    seen = []

    def wrap(real):
        def run(job, *rest, **options):
            seen.append(job)
            return real(job, *rest, **options)

        return run

    picture = encoded(drawing((20, 20)))
    with isolated.replace_runner(wrap):
        isolated.sanitise(picture)
        other = threading.Thread(target=isolated.sanitise, args=[picture])
        other.start()
        other.join()
    isolated.sanitise(picture)
    assert seen == ["sanitise"]


def test_the_gate_sends_no_telemetry(tmp_path, monkeypatch):
    """The model's runtime writes no identity and no reports to any folder."""
    real = isolated._environment
    monkeypatch.setattr(isolated, "_environment", lambda: {**real(), "HOME": str(tmp_path)})
    isolated.detect_people(encoded(drawing((64, 64))))
    assert list(tmp_path.rglob("*")) == []
    assert real()["ORT_DISABLE_TELEMETRY"] == "1"


def test_without_its_model_the_gate_is_unavailable_and_says_why(tmp_path, monkeypatch):
    (tmp_path / "nudenet.py").write_text("")
    real = isolated._environment
    monkeypatch.setattr(isolated, "_environment", lambda: {**real(), "PYTHONPATH": str(tmp_path)})
    with pytest.raises(isolated.Unavailable, match=r"320n\.onnx"):
        isolated.detect_people(encoded(drawing((64, 64))))


def test_limits_are_set_for_every_job():
    assert set(child.LIMITS) == set(child.PREPARE) == set(isolated.SECONDS)
    assert persongate.VERSION
    assert os.path.isfile(child.__file__)
