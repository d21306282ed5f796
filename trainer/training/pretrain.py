"""Pretraining: a masked autoencoder learns the look of a workspace's galaxies."""

from __future__ import annotations

import dataclasses
import math
import shutil
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

from trainer.atomic import atomic_path
from trainer.config import PretrainConfig
from trainer.cutouts.scaling import scaling_from_json, scaling_to_json
from trainer.cutouts.splits import validation_mask
from trainer.cutouts.survey import Survey
from trainer.errors import BandError, MismatchError, QueryError
from trainer.events import Finished, Progress, Stage
from trainer.launch.context import JobContext
from trainer.model.architecture import Architecture, architecture_of_size
from trainer.model.checkpoints import BEST_NAME, LAST_NAME, load_checkpoint
from trainer.model.device import pick_device
from trainer.model.header import CheckpointHeader
from trainer.model.mae import MaskedAutoencoder
from trainer.model.preparation import CutoutSource, fit_survey_scaling, source_for_new, usable_part
from trainer.training.batches import TrainingBatches, ValidationBatches
from trainer.training.loop import Trainer
from trainer.training.optimiser import make_optimiser
from trainer.training.order import steps_in_epoch
from trainer.training.state import STATE_NAME, TrainingState, read_state, restore
from trainer.workspace.workspace import Workspace

_SPLIT_SEED = 0
"""The held-out galaxies are the same for every run, so that their losses compare."""


@dataclasses.dataclass(frozen=True)
class _Data:
    """The survey as this training sees it."""

    source: CutoutSource
    training: np.ndarray
    validation: np.ndarray


@dataclasses.dataclass
class _Start:
    """What a training begins or goes on with."""

    state: TrainingState
    model: MaskedAutoencoder
    optimiser: torch.optim.Optimizer


def run(config: PretrainConfig, context: JobContext) -> Finished:
    """Train on the workspace's cutouts; checkpoints, losses and pictures go to the run folder.

    With `config.resume` (a run folder or its training state) it goes on exactly where that
    run stopped; with another checkpoint it starts from its weights. Raises
    `AstroMaskError` and `JobCancelled`.
    """
    device = pick_device(config.device)
    workspace = Workspace.open(config.workspace)
    context.emit(Stage(name="Reading cutouts"))
    data = _data(config, context, workspace.survey(packed=config.packed))
    start = _start(config, context, workspace, data, device)
    trainer = _trainer(config, context, data, start)
    if start.state.step >= trainer.total_steps:
        raise QueryError(
            f"That training has already done {start.state.step} steps, and {config.epochs} epochs"
            f" are {trainer.total_steps}. Ask for more --epochs to go on."
        )
    context.emit(Stage(name="Training"))
    trainer.run()
    return _finished(context.folder, trainer.state)


def _data(config: PretrainConfig, context: JobContext, survey: Survey) -> _Data:
    survey, rows = usable_part(survey, context.warn)
    held_out = validation_mask(rows, config.validation_share, _SPLIT_SEED)
    if held_out.all():
        raise QueryError(
            f"Training needs galaxies, but all {len(rows)} are held out to validate. Lower"
            " --validation-share."
        )
    if not held_out.any():
        context.warn(
            "No galaxies are held out to validate, so that the best checkpoint is judged by"
            " its training loss."
        )
    return _Data(source_for_new(survey, config.patch), rows[~held_out], rows[held_out])


def _start(
    config: PretrainConfig,
    context: JobContext,
    workspace: Workspace,
    data: _Data,
    device: torch.device,
) -> _Start:
    source = _state_to_resume(config.resume)
    if source is not None:
        return _resumed(config, context, data, source, device)
    if config.resume is not None:
        context.warn(
            f"The training begins anew from the weights of {config.resume}, with a fresh optimiser"
            f" and learning rate. To go on exactly, give a run folder that holds {STATE_NAME}."
        )
    torch.manual_seed(config.seed)
    header = _new_header(config, context, workspace, data)
    model = MaskedAutoencoder(header.architecture)
    if config.resume is not None:
        model.load_state_dict(_weights_like(config.resume, header.architecture))
    model.to(device)
    state = TrainingState(
        header=header,
        epoch=0,
        batch=0,
        steps_in_epoch=steps_in_epoch(len(data.training), config.batch_size),
        seed=config.seed,
        batch_size=config.batch_size,
        training_rows=len(data.training),
        validation_share=config.validation_share,
    )
    return _Start(state, model, make_optimiser(model, config.lr, config.weight_decay))


