"""Whose journal a file is: the user's name, and names as parts of a file's."""

from __future__ import annotations

import getpass
import re


def user_name() -> str:
    """Who runs the program; "unknown" where the system does not say."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # A container's user may have no name.
        return "unknown"


def file_part(name: str) -> str:
    """A name that can be part of a file's on every system."""
    return re.sub(r"[^\w.-]+", "_", name) or "unknown"
