"""How cutouts are looked at: which part, with which tool, and where the mouse is.

One object that every panel of pixels follows, so that the large picture, the bands beside each
other, the pinned galaxies and the model's pictures all show the same part of the sky.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PyQt6.QtCore import QObject, pyqtSignal

Layout = Literal["one", "bands", "pinned"]
Tool = Literal["pan", "aperture", "ring"]
SMALLEST_SPAN = 4.0
"""Pixels of the cutout across a picture, when zoomed in as far as possible."""


@dataclass(frozen=True)
class CutoutWindow:
    """The part of a cutout that is shown; the whole of it by default.

    Places are in pixels right of and above the cutout's centre, as its columns and rows run:
    there the model's crop, the whole cutout and other galaxies have their middle too.
    """

    x: float = 0.0
    y: float = 0.0
    """What is shown in the middle."""
    span: float | None = None
    """Pixels of the cutout across the shorter side of a picture; None: as many as it has."""

    def scale(self, width: float, height: float, columns: int, rows: int) -> float:
        """Screen pixels a cutout pixel, for a cutout of columns × rows in width × height."""
        if self.span is None:
            return min(width / columns, height / rows)
        return min(width, height) / self.span

    def corner(self, width: float, height: float, columns: int, rows: int) -> tuple[float, float]:
        """Where the top left corner of the cutout is, screen pixels from that of the picture."""
        scale = self.scale(width, height, columns, rows)
        left = width / 2 - (columns / 2 + self.x) * scale
        return left, height / 2 - (rows / 2 - self.y) * scale

    def zoomed(self, factor: float, x: float, y: float, whole: float) -> CutoutWindow:
        """Larger by `factor` about (x, y), which stays where it is.

        `whole` is the span at which everything is seen; from there on all is shown, centred.
        """
        before = whole if self.span is None else self.span
        after = max(before / factor, SMALLEST_SPAN)
        if after >= whole:
            return CutoutWindow()
        share = after / before
        return CutoutWindow(x + (self.x - x) * share, y + (self.y - y) * share, after)

    def panned(self, right: float, up: float, columns: int, rows: int) -> CutoutWindow:
        """Moved over the cutout by so many pixels; its middle stays within the cutout."""
        if self.span is None:
            return self
        x = min(max(self.x + right, -columns / 2), columns / 2)
        return CutoutWindow(x, min(max(self.y + up, -rows / 2), rows / 2), self.span)

    def within(self, side: int) -> CutoutWindow:
        """The same part of the sky on a picture of the centre, `side` pixels across: all of
        that picture where the part is larger, or lies beside it."""
        if self.span is None or self.span >= side or max(abs(self.x), abs(self.y)) > side / 2:
            return WHOLE
        return self


WHOLE = CutoutWindow()


@dataclass(frozen=True)
class Blink:
    """Two pictures shown in turn at the same place."""

    on: bool = False
    band: int | None = None
    """The band to blink with; None: the galaxy that was shown before."""
    rate: float = 2.0
    """Changes a second."""


class CutoutView(QObject):
    """The part shown, the layout, the tool and the marks, for all pictures of cutouts."""

    changed = pyqtSignal()
    """The window."""
    layout_changed = pyqtSignal()
    tool_changed = pyqtSignal()
    marks_changed = pyqtSignal()
    blink_changed = pyqtSignal()
    mouse_changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = WHOLE
        self._layout: Layout = "one"
        self._tool: Tool = "pan"
        self._crosshair = False
        self._blink = Blink()
        self._mouse: tuple[float, float] | None = None

    @property
    def window(self) -> CutoutWindow:
        """The part of the cutout that is shown."""
        return self._window

    @property
    def layout(self) -> Layout:
        """One picture, all bands beside each other, or the pinned galaxies."""
        return self._layout

    @property
    def tool(self) -> Tool:
        """What the mouse does on the picture."""
        return self._tool

    @property
    def crosshair(self) -> bool:
        """Whether a crosshair marks the mouse in every picture."""
        return self._crosshair

    @property
    def blink(self) -> Blink:
        """Whether two pictures are shown in turn, and which."""
        return self._blink

    @property
    def mouse(self) -> tuple[float, float] | None:
        """What is under the mouse, pixels right of and above the cutout's centre."""
        return self._mouse

    def set_window(self, window: CutoutWindow) -> None:
        """Show another part."""
        if window != self._window:
            self._window = window
            self.changed.emit()

    def show_whole(self) -> None:
        """Show all of the cutout."""
        self.set_window(WHOLE)

    def show_crop(self, side: int) -> None:
        """Show what the model sees; once more: all of the cutout."""
        crop = CutoutWindow(span=float(side))
        self.set_window(WHOLE if self._window == crop else crop)

    def set_layout(self, layout: Layout) -> None:
        """Lay the pictures out in another way."""
        if layout != self._layout:
            self._layout = layout
            self.layout_changed.emit()

    def set_tool(self, tool: Tool) -> None:
        """Take another tool."""
        if tool != self._tool:
            self._tool = tool
            self.tool_changed.emit()

    def set_crosshair(self, shown: bool) -> None:
        """Show or hide the crosshair."""
        if shown != self._crosshair:
            self._crosshair = shown
            self.marks_changed.emit()

    def set_blink(self, blink: Blink) -> None:
        """Show two pictures in turn, or stop."""
        if blink != self._blink:
            self._blink = blink
            self.blink_changed.emit()

    def set_mouse(self, place: tuple[float, float] | None) -> None:
        """Say what is under the mouse."""
        if place != self._mouse:
            self._mouse = place
            self.mouse_changed.emit()
