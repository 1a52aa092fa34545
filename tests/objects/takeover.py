"""Code that runs in the process for pictures in place of a decoder, as an attacker's would."""

from objects.pictures import isolated


def behave(tmp_path, monkeypatch, code, seconds=4):
    """Make the child run hostile code instead of decoding, after it is limited, prepared and in its cage.

    The code has a few modules at hand, because the cage lets it import none, and ``libc``.
    """
    (tmp_path / "sitecustomize.py").write_text(
        "import ctypes, os, signal, socket, struct, subprocess, sys, threading, time\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "def syscall(number, *arguments):\n"
        "    result = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))\n"
        "    if result < 0:\n"
        "        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))\n"
        "    return result\n"
        "def attack(data, options):\n"
        + "".join(f"    {line}\n" for line in code.splitlines())
        + "    return {'format': 'PNG'}, [b'']\n"
        "import importlib.abc, importlib.util\n"
        "class Watch(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'objects.pictures.sanitise':\n"
        "            main = sys.modules['__main__']\n"
        "            main.PREPARE['sanitise'] = lambda: attack\n"
        "        return None\n"
        "sys.meta_path.insert(0, Watch())\n"
    )
    real = isolated._environment
    monkeypatch.setattr(isolated, "_environment", lambda: {**real(), "PYTHONPATH": str(tmp_path)})
    monkeypatch.setitem(isolated.SECONDS, "sanitise", seconds)
