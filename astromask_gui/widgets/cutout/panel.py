"""The cutout viewer: the active galaxy in colour, its bands, its facts, the model's crop."""

from __future__ import annotations

from PyQt6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from astromask_gui.parts.measure_shapes import MeasureShapes, ShapeTool
from astromask_gui.parts.picture_view import PictureTool
from astromask_gui.parts.small import BusyBar, EmptyState, label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout import Cutout
from astromask_gui.state.cutout_view import Tool
from astromask_gui.widgets.cutout.bands import CutoutBands
from astromask_gui.widgets.cutout.controls import CutoutControls
from astromask_gui.widgets.cutout.facts import CutoutFacts
from astromask_gui.widgets.cutout.light_bar import LightBar
from astromask_gui.widgets.cutout.marks import CutoutMarks
from astromask_gui.widgets.cutout.pictures import CutoutPictures
from astromask_gui.widgets.cutout.tools import CutoutTools


class CutoutPanel(QWidget):
    """Shows `state.cutout` as `state.display` and `state.cutout_view` say."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cutout, self._view, self._light = state.cutout, state.cutout_view, state.light
        self._handlers: dict[Tool, PictureTool] = {}
        self._drawn: Cutout | None = None
        self.controls = CutoutControls(state)
        self.light = LightBar(state)
        self.tools = CutoutTools(state, self)
        self.pictures = CutoutPictures(state)
        self.picture = self.pictures.picture
        self.marks = CutoutMarks(self.picture, state.display, state.cutout)
        self.busy = BusyBar()
        self.bands = CutoutBands(state.display)
        self.facts = CutoutFacts(state)
        self.error = label("", "error", wrap=True)
        self.empty = EmptyState(
            "Click a galaxy on the map, in the gallery or in the table to see it here."
        )
        self._build()
        self._connect_signals()
        self._add_measures(state)
        self._sync_layout()
        self._sync_cutout()

    def _build(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(6)
        middle.addWidget(self.tools.left)
        middle.addWidget(self.pictures, 1)
        middle.addWidget(self.tools.right)
        shown = QWidget()
        layout = QVBoxLayout(shown)
        layout.setContentsMargins(12, 4, 12, 8)
        layout.setSpacing(6)
        layout.addWidget(self.controls)
        layout.addWidget(self.light)
        layout.addWidget(self.busy)
        layout.addLayout(middle, 1)
        layout.addWidget(self.bands)
        layout.addWidget(self.facts)
        layout.addWidget(self.error)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(shown)

    def _connect_signals(self) -> None:
        self._cutout.changed.connect(self._sync_cutout)
        self._light.changed.connect(self._sync_busy)
        self._light.settings_changed.connect(self._sync_busy)
        self._view.tool_changed.connect(self._sync_tool)
        self._view.layout_changed.connect(self._sync_layout)
        self.bands.pressed.connect(self.controls.toggle_band)

    def _add_measures(self, state: ApplicationState) -> None:
        """The aperture and the Einstein ring; buttons for them are in the panel of measures."""
        measure, picture = state.measure, self.picture
        self.shapes = MeasureShapes(picture, measure, lambda: self._view.tool)
        self._handlers["aperture"] = ShapeTool(
            picture, lambda: measure.aperture, measure.set_aperture
        )
        self._handlers["ring"] = ShapeTool(picture, lambda: measure.ring, measure.set_ring)
        for signal in (measure.shape_changed, measure.ring_changed, self._view.tool_changed):
            signal.connect(picture.update)

    def add_tool(self, tool: Tool, icon: str, name: str, tip: str, handler: PictureTool) -> None:
        """Offer a tool for the large picture: its button, and what takes the mouse."""
        self._handlers[tool] = handler
        self.tools.add_tool(tool, icon, name, tip)
        self._sync_tool()

    # -- from state ----------------------------------------------------------------------

    def _sync_cutout(self) -> None:
        cutout, error = self._cutout.cutout, self._cutout.error
        self._sync_busy()
        self.error.setText(error or "")
        self.error.setVisible(error is not None)
        self._stack.setCurrentIndex(0 if cutout is None and error is None else 1)
        # While the next one loads, the old one stays as it is drawn.
        if cutout is not None and cutout is not self._drawn:
            self._drawn = cutout
            self.pictures.draw()
            # Ahead of whatever else the click has set off.
            self.picture.repaint()
            self.bands.show_cutout(cutout)
            self.facts.show_cutout(cutout)

    def _sync_busy(self) -> None:
        cutout = self._cutout.cutout
        awaits_light = cutout is not None and self._light.awaits(cutout)
        self.busy.set_busy(self._cutout.loading is not None or awaits_light)

    def _sync_layout(self) -> None:
        # Beside each other the bands are seen better.
        self.bands.setVisible(self._view.layout != "bands")

    def _sync_tool(self) -> None:
        self.picture.set_tool(self._handlers.get(self._view.tool))
