"""A decoder that is taken over stays alone: the kernel ends it, or refuses what it asks for."""

import ctypes
import json
import os
import platform
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from objects.pictures import cage, isolated
from tests.factories import drawing, encoded
from tests.objects.takeover import behave
from tests.stack import wait_until
from traceobject.memory_protection import protect_memory

ROOT = Path(__file__).resolve().parents[2]
COLUMN = {"x86_64": 0, "aarch64": 1}[platform.machine()]


def number(name):
    """Return the number of a system call on this machine."""
    return cage._HOSTILE[name][COLUMN]


# Each is what an attacker's code would do; in the cage, the process ends at once.
ENDED = {
    "reads the memory of its parent": "buffer = ctypes.create_string_buffer(64)\n"
    "iov = struct.pack('=QQ', ctypes.addressof(buffer), 64)\n"
    "iov = ctypes.create_string_buffer(iov)\n"
    f"syscall({number('process_vm_readv')}, os.getppid(), ctypes.addressof(iov), 1, ctypes.addressof(iov), 1, 0)",
    "traces its parent": f"syscall({number('ptrace')}, 16, os.getppid(), 0, 0)",
    "signals its parent": "os.kill(os.getppid(), 0)",
    "signals a thread of its parent": f"syscall({cage._TGKILL[COLUMN]}, os.getppid(), os.getppid(), 0)",
    "signals everybody": "os.kill(-1, 0)",
    "takes a handle of its parent": f"syscall({number('pidfd_open')}, os.getppid(), 0)",
    "forks": "os.fork()",
    "forks as libraries do": f"syscall({cage._CLONE[COLUMN]}, 17, 0, 0, 0, 0)",
    "becomes another program": "os.execv('/bin/true', ['true'])",
    "opens a socket": "socket.socket()",
    "asks the kernel to do it later": f"syscall({number('io_uring_setup')}, 8, 0)",
    "makes itself a namespace": f"syscall({number('unshare')}, 0x10000000)",
}
# These fail with an error, because libraries try them in passing.
REFUSED = {
    "reads a file": "open('/etc/passwd')",
    "reads the memory of its parent as a file": "open(f'/proc/{os.getppid()}/mem', 'rb')",
    "reads its parent's environment": "open(f'/proc/{os.getppid()}/environ', 'rb')",
    "writes a file": "os.open('/tmp/x', os.O_CREAT | os.O_WRONLY)",
    "looks whether a file exists": "os.stat('/etc/passwd')",
    "lists a folder": "os.listdir('/')",
    "deletes a file": "os.unlink('/tmp/x')",
    "makes a pipe": "os.pipe()",
    "makes a memory file": "os.memfd_create('x')",
    "raises its limits": f"syscall({(160, 164)[COLUMN]}, 7, 0)",
    "becomes root": "os.setuid(0)",
    "starts a session of its own": "os.setsid()",
    "maps code": f"syscall({cage._MMAP[COLUMN]}, 0, 4096, 7, 0x22, -1, 0)",
}


@pytest.mark.parametrize("attack", sorted(ENDED))
def test_a_decoder_that_is_taken_over_is_ended_when_it_reaches_out(tmp_path, monkeypatch, attack):
    behave(tmp_path, monkeypatch, ENDED[attack])
    with pytest.raises(isolated.Unavailable, match="may contain an attack"):
        isolated.sanitise(encoded(drawing((20, 20))))


@pytest.mark.parametrize("attack", sorted(REFUSED))
def test_a_decoder_that_is_taken_over_can_open_nothing(tmp_path, monkeypatch, attack):
    behave(tmp_path, monkeypatch, REFUSED[attack])
    with pytest.raises(isolated.Unavailable, match=r"PermissionError: \[Errno (1|13)\]"):
        isolated.sanitise(encoded(drawing((20, 20))))


def test_all_threads_are_in_the_cage_and_it_cannot_be_left(tmp_path, monkeypatch):
    """A thread started before the cage closes is in it, too; its own flags stay as they are."""
    behave(
        tmp_path,
        monkeypatch,
        "results = []\n"
        "def ask(call):\n"
        "    try: results.append(call())\n"
        "    except OSError as error: results.append(error.errno)\n"
        "early.asked.append(lambda: ask(lambda: open('/etc/passwd')))\n"
        "while not results: time.sleep(0.001)\n"
        "late = threading.Thread(target=ask, args=[lambda: open('/etc/passwd')])\n"
        "late.start(); late.join()\n"
        "results += [libc.prctl(4, 1), libc.prctl(1, 0)]\n"
        "raise ValueError(results)",
    )
    custom = tmp_path / "sitecustomize.py"
    custom.write_text(
        custom.read_text() + "class Early(threading.Thread):\n"
        "    asked = []\n"
        "    def run(self):\n"
        "        while not self.asked: time.sleep(0.001)\n"
        "        self.asked.pop()()\n"
        "early = Early(daemon=True)\n"
        "early.start()\n"
    )
    with pytest.raises(isolated.Unavailable, match=r"\[13, 13, -1, -1\]"):
        isolated.sanitise(encoded(drawing((20, 20))))


# As deploy/ runs the worker: no root, and the child has the user of its parent. The one capability lets it
# read an interpreter in a folder of root's; it gives no right to another process.
AS_USER = [
    *("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"),
    *("--inh-caps", "-all,+dac_read_search", "--ambient-caps", "+dac_read_search"),
]
as_user = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="only root can become another user, with setpriv",
)
JOB = """
import os, sys
import objects.pictures.isolated as isolated
real = isolated._environment
isolated._environment = lambda: {**real(), "PYTHONPATH": sys.argv[1]}
try:
    isolated.sanitise(b"any bytes")
except Exception as error:
    print(os.getuid(), error)
"""