def _new_header(
    config: PretrainConfig, context: JobContext, workspace: Workspace, data: _Data
) -> CheckpointHeader:
    settings = workspace.settings

    def told(done: int, total: int) -> None:
        context.raise_if_cancelled()
        context.emit(Progress(done=done, total=total, unit="galaxies"))

    scaling = fit_survey_scaling(config.scaling, data.source, data.training, told)
    return CheckpointHeader(
        architecture=_architecture(config, data),
        bands=data.source.bands,
        scaling=scaling_to_json(scaling),
        crop=data.source.side,
        zero_points=settings.zero_points,
        pixel_scale=settings.pixel_scale,
        pixels=data.source.survey.pixel_sources(data.source.side),
        code_version=version("astromask"),
    )


def _architecture(config: PretrainConfig, data: _Data) -> Architecture:
    return architecture_of_size(
        config.model,
        image=data.source.side,
        patch=config.patch,
        bands=len(data.source.planes),
        norm_pix_loss=config.norm_pix_loss,
    )


def _weights_like(path: Path, architecture: Architecture) -> dict[str, torch.Tensor]:
    decoder = architecture.decoder
    loaded = load_checkpoint(path, architecture.heads, decoder.heads if decoder else None)
    _require_architecture(loaded.architecture, architecture, loaded.path)
    return loaded.model.state_dict()


def _state_to_resume(resume: Path | None) -> Path | None:
    if resume is None:
        return None
    state = (resume if resume.is_dir() else resume.parent) / STATE_NAME
    if resume.name in (STATE_NAME, LAST_NAME) or resume.is_dir():
        return state if state.is_file() else None
    return None


def _resumed(
    config: PretrainConfig, context: JobContext, data: _Data, source: Path, device: torch.device
) -> _Start:
    state, tensors = read_state(source)
    architecture = state.header.architecture
    _require_same(config, data, state, source)
    model = MaskedAutoencoder(architecture).to(device)
    optimiser = make_optimiser(model, config.lr, config.weight_decay)
    restore(tensors, model, optimiser)
    steps = steps_in_epoch(len(data.training), config.batch_size)
    if (steps, len(data.training)) != (state.steps_in_epoch, state.training_rows):
        context.warn(
            f"The training set has changed since ({state.training_rows} galaxies then,"
            f" {len(data.training)} now), so the training goes on from the start of epoch"
            f" {state.epoch + 1}."
        )
        changed = {"batch": 0, "steps_in_epoch": steps, "training_rows": len(data.training)}
        state = state.model_copy(update=changed)
    best = source.parent / BEST_NAME
    if best.is_file() and best.parent != context.folder:
        with atomic_path(context.folder / BEST_NAME) as temporary:
            shutil.copyfile(best, temporary)
    return _Start(state, model, optimiser)


def _require_same(config: PretrainConfig, data: _Data, state: TrainingState, source: Path) -> None:
    header = state.header
    if header.bands != data.source.bands:
        raise BandError(
            f"{source} was trained on the bands {', '.join(header.bands)}; the workspace has"
            f" {', '.join(data.source.bands)}."
        )
    _require_architecture(header.architecture, _architecture(config, data), source)
    facts = (
        ("--scaling", header.scaling["kind"], config.scaling),
        ("--batch-size", state.batch_size, config.batch_size),
        ("--seed", state.seed, config.seed),
        ("--validation-share", state.validation_share, config.validation_share),
    )
    for option, was, asked in facts:
        if was != asked:
            raise MismatchError(
                f"{source} was trained with {option} {was}, but {asked} was asked for; a training"
                " can only be resumed as it was."
            )


def _require_architecture(found: Architecture, wanted: Architecture, source: Path) -> None:
    if found == wanted:
        return
    was, asked = found.model_dump(), wanted.model_dump()
    name = next(key for key in was if was[key] != asked[key])
    raise MismatchError(
        f"{source} holds a model with {name} = {was[name]}, but {name} = {asked[name]} was asked"
        " for; a training can only go on with the same model."
    )


def _trainer(config: PretrainConfig, context: JobContext, data: _Data, start: _Start) -> Trainer:
    header = start.state.header
    scaling, patches = scaling_from_json(header.scaling), header.architecture.patches
    batches = TrainingBatches(
        data.source,
        data.training,
        scaling=scaling,
        patches=patches,
        batch_size=config.batch_size,
        seed=config.seed,
        augment=config.augment,
    )
    validation = ValidationBatches(
        data.source,
        data.validation,
        scaling=scaling,
        patches=patches,
        batch_size=config.batch_size,
        seed=_SPLIT_SEED,
    )
    return Trainer(config, context, start.model, start.optimiser, batches, validation, start.state)


def _finished(folder: Path, state: TrainingState) -> Finished:
    best = state.best_loss if state.best_loss is not None else math.nan
    return Finished(
        message=(
            f"Trained {state.step} steps ({state.step / state.steps_in_epoch:.4g} epochs); the best"
            f" loss is {best:.5g}."
        ),
        outputs={
            "checkpoint": str(Path("runs") / folder.name / BEST_NAME),
            "last_checkpoint": str(Path("runs") / folder.name / LAST_NAME),
        },
    )
