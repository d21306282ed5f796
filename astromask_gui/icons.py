"""Icons by name: one set (Material Design Icons), one size, coloured after the style."""

from __future__ import annotations

from PyQt6.QtGui import QIcon, QPalette
from PyQt6.QtWidgets import QApplication


def icon(name: str) -> QIcon:
    """Icon such as "lock-outline". qtawesome is imported at the first icon, not before."""
    import qtawesome

    text, disabled = QPalette.ColorRole.Text, QPalette.ColorGroup.Disabled
    palette = QApplication.palette()
    # Colours by name: qtawesome keeps every icon for good, by what it was asked for in words, and
    # in those every object is another one.
    made: QIcon = qtawesome.icon(
        f"mdi6.{name}",
        color=palette.color(text).name(),
        color_disabled=palette.color(disabled, text).name(),
    )
    return made
