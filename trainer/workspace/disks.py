"""Whether a folder lies on a disk of this machine."""

from __future__ import annotations

import os
import re
from pathlib import Path

_REMOTE = re.compile(
    r"nfs\d?|cifs|smb\w*|9p|afs|ceph|lustre|gpfs|beegfs\w*|glusterfs|pvfs2|orangefs|fuse\..*|davfs",
)


def is_local(path: Path, mounts: Path = Path("/proc/mounts")) -> bool:
    """True only where it is known: SQLite's write-ahead log breaks on a shared disk.

    Systems without a table of mounts count as not local.
    """
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return False
    place = os.path.realpath(path)
    best, kind = "", "none"
    for line in lines:
        fields = line.split()
        if len(fields) < 3:
            continue
        point = _unescape(fields[1])
        holds = point == "/" or place == point or place.startswith(point.rstrip("/") + "/")
        # Of two mounts on one point the later one is seen.
        if holds and len(point) >= len(best):
            best, kind = point, fields[2]
    return bool(best) and _REMOTE.fullmatch(kind) is None


def _unescape(text: str) -> str:
    """Blanks in a mount's path are written as octal numbers (fstab(5))."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