@as_user
@pytest.mark.parametrize(
    ("attack", "answer"),
    [
        ("reads the memory of its parent", "may contain an attack"),
        ("traces its parent", "may contain an attack"),
        ("signals its parent", "may contain an attack"),
        ("forks", "may contain an attack"),
        ("reads the memory of its parent as a file", "Permission denied"),
    ],
)
def test_a_child_of_the_same_user_reaches_its_parent_no_more(tmp_path, monkeypatch, attack, answer):
    behave(tmp_path, monkeypatch, {**ENDED, **REFUSED}[attack])
    done = subprocess.run(
        [*AS_USER, sys.executable, "-c", JOB, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.stdout.startswith("65534 "), done.stdout + done.stderr
    assert answer in done.stdout


PEEK = """
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(8)
local = ctypes.create_string_buffer(struct.pack("=QQ", ctypes.addressof(buffer), 8))
remote = ctypes.create_string_buffer(struct.pack("=QQ", int(sys.argv[2]), 8))
got = libc.process_vm_readv(int(sys.argv[1]), local, 1, remote, 1, 0)
print(got, buffer.raw[:8] if got > 0 else os.strerror(ctypes.get_errno()))
"""
HOLD = """
import ctypes, sys
from traceobject.memory_protection import protect_memory
if sys.argv[1] == "protected":
    protect_memory()
secret = ctypes.create_string_buffer(b"thesecret")
print(ctypes.addressof(secret), flush=True)
sys.stdin.read()
"""


@as_user
@pytest.mark.parametrize("state", ["plain", "protected"])
def test_another_process_of_the_user_cannot_read_a_protected_memory(state):
    """The plain one shows that the reading works, where the kernel has no stricter rule of its own."""
    with subprocess.Popen(
        [*AS_USER, sys.executable, "-c", HOLD, state],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as held:
        address = held.stdout.readline().strip()
        peek = subprocess.run(
            [*AS_USER, sys.executable, "-c", PEEK, str(held.pid), address],
            capture_output=True,
            text=True,
        )
        held.stdin.close()
    if state == "protected":
        assert peek.stdout.startswith("-1"), peek.stdout + peek.stderr
    elif scope() == 0:
        assert "thesecre" in peek.stdout, peek.stdout + peek.stderr


def scope():
    file = Path("/proc/sys/kernel/yama/ptrace_scope")
    return int(file.read_text()) if file.exists() else 0


def test_whoever_starts_a_job_protects_its_own_memory():
    ctypes.CDLL(None).prctl(4, 1)
    isolated.sanitise(encoded(drawing((20, 20))))
    assert ctypes.CDLL(None).prctl(3) == 0  # PR_GET_DUMPABLE


def test_each_process_of_the_site_protects_its_memory():
    """The web server, a worker with its children, beat and every command."""
    for module in ("manage.py", "traceobject/wsgi.py", "traceobject/celery.py"):
        assert "protect_memory()" in (ROOT / module).read_text(), module
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import traceobject.wsgi, ctypes; print(ctypes.CDLL(None).prctl(3))",
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.stdout.strip() == "0", done.stderr
    protect_memory()


def test_where_the_kernel_refuses_the_cage_no_picture_is_decoded(tmp_path, monkeypatch):
    """As in a container whose own filter forbids another one."""
    behave(tmp_path, monkeypatch, "os._exit(0)  # decoded")
    custom = tmp_path / "sitecustomize.py"
    forbid = cage._MACHINES[platform.machine()].seccomp
    custom.write_text(
        custom.read_text() + "def outer():\n"
        f"    code = struct.pack('=HBBIHBBIHBBIHBBI', 0x20, 0, 0, 0, 0x15, 0, 1, {forbid}, 6, 0, 0, 0x50001, 6, 0, 0, 0x7fff0000)\n"
        "    class Program(ctypes.Structure):\n"
        "        _fields_ = [('length', ctypes.c_ushort), ('filter', ctypes.c_char_p)]\n"
        "    libc.prctl(38, 1, 0, 0, 0)\n"
        "    assert libc.prctl(22, 2, ctypes.byref(Program(4, code))) == 0\n"
        "outer()\n"
    )
    with pytest.raises(isolated.Unavailable, match="the kernel refuses the cage"):
        isolated.sanitise(encoded(drawing((20, 20))))


@pytest.mark.parametrize("machine", ["riscv64", "i686", ""])
def test_on_a_machine_that_the_cage_does_not_know_there_is_none(machine):
    with pytest.raises(cage.CageUnavailable):
        cage.program(machine, 1)


class Kernel:
    """The filter, run as the kernel runs it."""

    def __init__(self, machine, process=77):
        code = cage.program(machine, process)
        self.code = [struct.unpack_from("=HBBI", code, at) for at in range(0, len(code), 8)]
        self.machine = machine

    def answer(self, number, *arguments, audit=None):
        audit = cage._MACHINES[self.machine].audit if audit is None else audit
        padded = [*arguments, *[0] * (6 - len(arguments))]
        data = struct.pack("=iIQ6Q", number, audit, 0, *padded)
        at, held = 0, 0
        while True:
            code, yes, no, value = self.code[at]
            at += 1
            if code == 0x20:
                (held,) = struct.unpack_from("=I", data, value)
            elif code == 0x54:
                held &= value
            elif code == 0x15:
                at += yes if held == value else no
            elif code == 0x45:
                at += yes if held & value else no
            else:
                return value


@pytest.mark.parametrize("machine", sorted(cage._MACHINES))
def test_the_filter_answers_by_its_list_and_by_nothing_else(machine):
    kernel, column = Kernel(machine), cage._MACHINES[machine].column
    allowed = {numbers[column] for numbers in cage._CALLS.values()}
    special = {each[column] for each in (cage._MMAP, cage._MPROTECT, cage._CLONE, cage._PRCTL)}
    special.add(cage._TGKILL[column])
    hostile = {numbers[column] for numbers in cage._HOSTILE.values()} - {None}
    assert not hostile & (allowed | special)
    for number in set(range(600)) - special:
        answer = kernel.answer(number)
        assert (answer == cage._ALLOW) == (number in allowed), number
        assert (answer == cage._KILL) == (number in hostile), number
        assert kernel.answer(number | 0x40000000) != cage._ALLOW  # x32, another numbering
        assert kernel.answer(number, audit=0x40000003) == cage._KILL  # 32 bits, another numbering


@pytest.mark.parametrize("machine", sorted(cage._MACHINES))
def test_the_filter_looks_at_the_arguments_that_matter(machine):
    kernel, column = Kernel(machine, process=77), cage._MACHINES[machine].column

    def allows(call, *arguments):
        return kernel.answer(call[column], *arguments) == cage._ALLOW

    assert allows(cage._CLONE, 0x3D0F00)  # a thread
    for flags in (17, 0x01200011, 0x4111, 0x3D0F00 | 0x10000000, 0x3D0F00 & ~0x10000):
        assert not allows(cage._CLONE, flags)
    assert allows(cage._TGKILL, 77, 78, 6)
    assert not allows(cage._TGKILL, 76, 76, 6)
    assert allows(cage._PRCTL, 15)
    assert not any(allows(cage._PRCTL, n) for n in (1, 4, 22, 38))
    for call in (cage._MMAP, cage._MPROTECT):
        assert allows(call, 0, 4096, 3)
        assert not allows(call, 0, 4096, 7)
        assert not allows(call, 0, 4096, 5)


def test_a_picture_that_is_answered_with_nonsense_is_no_error_of_ours(tmp_path, monkeypatch):
    for about in ({}, {"format": 5}, {"format": "PNG", "extra": [1]}):
        behave(tmp_path, monkeypatch, f"return {about!r}, []")
        with pytest.raises(isolated.Unavailable, match="makes no sense"):
            isolated.sanitise(encoded(drawing((20, 20))))


@pytest.mark.parametrize(
    "change",
    [
        {"blurred": "javascript:alert(1)"},
        {"blurred": "data:image/webp;base64,AA==' onload='x"},
        {"pdq": ["0" * 64]},
        {"pdq": ["x" * 64] * 8},
        {"quality": "50"},
        {"taken": {"latitude": "here"}},
        {"taken": {"latitude": float("nan")}},
        {"taken": {"taken": "<b>today</b>"}},
        {"taken": {"note": "x"}},
        {"taken": []},
    ],
)
def test_what_a_decoder_that_is_taken_over_says_of_an_upload_is_checked(change):
    view = isolated.sanitise(encoded(drawing((20, 20))), output="JPEG").data
    good = {
        "format": "JPEG",
        "blurred": "data:image/webp;base64,UklGRg==",
        "pdq": ["0" * 64] * 8,
        "quality": 50,
        "taken": {"latitude": 1.5, "longitude": -2.0, "taken": "2024-05-06T07:08:09"},
    }

    def answering(about):
        about = json.loads(json.dumps(about))
        return isolated.replace_runner(lambda real: lambda *_, **__: (about, [view]))

    with answering(good):
        assert isolated.receive(b"", place=True).taken == good["taken"]
    with answering({**good, **change}), pytest.raises(isolated.Unavailable, match="no sense"):
        isolated.receive(b"", place=True)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "TIFF"])
def test_honest_pictures_of_every_kind_are_decoded_in_the_cage(kind):
    picture = encoded(drawing((1300, 900)), kind)
    assert isolated.receive(picture, place=True).view.width == 1300
    assert isolated.sanitise(picture).width == 1300


def test_all_sizes_and_the_gate_are_made_in_the_cage():
    """They use threads, and memory as the libraries for arithmetic like it."""
    master = isolated.sanitise(encoded(drawing((2000, 1500)))).data
    made, _, hashes = isolated.derive(master)
    assert len(made) == 12
    assert hashes.is_reliable in (True, False)
    assert isolated.detect_people(master) == []


def test_no_job_leaves_a_process_behind():
    isolated.sanitise(encoded(drawing((20, 20))))
    wait_until(lambda: not any("objects.pictures.child" in line for line in own_children()))


def own_children():
    for file in Path("/proc/self/task").glob("*/children"):
        for pid in file.read_text().split():
            yield Path(f"/proc/{pid}/cmdline").read_text()
