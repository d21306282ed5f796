"""What is laid over the input, patch by patch: the model's errors, or where it looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

Overlay = Literal["none", "surprise", "attention"]
LAST_LAYER, ALL_LAYERS = -1, -2


@dataclass(frozen=True)
class PatchErrors:
    """Errors of a galaxy's patches, each averaged over the masks that hid it."""

    row: int
    error: NDArray[np.float32]
    """(L, B) mean squared error in the units of the loss; NaN where not yet hidden."""
    bands: tuple[int, ...]
    """Which of the survey's bands these are."""
    masks: int
    """Masks tried so far, of `wanted`."""
    wanted: int


@dataclass(frozen=True)
class Attention:
    """Where a patch of a galaxy looks in the encoder, nothing masked, mean over the heads."""

    row: int
    patch: int | None
    """None: the class token."""
    shares: NDArray[np.float32]
    """(depth + 1, 1 + L): a row a layer, then all layers at once; class token first."""


@dataclass(frozen=True)
class ModelInput:
    """A galaxy as the model takes it, known before anything is computed."""

    row: int
    pixels: NDArray[np.float32]
    """(B, H, W), in the survey's counts; NaN without data, where it is given 0."""
    bands: tuple[int, ...]
    """Which of the survey's bands these are."""
    patch: int
    """Side of a patch, pixels."""
    depth: int
    """Layers of the encoder."""


class PatchMaps(QObject):
    """Which overlay is wanted, and what is known for it; answers stay until the next come."""

    asked = pyqtSignal()
    """Something else is wanted than before."""
    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._overlay: Overlay = "none"
        self._patch: int | None = None
        self._layer = LAST_LAYER
        self._input: ModelInput | None = None
        self._errors: PatchErrors | None = None
        self._attention: Attention | None = None
        self._problem: str | None = None

    @property
    def overlay(self) -> Overlay:
        """What is to lie over the input."""
        return self._overlay

    @property
    def patch(self) -> int | None:
        """Whose attention is wanted; None: the class token's."""
        return self._patch

    @property
    def layer(self) -> int:
        """Layer whose attention is shown, from 0; or LAST_LAYER or ALL_LAYERS."""
        return self._layer

    @property
    def input(self) -> ModelInput | None:
        """The active galaxy as the model takes it; None where it does not."""
        return self._input

    @property
    def errors(self) -> PatchErrors | None:
        """The latest errors by patch."""
        return self._errors

    @property
    def attention(self) -> Attention | None:
        """The latest attention."""
        return self._attention

    @property
    def problem(self) -> str | None:
        """Why the wanted overlay is not there, as a sentence."""
        return self._problem

    @property
    def busy(self) -> bool:
        """Whether the wanted overlay is not yet that of the galaxy shown."""
        if self._overlay == "none" or self._input is None or self._problem is not None:
            return False
        if self._overlay == "surprise":
            found = self._errors
            return found is None or found.row != self._input.row or found.masks < found.wanted
        looked = self._attention
        return looked is None or (looked.row, looked.patch) != (self._input.row, self._patch)

    def set_overlay(self, overlay: Overlay) -> None:
        """Lay something else over the input."""
        if overlay != self._overlay:
            self._overlay, self._problem = overlay, None
            self.asked.emit()
            self.changed.emit()

    def toggle(self, overlay: Overlay) -> None:
        """Lay this over the input, or nothing where it lies there already."""
        self.set_overlay("none" if overlay == self._overlay else overlay)

    def look_from(self, patch: int | None) -> None:
        """Show where a patch looks; None: the class token."""
        if (patch, "attention") != (self._patch, self._overlay):
            self._patch, self._overlay, self._problem = patch, "attention", None
            self.asked.emit()
            self.changed.emit()

    def set_layer(self, layer: int) -> None:
        """Show another layer's attention; it is known already."""
        if layer != self._layer:
            self._layer = layer
            self.changed.emit()

    def set_input(self, found: ModelInput | None) -> None:
        """Say what the model is given; patches of another grid are not those meant before."""
        before, self._input = self._input, found
        grid = None if found is None else found.pixels.shape[1] // found.patch
        if grid is None or self._patch is None or self._patch >= grid**2:
            self._patch = None
        if before is not found:
            self._problem = None
            self.changed.emit()

    def set_errors(self, errors: PatchErrors) -> None:
        """Take in an answer."""
        self._errors, self._problem = errors, None
        self.changed.emit()

    def set_attention(self, attention: Attention) -> None:
        """Take in an answer."""
        self._attention, self._problem = attention, None
        self.changed.emit()

    def set_problem(self, sentence: str) -> None:
        """Say why the wanted overlay is not there."""
        self._problem = sentence
        self.changed.emit()

    def clear(self) -> None:
        """Forget all answers, as for another model."""
        self._input = self._errors = self._attention = self._problem = None
        self.changed.emit()
