"""All that a training needs to go on exactly: weights, AdamW's moments, and how far it came.

Kept apart from the checkpoints that people use, as safetensors with a JSON header. No random
state is stored: every random choice is a function of the seed and of the step.
"""

from __future__ import annotations

from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError, safe_open

from trainer.errors import CheckpointError
from trainer.model.header import CheckpointHeader
from trainer.model.mae import MaskedAutoencoder
from trainer.model.tensors import write_tensors

STATE_NAME = "training-state.safetensors"

_METADATA_KEY = "astromask-training"
_MODEL, _ADAM = "model.", "adam."


class TrainingState(BaseModel):
    """How far a training came."""

    model_config = ConfigDict(frozen=True)

    header: CheckpointHeader
    epoch: int
    """Epochs completed."""
    batch: int
    """Batches done of the next one."""
    steps_in_epoch: int
    seed: int
    batch_size: int
    training_rows: int
    validation_share: float
    best_loss: float | None = None
    """Lowest loss of a checkpoint so far."""

    @property
    def step(self) -> int:
        """Steps done since the beginning."""
        return self.epoch * self.steps_in_epoch + self.batch


def save_state(
    path: Path, state: TrainingState, model: MaskedAutoencoder, optimiser: torch.optim.Optimizer
) -> None:
    """Write the training's state in one step. Raises `WorkspaceError`."""
    tensors = {_MODEL + name: t for name, t in model.state_dict().items()}
    for name, parameter in model.named_parameters():
        for key, value in optimiser.state.get(parameter, {}).items():
            tensors[f"{_ADAM}{key}.{name}"] = torch.as_tensor(value)
    write_tensors(path, tensors, {_METADATA_KEY: state.model_dump_json()})


def read_state(path: Path) -> tuple[TrainingState, dict[str, torch.Tensor]]:
    """What `save_state` wrote. Raises `CheckpointError`."""
    try:
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {}).get(_METADATA_KEY, "")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return TrainingState.model_validate_json(text), tensors
    except (SafetensorError, OSError, ValidationError) as error:
        raise CheckpointError(
            f"{path} can't be read as the state of a training, so it can't be resumed ({error})."
        ) from error


def restore(
    tensors: dict[str, torch.Tensor],
    model: MaskedAutoencoder,
    optimiser: torch.optim.Optimizer,
) -> None:
    """Put a state's tensors into a model and its optimiser, on the model's device."""
    model.load_state_dict(_with_prefix(tensors, _MODEL))
    for key in ("step", "exp_avg", "exp_avg_sq"):
        values = _with_prefix(tensors, f"{_ADAM}{key}.")
        for name, parameter in model.named_parameters():
            if name in values:
                optimiser.state[parameter][key] = values[name].to(parameter.device)


def _with_prefix(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }
