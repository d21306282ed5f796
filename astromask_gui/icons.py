"""Icons by name: one set (Material Design Icons), one size, coloured after the style."""

from __future__ import annotations

from PyQt6.QtGui import QIcon, QPalette
from PyQt6.QtWidgets import QApplication


def icon(name: str) -> QIcon:
    """Icon such as "lock-outline". qtawesome is imported at the first icon, not before."""
    import qtawesome

    palette = QApplication.palette()
    made: QIcon = qtawesome.icon(
        f"mdi6.{name}",
        color=palette.color(QPalette.ColorRole.Text),
        color_disabled=palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text),
    )
    return made
