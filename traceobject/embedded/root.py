"""Running as root: PostgreSQL refuses to, so it gets a system user."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

from .folder_access import grant_search
from .paths import SYSTEM_USER, EmbeddedError, Paths, postgres_program


def prepare_system_user(paths: Paths) -> None:
    """Create the system user and let only it pass through to its folders.

    Raises:
        EmbeddedError: the user could not be created.
    """
    import pwd

    changes = []
    try:
        user = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        made = subprocess.run(
            [
                "useradd",
                "--system",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                SYSTEM_USER,
            ],
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise EmbeddedError(
                f"could not make the user {SYSTEM_USER}: {made.stderr.strip()}"
            ) from None
        user = pwd.getpwnam(SYSTEM_USER)
        changes.append(f"created the system user {SYSTEM_USER}")
    for folder in (paths.pgdata, paths.pg_socket_folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chown(folder, user.pw_uid, user.pw_gid)
    prefix = postgres_program("postgres").parent.parent
    for target in (paths.pgdata, paths.pg_socket_folder, prefix / "bin"):
        for folder in reversed(target.resolve().parents):
            if not folder.stat().st_mode & stat.S_IXOTH and grant_search(folder, user.pw_uid):
                changes.append(f"gave it access to pass through {folder}")
    if not postgres_program("postgres").stat().st_mode & stat.S_IXOTH:
        subprocess.run(["chmod", "-R", "o+rX", str(prefix)], check=True)
        changes.append(f"let it read {prefix}")
    if changes:
        print(
            f"Running as root, so PostgreSQL gets a system user of its own ({'; '.join(changes)}).",
            file=sys.stderr,
        )
