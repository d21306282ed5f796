"""Holding a checkpoint to a reference file: what another implementation computed from it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch

from trainer.cutouts.scaling import BatchMinMaxScaling, NoScaling, Scaling, ScalingState
from trainer.errors import FormatError, MismatchError
from trainer.model.architecture import Architecture
from trainer.model.checkpoints import LoadedCheckpoint, load_checkpoint
from trainer.model.mae import MaskedAutoencoder, Prediction
from trainer.model.masking import mask_from_noise
from trainer.model.patches import patchify, unpatchify

ABSOLUTE_TOLERANCE = 1e-5
"""Of latent and prediction."""
LOSS_TOLERANCE = 1e-6
"""Of losses, relative."""

_SCALINGS: dict[str, Scaling] = {"none": NoScaling(), "batch_min_max": BatchMinMaxScaling()}
_PREDICTED = ("pred", "mask", "loss", "unnormed_loss")


@dataclass(frozen=True)
class Difference:
    """How far one quantity is from the reference."""

    name: str
    value: float
    tolerance: float
    is_relative: bool = False

    @property
    def holds(self) -> bool:
        """True within the tolerance; a difference that is no number never is."""
        return bool(self.value <= self.tolerance)


def verify(
    checkpoint: Path,
    reference: Path,
    heads: int | None = None,
    decoder_heads: int | None = None,
) -> list[Difference]:
    """Run a checkpoint on a reference file's images and compare what both computed.

    The file holds `images`, `heads` and any of `latent` (of the unscaled images, nothing
    masked), `pred`, `mask`, `loss`, `unnormed_loss` (of the images after `scaling`, masked by
    `noise` and `mask_ratio`). `heads` and `decoder_heads` stand in where it does not say.
    Raises `CheckpointError`, `FormatError` for an unusable reference, `MismatchError` where
    the two are of different shapes.
    """
    given = _read(reference)
    if heads is None and "heads" in given:
        heads = int(_number(given, "heads", reference))
    if decoder_heads is None and "decoder_heads" in given:
        decoder_heads = int(_number(given, "decoder_heads", reference))
    loaded = load_checkpoint(checkpoint, heads, decoder_heads)
    _require_same_shape(loaded, given, reference)
    differences: list[Difference] = []
    with torch.inference_mode():
        if "latent" in given:
            latent = loaded.model.encode(torch.from_numpy(given["images"]))
            differences.append(_absolute("latent", latent, given["latent"]))
        if any(name in given for name in _PREDICTED):
            differences += _predicted(loaded, given, reference)
    if not differences:
        raise FormatError(f"{reference} holds nothing to compare: no latent, prediction or loss.")
    return differences


def _predicted(
    loaded: LoadedCheckpoint, given: Mapping[str, np.ndarray], reference: Path
) -> list[Difference]:
    loaded.require_decoder()
    if "noise" not in given:
        raise FormatError(f"{reference} lacks noise, without which there is no mask.")
    model = _with_targets_of(loaded.model, given)
    scaling = _scaling(given, reference)
    scaled, state = scaling.forward(given["images"])
    noise = torch.from_numpy(given["noise"].astype(np.float32, copy=False))
    masking = mask_from_noise(noise, _number(given, "mask_ratio", reference))
    prediction = model.predict(torch.from_numpy(scaled), masking)
    differences = []
    if "pred" in given:
        differences.append(_absolute("pred", prediction.patches, given["pred"]))
    if "mask" in given:
        wrong = _absolute("mask", prediction.mask, given["mask"])
        differences.append(Difference("mask", wrong.value, 0.0))
    if "loss" in given:
        differences.append(
            _relative("loss", prediction.loss.item(), _number(given, "loss", reference))
        )
    if "unnormed_loss" in given:
        loss = _loss_in_flux(model.architecture, prediction, scaling, state, given["images"])
        differences.append(
            _relative("unnormed_loss", loss, _number(given, "unnormed_loss", reference))
        )
    return differences


def _with_targets_of(
    model: MaskedAutoencoder, given: Mapping[str, np.ndarray]
) -> MaskedAutoencoder:
    """The model, learning the targets that the reference says, if it says."""
    if "norm_pix_loss" in given:
        changed = {"norm_pix_loss": bool(given["norm_pix_loss"])}
        model.architecture = model.architecture.model_copy(update=changed)
    return model


def _loss_in_flux(
    architecture: Architecture,
    prediction: Prediction,
    scaling: Scaling,
    state: ScalingState,
    images: np.ndarray,
) -> float:
    predicted = unpatchify(prediction.patches, architecture.patch).numpy()
    in_flux = torch.from_numpy(scaling.inverse(predicted, state))
    error_nbss = (in_flux - torch.from_numpy(images)).square()
    error_nl = patchify(error_nbss, architecture.patch).mean(dim=-1)
    return ((error_nl * prediction.mask).sum() / prediction.mask.sum()).item()


def _absolute(name: str, found: torch.Tensor, wanted: np.ndarray) -> Difference:
    if tuple(found.shape) != wanted.shape:
        raise MismatchError(
            f"The checkpoint gives {name} of shape {tuple(found.shape)}, but the reference's has"
            f" {wanted.shape}."
        )
    difference = np.abs(found.numpy().astype(np.float64) - wanted)
    return Difference(name, float(difference.max()), ABSOLUTE_TOLERANCE)


def _relative(name: str, found: float, wanted: float) -> Difference:
    if math.isnan(found) and math.isnan(wanted):
        return Difference(name, 0.0, LOSS_TOLERANCE, is_relative=True)  # Nothing was hidden.
    difference = abs(found - wanted) / max(abs(wanted), np.finfo(np.float64).tiny)
    return Difference(name, difference, LOSS_TOLERANCE, is_relative=True)


def _number(given: Mapping[str, np.ndarray], name: str, reference: Path) -> float:
    value = given.get(name)
    if value is None or value.size != 1 or value.dtype.kind not in "fiu":
        found = "none" if value is None else f"{value.dtype} of shape {value.shape}"
        raise FormatError(f"{reference} should hold one number as {name}; found {found}.")
    return float(value.item())


def _scaling(given: Mapping[str, np.ndarray], reference: Path) -> Scaling:
    kind = str(given.get("scaling", "none"))
    if kind not in _SCALINGS:
        raise FormatError(
            f"{reference} says its images were scaled by {kind!r}; {' or '.join(_SCALINGS)} was"
            " expected."
        )
    return _SCALINGS[kind]


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as file:
            if not isinstance(file, np.lib.npyio.NpzFile):
                raise FormatError(f"{path} holds one array; a reference is an .npz of several.")
            given: dict[str, Any] = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise FormatError(
            f"The reference {path} can't be read as an .npz file: {error}."
        ) from error
    if "images" not in given:
        raise FormatError(
            f"The reference {path} holds no images; found {', '.join(given) or 'nothing'}."
        )
    images = given["images"]
    if images.ndim != 4 or not len(images) or images.dtype.kind not in "fiu":
        raise FormatError(
            f"The reference {path} should hold images (n, bands, side, side); found"
            f" {images.dtype} of shape {images.shape}."
        )
    given["images"] = images.astype(np.float32, copy=False)
    return given


def _require_same_shape(
    loaded: LoadedCheckpoint, given: Mapping[str, np.ndarray], reference: Path
) -> None:
    a = loaded.architecture
    expected = (a.bands, a.image, a.image)
    if given["images"].shape[1:] != expected:
        raise MismatchError(
            f"{loaded.path} takes images (bands, side, side) = {expected}, but {reference} holds"
            f" images of {given['images'].shape[1:]}."
        )
    noise = given.get("noise")
    if noise is not None and noise.shape != (len(given["images"]), a.patches):
        raise MismatchError(
            f"{loaded.path} has {a.patches} patches, so that noise of shape"
            f" {(len(given['images']), a.patches)} was expected; {reference} holds {noise.shape}."
        )
