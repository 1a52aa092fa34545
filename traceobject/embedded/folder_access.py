"""Let one system user pass through a folder, by a POSIX.1e access control list."""

from __future__ import annotations

import os
import stat
import struct
from pathlib import Path

_ACL = "system.posix_acl_access"
_USER_OBJ, _USER, _GROUP_OBJ, _GROUP, _MASK, _OTHER = 1, 2, 4, 8, 16, 32


def grant_search(folder: Path, uid: int) -> bool:
    """Grant one user the right to pass through a folder, by an access control list entry.

    The entry grants search only: the user cannot list the folder, and nobody else gains anything. If the
    file system has no such lists, everyone gets search (chmod o+x).

    Returns:
        True if something changed, False if the entry already existed.
    """
    mode = folder.stat().st_mode
    try:
        raw = os.getxattr(folder, _ACL)
        entries = [struct.unpack_from("<HHI", raw, 4 + 8 * n) for n in range((len(raw) - 4) // 8)]
    except OSError:
        anyone = 0xFFFFFFFF
        entries = [
            (_USER_OBJ, mode >> 6 & 7, anyone),
            (_GROUP_OBJ, mode >> 3 & 7, anyone),
            (_OTHER, mode & 7, anyone),
        ]
    mask = next((bits for tag, bits, _ in entries if tag == _MASK), 7)  # chmod lowers it
    if mask & 1 and any(tag == _USER and who == uid and bits & 1 for tag, bits, who in entries):
        return False
    kept = [e for e in entries if not (e[0] == _USER and e[2] == uid) and e[0] != _MASK]
    group = next(bits for tag, bits, _ in kept if tag == _GROUP_OBJ)
    named = [bits for tag, bits, _ in kept if tag in (_USER, _GROUP)]
    mask = group | 1
    for bits in named:
        mask |= bits
    kept += [(_USER, 1, uid), (_MASK, mask, 0xFFFFFFFF)]
    packed = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *e) for e in sorted(kept))
    try:
        os.setxattr(folder, _ACL, packed)
    except OSError:
        folder.chmod(mode | stat.S_IXOTH)
    return True
