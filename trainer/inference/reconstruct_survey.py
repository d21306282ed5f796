"""The job `reconstruct`: how wrong the model is about every galaxy, as columns.

All galaxies are hidden behind the same masks, so that their errors can be compared; a band
without data counts neither for the error nor for the contrast.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import torch

from trainer.config import ReconstructConfig
from trainer.cutouts.scaling import Scaling, scaling_from_json, scaling_to_json
from trainer.errors import AstroMaskError, JobCancelled, QueryError
from trainer.events import Finished, Stage
from trainer.inference.encode import CPU_BATCH
from trainer.inference.pixel_scaling import scaling_for
from trainer.inference.reading import work_through
from trainer.inference.surprise import surprise
from trainer.launch.context import JobContext
from trainer.model.checkpoints import LoadedCheckpoint, load_checkpoint
from trainer.model.device import pick_device
from trainer.model.mae import MaskedAutoencoder
from trainer.model.masking import Masking, balanced_masks
from trainer.model.preparation import CutoutSource, source_for, usable_part
from trainer.model.reconstruction import patch_errors
from trainer.store.manifest import read_manifest
from trainer.workspace.workspace import Workspace

ERROR, CONTRAST, SURPRISE = (f"reconstruction_{x}" for x in ("error", "contrast", "surprise"))
"""Columns; `reconstruction_error_<band>` stand beside them."""

_SEEN_SURPRISES = 3.0
"""Above so many times the scatter a galaxy is counted as strange in the job's last sentence."""


def run(config: ReconstructConfig, context: JobContext) -> Finished:
    """Measure every galaxy that has no value yet, and write the columns.

    What was measured before a cancellation is kept, and the next run goes on from there, if
    it is asked for the same. Raises `AstroMaskError`s and `JobCancelled`.
    """
    device = pick_device(config.device)
    context.emit(Stage(name="Loading the checkpoint"))
    loaded = load_checkpoint(config.checkpoint, config.heads, config.decoder_heads)
    loaded.require_decoder()
    for note in loaded.notes:
        context.warn(note)
    loaded.model.to(device)
    workspace = Workspace.open(config.workspace)
    survey, rows = usable_part(workspace.survey(packed=config.packed), context.warn)
    source = source_for(loaded, survey)
    used = _used_before(workspace, loaded)
    scaling = scaling_for(loaded, config.scaling, used, source, rows, context)
    measured = _Measured.known(workspace, source.bands, _provenance(config, loaded, scaling))
    todo = rows[np.isnan(measured.error[rows])]
    masking = balanced_masks(
        loaded.architecture.patches, config.mask_ratio, config.seed, 0, config.masks
    )
    errors = SurveyErrors(loaded.model, scaling, masking, config.batch_size)
    try:
        failed = _measure(measured, errors, source, todo, context)
    except JobCancelled:
        measured.write(workspace)
        raise
    if len(todo) and failed == len(todo):
        raise QueryError(f"None of the {failed:,} galaxies that were left could be measured.")
    measured.write(workspace)
    return Finished(message=measured.summary(), outputs={"column": SURPRISE})


