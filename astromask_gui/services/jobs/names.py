"""What the name of a run folder tells."""

from __future__ import annotations


def kind_of(name: str) -> str:
    """The kind in a run folder's name, `<UTC time>-<kind>[-number]`."""
    return name.split("Z-", 1)[-1].split("-")[0]
