"""The masked reconstruction: input, masked, model, residual, and the mask to play with."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from astromask_gui.parts.small import BusyBar, EmptyState, label
from astromask_gui.rendering.heat import heat_limits
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import SURPRISE
from astromask_gui.state.masks import grid_side, under_brush
from astromask_gui.state.patch_maps import ALL_LAYERS, LAST_LAYER, ModelInput
from astromask_gui.state.reconstruction import Masking, Reconstruction
from astromask_gui.widgets.reconstruction.grid import Heat, PictureGrid
from astromask_gui.widgets.reconstruction.losses import LossBars
from astromask_gui.widgets.reconstruction.picture import SMALLEST, PatchPicture
from astromask_gui.widgets.reconstruction.scale import HeatScale
from astromask_gui.widgets.reconstruction.tools import MaskTools, ViewTools

_CROWDED = 260
"""Height below which not everything has its place, screen pixels."""
_LEVEL_UNKNOWN = (
    "This model predicts each patch relative to its own mean and spread: the hidden patches'"
    " absolute level is filled in from the visible ones."
)


class ReconstructionPanel(QWidget):
    """Shows `state.reconstruction` and `state.patch_maps`; hides other patches by slider, seed,
    or click and paint."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._application = state
        self._state, self._display = state.reconstruction, state.display
        self._maps = state.patch_maps
        self._alone = False
        """Whether there is but an encoder, and so but the input to be shown."""
        self._stroke: tuple[bool, int] | None = None
        """While the mouse paints: whether it hides (True) or shows, and the last patch."""
        self._drawn: tuple[object, ...] = ()
        """What the pictures show: they are not rendered again for a word that has changed."""
        self.grid = PictureGrid(state.cutout_view)
        self.tools, self.mask_tools = ViewTools(state), MaskTools(state)
        self.ratio, self.percent = self.mask_tools.ratio, self.mask_tools.percent
        self.again = self.mask_tools.again
        self.busy = BusyBar()
        self.scale = HeatScale()
        self.losses = LossBars()
        self.note = label("", "small", wrap=True)
        self.empty = EmptyState("")
        self._build()
        self._connect_signals()
        self._sync_masking()
        self._sync()

    @property
    def views(self) -> dict[str, PatchPicture]:
        """The four pictures of the first row."""
        return dict(self.grid.views)

    def _build(self) -> None:
        pictures = QScrollArea()
        pictures.setWidget(self.grid)
        pictures.setWidgetResizable(True)
        for widget in (pictures, self.grid):
            widget.setObjectName("clear")
        pictures.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        pictures.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        pictures.setMinimumHeight(SMALLEST + 16)
        shown = QWidget()
        layout = QVBoxLayout(shown)
        layout.setContentsMargins(12, 3, 12, 6)
        layout.setSpacing(4)
        layout.addWidget(self.busy)
        layout.addWidget(self.tools)
        layout.addWidget(pictures, 1)
        overlay = QHBoxLayout()
        overlay.setSpacing(8)
        overlay.addWidget(self.scale, 1)
        overlay.addWidget(self.tools.layer)
        layout.addLayout(overlay)
        layout.addWidget(self.mask_tools)
        layout.addWidget(self.losses)
        layout.addWidget(self.note)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(shown)

    def _connect_signals(self) -> None:
        self._state.masking_changed.connect(self._sync_masking)
        self._state.changed.connect(self._sync)
        self._maps.changed.connect(self._sync)
        self._application.session.worker_changed.connect(self._sync)
        self._display.changed.connect(self._sync)
        self._application.columns.ready.connect(self._follow_column)
        self._application.preferences.changed.connect(self.mask_tools.restyle)
        self.tools.shown.currentIndexChanged.connect(self._sync)
        self.ratio.valueChanged.connect(self._choose_ratio)
        self.again.clicked.connect(self._state.new_mask)
        grid = self.grid
        grid.patch_pressed.connect(self._start_stroke)
        grid.patch_dragged.connect(self._go_on)
        grid.released.connect(self._end_stroke)
        grid.patch_asked.connect(self._maps.look_from)
        grid.input_pressed.connect(self._look_from)
        grid.brush_changed.connect(
            lambda wider: self.mask_tools.set_brush(self.mask_tools.brush + wider)
        )

    # -- from state ----------------------------------------------------------------------

    def _sync_masking(self) -> None:
        masking = self._state.masking
        ratio = masking.ratio
        if masking.painted:
            ratio = sum(masking.painted) / len(masking.painted)
        self.mask_tools.show_ratio(ratio, masking.painted is not None)
        self.grid.show_mask(self._state.shown_mask())

    def _sync(self) -> None:
        result, reason, given = self._state.result, self._state.unavailable, self._maps.input
        self.busy.set_busy(self._state.busy or self._maps.busy)
        self.tools.sync()
        # An encoder without decoder still looks at patches.
        alone = bool(reason) and given is not None
        works = result is not None and not reason
        self._stack.setCurrentIndex(1 if works or alone else 0)
        self.mask_tools.setVisible(not alone)
        self._alone = alone
        self._make_room()
        heat = self._heat(given)
        self.scale.setVisible(self._maps.overlay != "none")
        if works and result is not None:
            self._draw(result, heat if given is not None and given.row == result.row else None)
        elif alone and given is not None:
            self._drawn = ()
            self.grid.show_mask(None)
            self.grid.draw_input(
                given.pixels, given.bands, given.patch, self.tools.bands(),
                self._display.settings, self._display.survey, heat,
            )  # fmt: skip
        else:
            self.empty.sentence.setText(reason or self._awaited())
        self._say(result, reason if alone else None)

    def _follow_column(self, name: str) -> None:
        if name == SURPRISE and self._maps.overlay == "surprise":
            self._sync()

    def _make_room(self) -> None:
        """In little height, the pictures get the losses' place while something lies over them."""
        crowded = self.height() < _CROWDED and self._maps.overlay != "none"
        self.losses.setVisible(not self._alone and not crowded)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._make_room()

    def _awaited(self) -> str:
        if self._state.busy:
            return "The model works on the galaxy …"
        if self._application.session.worker == "starting":
            return "The model is starting …"
        return "Click a galaxy to see what the model makes of its hidden parts."

    def _draw(self, result: Reconstruction, heat: Heat | None) -> None:
        survey, settings = self._display.survey, self._display.settings
        bands = self.tools.bands()
        before, self._drawn = self._drawn, (result, bands, settings, survey, heat is None)
        if heat is not None or self._drawn != before:
            self.grid.draw(result, bands, settings, survey, heat)
        self.grid.show_mask(self._state.shown_mask())
        given = result.bands or range(len(survey.bands))
        names = [survey.bands[band] for band in given]
        by_band = zip(names, (float(x) for x in result.loss_by_band), strict=False)
        self.losses.set_losses([("all", result.loss), *by_band])

    def _say(self, result: Reconstruction | None, reason: str | None) -> None:
        sentences = [reason, self._maps.problem if self._maps.overlay != "none" else None]
        if result is not None and not result.level_recovered:
            sentences.append(_LEVEL_UNKNOWN)
        text = " ".join(dict.fromkeys(sentence for sentence in sentences if sentence))
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _heat(self, given: ModelInput | None) -> Heat | None:
        """What is to lie over the input, if it is known of this galaxy; says so in the scale."""
        found = None
        words = "…"
        if given is not None and self._maps.overlay == "surprise":
            errors = self._maps.errors
            if errors is not None and errors.row == given.row:
                values = np.full((len(errors.error), len(self._display.survey.bands)), np.nan)
                values[:, list(errors.bands)] = errors.error
                found = self._scaled(values)
                masks = str(errors.masks)
                if errors.masks < errors.wanted:
                    masks += f" of {errors.wanted}"
                words = f"{self._surprise(given.row)}MSE over {masks} masks"
        elif given is not None and self._maps.overlay == "attention":
            found, words = self._attention(given)
        low, high = (0.0, 1.0) if found is None else found.limits
        self.scale.set_scale((f"{low:.2g}", f"{high:.2g}"), words)
        return found

    def _surprise(self, row: int) -> str:
        """What a job has measured of the galaxy as a whole; "" where none has."""
        values = self._application.columns.values(SURPRISE)
        if values is None or row >= len(values) or not np.isfinite(values[row]):
            return ""
        return f"surprise {float(values[row]):.1f}; ".replace("-", "−")

    def _scaled(self, values: np.ndarray) -> Heat:
        bands = self.tools.bands()
        heat = Heat(values, (0.0, 1.0))
        tops = [heat_limits(heat.of_band(band))[1] for band in bands]
        return Heat(values, (0.0, max(tops, default=1.0)))

    def _attention(self, given: ModelInput) -> tuple[Heat | None, str]:
        looked, layer = self._maps.attention, self._maps.layer
        if looked is None or (looked.row, looked.patch) != (given.row, self._maps.patch):
            return None, "…"
        depth = len(looked.shares) - 1
        place = {LAST_LAYER: depth - 1, ALL_LAYERS: depth}.get(layer, min(layer, depth - 1))
        shares = looked.shares[place, 1:]
        whose = "the class token" if looked.patch is None else "the patch outlined"
        words = f"share of attention of {whose}; even: {1 / len(looked.shares[place]):.2g}"
        return Heat(shares, heat_limits(shares), looked.patch), words

    # -- intents -------------------------------------------------------------------------

    def _choose_ratio(self, percent: int) -> None:
        self._state.set_masking(Masking(percent / 100, self._state.masking.seed))

    def _look_from(self, place: int) -> None:
        """A plain click on the input chooses a patch only while attention is shown."""
        if self._maps.overlay == "attention":
            self._maps.look_from(place)

    def _start_stroke(self, place: int) -> None:
        mask = self._state.shown_mask()
        if mask is not None:
            self._stroke = (not mask[place], place)
            self._go_on(place)

    def _go_on(self, place: int) -> None:
        """Paint from where the stroke was to `place`, however fast the mouse went."""
        mask = self._state.shown_mask()
        if mask is None or self._stroke is None:
            return
        hides, last = self._stroke
        side = grid_side(len(mask))
        (row, column), (to_row, to_column) = divmod(last, side), divmod(place, side)
        steps = max(abs(to_row - row), abs(to_column - column), 1)
        painted = mask.copy()
        for part in np.linspace(0, 1, steps + 1):
            at = round(row + part * (to_row - row)) * side
            at += round(column + part * (to_column - column))
            painted[under_brush(side, at, self.mask_tools.brush)] = hides
        self._stroke = (hides, place)
        if not self._state.paint(painted):
            self._application.messages.info(
                "At least one patch stays visible and one hidden: the model needs one to look at,"
                " and one to guess."
            )

    def _end_stroke(self) -> None:
        self._stroke = None
