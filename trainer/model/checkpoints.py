"""Loading and saving checkpoints: our own, the original MAE's, AstroMASK's first ones."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch

from trainer.cutouts.scaling import Scaling, scaling_from_json
from trainer.errors import CheckpointError
from trainer.model.architecture import Architecture
from trainer.model.header import METADATA_KEY, CheckpointHeader
from trainer.model.infer import infer_architecture
from trainer.model.mae import MaskedAutoencoder
from trainer.model.raw import RawCheckpoint, read_raw
from trainer.model.tensors import write_tensors

BEST_NAME = "checkpoint-best.safetensors"
LAST_NAME = "checkpoint-last.safetensors"

_HASH_BLOCK = 2**20
# A classifier's last layer and a second norm behind it play no part in the encoder.
_NOT_OURS = ("head.", "head_dist.")


@dataclass
class LoadedCheckpoint:
    """A model ready for inference, and what its file says about it."""

    path: Path
    model: MaskedAutoencoder
    header: CheckpointHeader | None
    epoch: float | None
    notes: tuple[str, ...] = ()
    """Sentences on what was left out or assumed."""
    why_no_decoder: str = ""
    """A sentence where reconstruction is off; empty otherwise."""

    @property
    def architecture(self) -> Architecture:
        """The model's shape."""
        return self.model.architecture

    @property
    def bands(self) -> tuple[str, ...] | None:
        """Names of the bands in order, where the file says."""
        return None if self.header is None else self.header.bands

    @property
    def scaling(self) -> Scaling | None:
        """The pixels' scaling with its constants, where the file says."""
        return None if self.header is None else scaling_from_json(self.header.scaling)

    @cached_property
    def sha256(self) -> str:
        """Hash of the file, by which stores know it."""
        return file_sha256(self.path)

    def require_decoder(self) -> None:
        """Raise `CheckpointError` with the reason where reconstruction is off."""
        if self.architecture.decoder is None:
            raise CheckpointError(f"{self.path}: {self.why_no_decoder}")


def find_checkpoint(path: Path) -> Path:
    """The checkpoint at `path`: a file itself, or the best one of a run folder.

    Raises `CheckpointError` where there is none.
    """
    if not path.is_dir():
        return path
    for name in (BEST_NAME, LAST_NAME):
        if (path / name).is_file():
            return path / name
    raise CheckpointError(
        f"The folder {path} holds no checkpoint; {BEST_NAME} was expected, as a pretraining"
        " leaves it."
    )


def load_checkpoint(
    path: Path, heads: int | None = None, decoder_heads: int | None = None
) -> LoadedCheckpoint:
    """Load a checkpoint to float32 on the CPU, in evaluation mode.

    `path` may be a run folder; `heads` and `decoder_heads` say what the file can't. Raises
    `CheckpointError` naming the file for whatever can't be loaded or understood.
    """
    path = find_checkpoint(path)
    raw = read_raw(path)
    try:
        inferred = infer_architecture(raw, heads, decoder_heads)
        _agree(raw, inferred.architecture)
        model, notes = _build(raw, inferred.architecture)
    except CheckpointError as error:
        raise CheckpointError(f"The checkpoint {path} can't be used: {error}.") from error
    return LoadedCheckpoint(
        path=path,
        model=model,
        header=raw.header,
        epoch=raw.header.training.epoch if raw.header else raw.epoch,
        notes=inferred.notes + notes,
        why_no_decoder=inferred.why_no_decoder,
    )


def save_checkpoint(
    path: Path, model: MaskedAutoencoder, header: CheckpointHeader, half: bool = False
) -> None:
    """Write weights and header as safetensors, in one step; `half` stores float16 weights.

    Raises `WorkspaceError` where the file can't be written.
    """
    tensors = {name: _stored(name, tensor, half) for name, tensor in model.state_dict().items()}
    write_tensors(path, tensors, {METADATA_KEY: header.model_dump_json()})


def save_half(source: Path, target: Path) -> None:
    """Copy a checkpoint of our own with float16 weights, at half the size.

    Raises `CheckpointError` for a checkpoint without our header.
    """
    loaded = load_checkpoint(source)
    if loaded.header is None:
        raise CheckpointError(f"{loaded.path} has no AstroMASK header to carry over.")
    save_checkpoint(target, loaded.model, loaded.header, half=True)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _stored(name: str, tensor: torch.Tensor, half: bool) -> torch.Tensor:
    # Positions are the same for every model of a shape: not worth a rounding.
    keep = not half or name.endswith("pos_embed")
    return tensor if keep else tensor.half()


def _agree(raw: RawCheckpoint, found: Architecture) -> None:
    if raw.header is not None and raw.header.architecture != found:
        stated = raw.header.architecture.model_dump()
        other = next(name for name, value in found.model_dump().items() if stated[name] != value)
        raise CheckpointError(
            f"its header says {other} = {stated[other]}, but its tensors have"
            f" {found.model_dump()[other]}"
        )


def _build(
    raw: RawCheckpoint, architecture: Architecture
) -> tuple[MaskedAutoencoder, tuple[str, ...]]:
    # Built without memory or random numbers: every tensor comes from the file.
    with torch.device("meta"):
        model = MaskedAutoencoder(architecture)
    wanted = model.state_dict()
    state: dict[str, torch.Tensor] = {}
    for name, expected in wanted.items():
        state[name] = _fitting(name, raw.tensors.get(name), expected.shape)
    notes = _leftovers(raw, architecture, set(raw.tensors) - set(wanted))
    model.load_state_dict(state, assign=True)
    return model.eval(), notes


def _fitting(name: str, tensor: torch.Tensor | None, shape: torch.Size) -> torch.Tensor:
    if tensor is None:
        raise CheckpointError(f"it lacks the tensor {name}")
    if tensor.shape != shape:
        raise CheckpointError(
            f"its tensor {name} has shape {tuple(tensor.shape)}, where {tuple(shape)} was expected"
        )
    if not tensor.is_floating_point():
        raise CheckpointError(f"its tensor {name} holds {tensor.dtype}, not floating-point numbers")
    tensor = tensor.float()
    if not torch.isfinite(tensor).all():
        raise CheckpointError(f"its tensor {name} holds values that are not finite")
    return tensor


def _leftovers(raw: RawCheckpoint, architecture: Architecture, names: set[str]) -> tuple[str, ...]:
    ignored = [name for name in names if name.startswith(_NOT_OURS)]
    notes = []
    if ignored:
        notes.append("The classifier's head (head.*) was left out; the encoder was kept.")
    rest = names - set(ignored)
    if not architecture.norm_after_pooling:
        rest -= {"fc_norm.weight", "fc_norm.bias"}
    if architecture.decoder is None:
        rest = {name for name in rest if not name.startswith(("decoder_", "mask_token"))}
    if rest:
        raise CheckpointError(
            f"it holds {len(rest)} tensors that a masked autoencoder does not have, such as"
            f" {min(rest)}; leaving them out would change what it computes"
        )
    return tuple(notes)
