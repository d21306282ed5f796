"""On the status bar: which programs are reached by SAMP."""

from __future__ import annotations

from PyQt6.QtWidgets import QLabel, QWidget

from astromask_gui.state.interop import Interop


class SampLabel(QLabel):
    """Not there while no hub is connected."""

    def __init__(self, interop: Interop, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._interop = interop
        self.setProperty("role", "muted")
        self.setContentsMargins(0, 0, 12, 0)
        interop.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        names = [program.name for program in self._interop.programs]
        counted = {0: "nobody else", 1: names[0] if names else ""}
        words = counted.get(len(names), f"{len(names)} programs")
        is_on = self._interop.status == "on"
        self.setText(f"SAMP: {words}" if is_on else "SAMP: connecting …")
        self.setToolTip("Connected by SAMP: " + (", ".join(names) or "nobody else yet"))
        self.setVisible(self._interop.status != "off")
