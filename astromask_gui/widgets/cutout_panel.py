"""The cutout viewer: the active galaxy in colour, its bands, its facts, the model's crop."""

from __future__ import annotations

from PyQt6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from astromask_gui.parts.linked_picture import LinkedPicture
from astromask_gui.parts.picture_view import PictureTool
from astromask_gui.parts.small import BusyBar, EmptyState, label
from astromask_gui.rendering.picture import render_cutout
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout import Cutout
from astromask_gui.state.cutout_view import Tool
from astromask_gui.widgets.cutout_bands import CutoutBands
from astromask_gui.widgets.cutout_controls import CutoutControls
from astromask_gui.widgets.cutout_facts import CutoutFacts
from astromask_gui.widgets.cutout_marks import CutoutMarks


class CutoutPanel(QWidget):
    """Shows `state.cutout` as `state.display` says; changes `state.display` alone."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cutout, self._display, self._view = state.cutout, state.display, state.cutout_view
        self._tools: dict[Tool, PictureTool] = {}
        self._drawn: Cutout | None = None
        self.controls = CutoutControls(state)
        self.picture = LinkedPicture(state.cutout_view, smallest=56)
        self.marks = CutoutMarks(self.picture, state.display)
        self.busy = BusyBar()
        self.bands = CutoutBands(state.display)
        self.facts = CutoutFacts()
        self.error = label("", "error", wrap=True)
        self.empty = EmptyState("Click a point on the map to see the galaxy.")
        self._build()
        self._connect_signals()
        self._sync_cutout()

    def _build(self) -> None:
        shown = QWidget()
        layout = QVBoxLayout(shown)
        layout.setContentsMargins(12, 4, 12, 8)
        layout.setSpacing(6)
        layout.addWidget(self.controls)
        layout.addWidget(self.busy)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.bands)
        layout.addWidget(self.facts)
        layout.addWidget(self.error)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(shown)

    def _connect_signals(self) -> None:
        self._cutout.changed.connect(self._sync_cutout)
        self._display.changed.connect(self._redraw)
        self._view.tool_changed.connect(self._sync_tool)
        self.bands.pressed.connect(self.controls.toggle_band)

    def add_tool(self, tool: Tool, icon: str, name: str, tip: str, handler: PictureTool) -> None:
        """Offer a tool for the large picture: its button, and what takes the mouse."""
        self._tools[tool] = handler
        self.controls.add_tool(tool, icon, name, tip)
        self._sync_tool()

    # -- from state ----------------------------------------------------------------------

    def _sync_cutout(self) -> None:
        cutout, error = self._cutout.cutout, self._cutout.error
        self.busy.set_busy(self._cutout.loading is not None)
        self.error.setText(error or "")
        self.error.setVisible(error is not None)
        self._stack.setCurrentIndex(0 if cutout is None and error is None else 1)
        # While the next one loads, the old one stays as it is drawn.
        if cutout is not None and cutout is not self._drawn:
            self._draw(cutout)
            # Ahead of whatever else the click has set off.
            self.picture.repaint()
            self.facts.show_cutout(cutout)

    def _redraw(self) -> None:
        if self._cutout.cutout is not None:
            self._draw(self._cutout.cutout)

    def _draw(self, cutout: Cutout) -> None:
        self._drawn = cutout
        settings, survey = self._display.settings, self._display.survey
        self.picture.set_picture(render_cutout(cutout.pixels, cutout.missing, settings, survey))
        self.bands.show_cutout(cutout)

    def _sync_tool(self) -> None:
        self.picture.set_tool(self._tools.get(self._view.tool))
