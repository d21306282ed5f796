from __future__ import annotations

from pathlib import Path

import pytest

from tests.model.small_models import small_architecture, small_model
from tests.training.small_survey import SIDE, small_workspace
from trainer.model.checkpoints import save_checkpoint
from trainer.model.header import CheckpointHeader
from trainer.workspace.workspace import Workspace

UGRIZ = ("u", "g", "r", "i", "z")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """24 ugriz cutouts of 16 px in two files."""
    return small_workspace(tmp_path)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """A random model for them, with an asinh scaling."""
    return write_checkpoint(tmp_path / "ugriz.safetensors")


def write_checkpoint(
    path: Path, bands: tuple[str, ...] = UGRIZ, seed: int = 0, **changes: object
) -> Path:
    """A checkpoint of a small random model; `changes` are the architecture's."""
    header = CheckpointHeader(
        architecture=small_architecture(bands=len(bands), image=SIDE, **changes),
        bands=bands,
        scaling={"kind": "asinh", "softening": [3.0] * len(bands)},
        crop=SIDE,
    )
    save_checkpoint(path, small_model(seed, bands=len(bands), image=SIDE, **changes), header)
    return path
