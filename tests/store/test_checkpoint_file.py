"""A store finds the checkpoint that made it, and no other."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.store.stores import manifest
from trainer.errors import CheckpointError, MismatchError
from trainer.store.checkpoint_file import checkpoint_reference, file_sha256, find_checkpoint


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    path = tmp_path / "workspace" / "runs" / "last.safetensors"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"weights")
    return path


def _manifest(reference: str, contents: bytes = b"weights"):
    sha256 = hashlib.sha256(contents).hexdigest()
    return manifest(checkpoint_path=reference, checkpoint_sha256=sha256)


def test_a_checkpoint_inside_moves_with_its_workspace(tmp_path: Path, checkpoint: Path) -> None:
    workspace = tmp_path / "workspace"
    reference = checkpoint_reference(checkpoint, workspace)
    assert reference == "runs/last.safetensors"
    moved = workspace.rename(tmp_path / "moved")
    assert find_checkpoint(_manifest(reference), moved) == moved / "runs/last.safetensors"


def test_a_checkpoint_elsewhere_is_named_by_its_whole_path(
    tmp_path: Path, checkpoint: Path
) -> None:
    reference = checkpoint_reference(checkpoint, tmp_path / "other")
    assert find_checkpoint(_manifest(reference), tmp_path / "other") == checkpoint


def test_the_hash_is_that_of_the_file(checkpoint: Path) -> None:
    assert file_sha256(checkpoint) == hashlib.sha256(b"weights").hexdigest()


def test_another_checkpoint_is_refused_naming_both(tmp_path: Path, checkpoint: Path) -> None:
    wanted = _manifest("runs/last.safetensors", b"others")
    with pytest.raises(MismatchError) as error:
        find_checkpoint(wanted, tmp_path / "workspace")
    assert wanted.checkpoint_sha256[:12] in str(error.value)
    assert file_sha256(checkpoint)[:12] in str(error.value)
    with pytest.raises(MismatchError):
        find_checkpoint(wanted, tmp_path, checkpoint)


def test_a_checkpoint_that_is_gone_can_be_named(tmp_path: Path, checkpoint: Path) -> None:
    wanted = _manifest("runs/gone.safetensors")
    with pytest.raises(CheckpointError, match="--checkpoint says where"):
        find_checkpoint(wanted, tmp_path / "workspace")
    assert find_checkpoint(wanted, tmp_path / "workspace", checkpoint) == checkpoint
    with pytest.raises(CheckpointError, match="nowhere"):
        find_checkpoint(wanted, tmp_path / "workspace", tmp_path / "nowhere")
