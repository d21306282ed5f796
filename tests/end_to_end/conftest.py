"""The whole program in processes of its own, with its own user folders and no screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 170


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a user without a screen."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    folders = dict.fromkeys(("XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(home))
    return {**kept, **folders}


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Run `python -m MODULE WORDS…` to its end."""

    def run_module(module: str, *words: object, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", module, *map(str, words)],
            cwd=ROOT,
            env={**environment, **more},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    return run_module


@pytest.fixture
def tell(run: Run) -> Callable[..., dict[str, Any]]:
    """Run a story of `stories.py`; what it found."""

    def tell_story(name: str, workspace: Path, *words: object) -> dict[str, Any]:
        done = run("tests.end_to_end.stories", name, workspace, *words, QT_QPA_PLATFORM="offscreen")
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        assert "error" not in found, (found, done.stderr)
        return found

    return tell_story