@dataclass(frozen=True)
class SurveyErrors:
    """Measures many galaxies behind the same masks."""

    model: MaskedAutoencoder
    scaling: Scaling
    masking: Masking
    """One image a mask."""
    batch_size: int = 64

    def measure(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean squared errors (n, B), and contrasts (n,), of images (n, B, H, W) float32 flux.

        An error is NaN where the band is empty, a contrast is the mean over the other bands.
        """
        scaled, _ = self.scaling.forward(images)
        empty = ~images.any(axis=(2, 3))
        on_cpu = self.model.cls_token.device.type == "cpu"
        step = min(self.batch_size, CPU_BATCH) if on_cpu else self.batch_size
        errors = np.empty(scaled.shape[:2])
        for start in range(0, len(images), step):
            part = torch.from_numpy(scaled[start : start + step])
            errors[start : start + step] = self._errors(part.to(self.model.cls_token.device))
        errors[empty] = np.nan
        variance = np.where(empty, np.nan, scaled.var(axis=(2, 3), dtype=np.float64))
        return errors, _mean_of_known(variance)

    def _errors(self, images_nbss: torch.Tensor) -> np.ndarray:
        """(n, B): the mean over all hidden patches of all masks."""
        total: torch.Tensor | float = 0.0
        times = 0
        for kept, hidden in zip(self.masking.kept, self.masking.hidden, strict=True):
            same = Masking(kept.expand(len(images_nbss), -1), hidden.expand(len(images_nbss), -1))
            by_patch = patch_errors(self.model, images_nbss, same.to(images_nbss.device))
            total = total + by_patch.sum(dim=1)
            times += len(hidden)
        assert isinstance(total, torch.Tensor)
        errors: np.ndarray = (total / times).cpu().numpy()
        return errors


@dataclass(frozen=True)
class _Measured:
    """What is known of all N galaxies; NaN where nothing is."""

    bands: tuple[str, ...]
    provenance: dict[str, Any]
    by_band: np.ndarray
    """(N, B) float64."""
    contrast: np.ndarray
    """(N,) float64."""

    @property
    def error(self) -> np.ndarray:
        """(N,): the mean over the bands that there are."""
        return _mean_of_known(self.by_band)

    @classmethod
    def known(
        cls, workspace: Workspace, bands: tuple[str, ...], provenance: dict[str, Any]
    ) -> _Measured:
        """What an earlier run has found, if it was asked for the same."""
        count, columns = len(workspace), workspace.columns
        names = [*(_band_column(band) for band in bands), CONTRAST]
        nothing = np.full((count, len(names)), np.nan)
        found = nothing
        try:
            if all(_same(columns.provenance(name), provenance) for name in names):
                found = np.stack([columns.values(name).astype(float) for name in names], axis=1)
        except AstroMaskError:
            # Not there, damaged, or of another catalogue: measured anew.
            found = nothing
        return cls(bands, provenance, found[:, :-1].copy(), found[:, -1].copy())

    def write(self, workspace: Workspace) -> None:
        """Write all columns, if there is anything to be written."""
        unit = self.provenance["unit"]
        what = f"Mean squared error on hidden patches, {unit}"
        columns = {
            ERROR: (self.error, f"{what}."),
            **{
                _band_column(band): (self.by_band[:, place], f"{what}, in {band}.")
                for place, band in enumerate(self.bands)
            },
            CONTRAST: (self.contrast, "Variance of the scaled pixels: what there is to predict."),
            SURPRISE: (
                surprise(self.error, self.contrast),
                "How far the reconstruction's error lies above that of galaxies of like"
                " contrast, in units of their scatter.",
            ),
        }
        for name, (values, description) in columns.items():
            rows = np.flatnonzero(np.isfinite(values))
            if len(rows):
                workspace.columns.add_measure(
                    name, rows, values[rows], None, self.provenance, description
                )

    def summary(self) -> str:
        """A sentence for the job's end."""
        strange = surprise(self.error, self.contrast)
        known = strange[np.isfinite(strange)]
        count = int((known > _SEEN_SURPRISES).sum())
        return (
            f"{len(known):,} galaxies have a reconstruction error; {count:,} of them lie more than"
            f" {_SEEN_SURPRISES:g} times the scatter above galaxies of like contrast. The column"
            f' to sort by is "{SURPRISE}".'
        )


def _measure(
    measured: _Measured,
    errors: SurveyErrors,
    source: CutoutSource,
    rows: np.ndarray,
    context: JobContext,
) -> int:
    """Measure `rows` batch by batch; returns how many could not be."""
    context.emit(Stage(name="Hiding and guessing"))

    def measure(chosen: np.ndarray, pixels: np.ndarray) -> np.ndarray:
        by_band, contrast = errors.measure(pixels)
        usable: np.ndarray = np.isfinite(_mean_of_known(by_band)) & np.isfinite(contrast)
        measured.by_band[chosen[usable]] = by_band[usable]
        measured.contrast[chosen[usable]] = contrast[usable]
        return usable

    return work_through(source, rows, errors.batch_size, measure, context)


def _mean_of_known(values: np.ndarray) -> np.ndarray:
    """(n,) means over the finite ones of (n, B); NaN where there are none."""
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=1)
    means = np.full(len(values), np.nan)
    np.divide(total, known.sum(axis=1), out=means, where=known.any(axis=1))
    return means


def _band_column(band: str) -> str:
    return f"{ERROR}_{band}"


def _used_before(workspace: Workspace, loaded: LoadedCheckpoint) -> Scaling | None:
    """The scaling, constants included, of a store that this checkpoint made here."""
    for name in workspace.stores():
        try:
            manifest = read_manifest(workspace.store_folder(name))
        except AstroMaskError:
            continue
        if manifest.checkpoint_sha256 == loaded.sha256:
            return scaling_from_json(manifest.scaling)
    return None


def _provenance(
    config: ReconstructConfig, loaded: LoadedCheckpoint, scaling: Scaling
) -> dict[str, Any]:
    normalised = loaded.architecture.norm_pix_loss
    return {
        "job": "reconstruct",
        "checkpoint": str(loaded.path),
        "checkpoint_sha256": loaded.sha256,
        "masks": config.masks,
        "mask_ratio": config.mask_ratio,
        "seed": config.seed,
        "scaling": scaling_to_json(scaling),
        "unit": "each patch normalised" if normalised else f"pixels scaled by {scaling.kind}",
        "code_version": version("astromask"),
    }


def _same(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    names = ("checkpoint_sha256", "masks", "mask_ratio", "seed", "scaling")
    return all(found.get(name) == wanted[name] for name in names)
