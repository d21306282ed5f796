"""The application's look: a palette and a style sheet made from the tokens."""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from PyQt6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PyQt6.QtWidgets import QApplication

from astromask_gui.resource_files import resource
from astromask_gui.theme import RADIUS, Tokens, tokens

_BASE_SIZE = 12


def apply_style(application: QApplication, style: str) -> None:
    """Give the whole application the "dark" or "light" look; may be called at any time."""
    colours = tokens(style)
    application.setStyle("Fusion")
    application.setPalette(_palette(colours))
    application.setFont(_font())
    application.setStyleSheet(style_sheet(style))


def style_sheet(style: str) -> str:
    """`resources/style/window.qss` with the colours and marks of "dark" or "light" in it."""
    colours = tokens(style)
    template = Template(resource("style", "window.qss").read_text(encoding="utf-8"))
    marks = {
        name: resource("style", f"{name}-{style}.svg").as_posix()
        for name in ("chevron", "check", "dot")
    }
    return template.substitute(
        asdict(colours), **marks, radius=RADIUS, checked=_mixed(colours.panel, colours.accent)
    )


def tabular(font: QFont) -> QFont:
    """The font with figures of one width, where it has them."""
    if hasattr(font, "setFeature"):
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _font() -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(_BASE_SIZE)
    return font


def _palette(colours: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for target, value in (
        (role.Window, colours.background),
        (role.WindowText, colours.text),
        (role.Base, colours.panel),
        (role.AlternateBase, colours.raised),
        (role.Text, colours.text),
        (role.Button, colours.raised),
        (role.ButtonText, colours.text),
        (role.ToolTipBase, colours.raised),
        (role.ToolTipText, colours.text),
        (role.PlaceholderText, colours.muted),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent),
        (role.Link, colours.accent),
        (role.Mid, colours.line),
    ):
        palette.setColor(target, QColor(value))
    for target in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(colours.muted))
    return palette


def _mixed(ground: str, over: str, share: float = 0.28) -> str:
    """A colour that lies over another with so much weight."""
    below, above = QColor(ground), QColor(over)
    parts = (
        round(b * (1 - share) + a * share)
        for b, a in zip(below.getRgb()[:3], above.getRgb()[:3], strict=True)
    )
    return "#" + "".join(f"{part:02x}" for part in parts)
