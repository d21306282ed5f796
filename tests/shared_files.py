"""Reference checkpoints and real galaxies that lie beside a developer's checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(*parts: str) -> Path:
    """Path of a shared file; skips the test, with a reason, where there is none."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"shared material is not beside this checkout: {'/'.join(parts)}")
    return path
