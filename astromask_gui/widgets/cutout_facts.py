"""What is known of the galaxy in the viewer: its name, place and columns."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from astromask_gui.parts.small import label
from astromask_gui.state.cutout import Cutout
from astromask_gui.style import tabular

_FACTS_SHOWN = 6


def position_text(ra: float | None, dec: float | None) -> str:
    """RA and Dec in degrees, or words where the survey has none."""
    if ra is None or dec is None:
        return "no coordinates"
    return f"RA {ra:.5f}°  Dec {dec:+.5f}°"


class CutoutFacts(QWidget):
    """Four lines of text that keep their height from one galaxy to the next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = label("", "strong", selectable=True)
        self.position = label("", "muted", selectable=True)
        self.columns = label("", "muted", wrap=True, selectable=True)
        for text in (self.name, self.position, self.columns):
            text.setFont(tabular(text.font()))
        # Always two lines: the picture keeps its size from one galaxy to the next.
        self.columns.setFixedHeight(2 * self.columns.fontMetrics().lineSpacing())
        self.columns.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for text in (self.name, self.position, self.columns):
            layout.addWidget(text)

    def show_cutout(self, cutout: Cutout) -> None:
        """Tell of another galaxy."""
        self.name.setText(cutout.object_id)
        self.position.setText(position_text(cutout.ra, cutout.dec))
        facts = list(cutout.facts.items())[:_FACTS_SHOWN]
        self.columns.setText("   ".join(f"{key}\u00a0{value}" for key, value in facts))
