"""The application's look: a palette and a style sheet made from the tokens."""

from __future__ import annotations

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
    names = ("chevron", "check", "dot")
    marks = [resource("style", f"{name}-{style}.svg").as_posix() for name in names]
    application.setStyleSheet(_sheet(colours, *marks))


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


def _sheet(c: Tokens, chevron: str, check: str, dot: str) -> str:
    return f"""
    QMainWindow, QDialog {{ background: {c.background}; }}
    QMainWindow::separator {{ background: {c.background}; width: 6px; height: 6px; }}
    QMainWindow::separator:hover {{ background: {c.line}; }}
    QDockWidget {{ color: {c.muted}; font-weight: 600; }}
    QDockWidget > QWidget {{ background: {c.panel}; }}
    QDockWidget::title {{ background: {c.panel}; padding: 6px 12px; text-align: left; }}
    QDockWidget::close-button, QDockWidget::float-button {{ border: none; padding: 1px; }}
    QDockWidget::close-button:hover, QDockWidget::float-button:hover {{ background: {c.raised}; }}
    QToolBar {{ background: {c.background}; border: none; spacing: 8px; padding: 0 8px 4px 8px; }}
    QMenuBar {{ background: {c.background}; padding: 2px 4px; }}
    QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {c.raised}; }}
    QMenu {{ background: {c.raised}; border: 1px solid {c.line}; padding: 4px; }}
    QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {c.accent}; color: {c.on_accent}; }}
    QMenu::item:disabled {{ color: {c.muted}; }}
    QMenu::separator {{ height: 1px; background: {c.line}; margin: 4px 8px; }}
    QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.line};
        padding: 4px 6px; }}
    QStatusBar {{ background: {c.background}; color: {c.muted}; }}
    QStatusBar::item {{ border: none; }}
    QLabel[role="muted"], QLabel#muted {{ color: {c.muted}; }}
    QLabel[role="title"], QLabel#title {{ font-size: 16px; font-weight: 600; }}
    QLabel[role="strong"] {{ font-size: 13px; font-weight: 600; }}
    QLabel[role="error"] {{ color: {c.bad}; }}
    QLabel[role="warn"] {{ font-size: 11px; color: {c.warn}; }}
    QLabel[role="small"] {{ font-size: 11px; color: {c.muted}; }}
    QPushButton, QToolButton {{ background: {c.raised}; border: 1px solid {c.line};
        border-radius: {RADIUS}px; padding: 4px 10px; color: {c.text}; }}
    QToolButton {{ padding: 4px 6px; }}
    QPushButton[small="true"] {{ padding: 1px 8px; }}
    QPushButton[flat="true"], QToolButton[flat="true"] {{ background: transparent;
        border-color: transparent; text-align: left; }}
    QPushButton[flat="true"]:hover, QToolButton[flat="true"]:hover {{ background: {c.raised}; }}
    QPushButton:hover, QToolButton:hover {{ border-color: {c.accent}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {c.line}; }}
    QPushButton:checked, QToolButton:checked {{ background: {_mixed(c.panel, c.accent)};
        border-color: {c.accent}; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {c.muted}; border-color: {c.line}; }}
    QPushButton:focus, QToolButton:focus {{ border-color: {c.accent}; }}
    QPushButton[primary="true"] {{ background: {c.accent}; color: {c.on_accent};
        border-color: {c.accent}; font-weight: 600; padding: 6px 16px; }}
    QPushButton[primary="true"]:disabled {{ background: {c.raised}; color: {c.muted};
        border-color: {c.line}; }}
    QToolButton::menu-indicator {{ image: none; }}
    QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QPlainTextEdit {{ background: {c.panel};
        border: 1px solid {c.line}; border-radius: {RADIUS}px; padding: 3px 8px;
        selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
    QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus {{
        border-color: {c.accent}; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: none; }}
    QComboBox::drop-down {{ border: none; width: 20px; }}
    QComboBox::down-arrow {{ image: url({chevron}); width: 12px; height: 12px; }}
    QComboBox QAbstractItemView {{ background: {c.raised}; border: 1px solid {c.line};
        selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
    QListView#completions {{ background: {c.raised}; border: 1px solid {c.line}; padding: 3px;
        selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
    QListView#completions::item {{ padding: 4px 8px; }}
    QCheckBox, QRadioButton {{ spacing: 6px; }}
    QCheckBox::indicator, QRadioButton::indicator, QFrame#columnChooser QListView::indicator {{
        width: 12px; height: 12px; border: 1px solid {c.muted}; background: {c.panel}; }}
    QCheckBox::indicator, QFrame#columnChooser QListView::indicator {{ border-radius: 3px; }}
    QRadioButton::indicator {{ border-radius: 7px; }}
    QCheckBox::indicator:checked, QRadioButton::indicator:checked,
    QFrame#columnChooser QListView::indicator:checked {{ background: {c.accent};
        border-color: {c.accent}; image: url({check}); }}
    QRadioButton::indicator:checked {{ image: url({dot}); }}
    QCheckBox::indicator:hover, QRadioButton::indicator:hover, QCheckBox::indicator:focus,
    QRadioButton::indicator:focus {{ border-color: {c.accent}; }}
    QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{
        border-color: {c.line}; }}
    QCheckBox::indicator:checked:disabled, QRadioButton::indicator:checked:disabled {{
        background: {c.muted}; border-color: {c.muted}; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QProgressBar {{ background: {c.raised}; border: none; border-radius: 2px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 2px; }}
    QSlider::groove:horizontal {{ height: 4px; background: {c.line}; border-radius: 2px; }}
    QSlider::sub-page:horizontal {{ background: {c.accent}; border-radius: 2px; }}
    QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
        background: {c.text}; }}
    QSlider::handle:horizontal:disabled {{ background: {c.muted}; }}
    QScrollArea, QListView, QTreeView, QTableView {{ background: {c.panel}; border: none; }}
    QTableWidget, QTableWidget QHeaderView {{ background: transparent; }}
    QTableWidget QHeaderView::section {{ background: transparent; color: {c.muted}; border: none;
        border-bottom: 1px solid {c.line}; padding: 1px 2px 2px 2px; }}
    QListView#savedRows, QScrollArea#clear, QWidget#clear {{ background: transparent; }}
    QScrollBar {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ width: 10px; }}
    QScrollBar:horizontal {{ height: 10px; }}
    QScrollBar::handle {{ background: {c.line}; border-radius: 4px; margin: 1px; }}
    QScrollBar::handle:vertical {{ min-height: 24px; }}
    QScrollBar::handle:horizontal {{ min-width: 24px; }}
    QScrollBar::handle:hover {{ background: {c.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QTabBar {{ background: {c.background}; }}
    QTabBar::tab {{ background: transparent; color: {c.muted}; padding: 6px 12px;
        border-bottom: 2px solid transparent; }}
    QTabBar::tab:selected {{ color: {c.text}; border-bottom-color: {c.accent}; }}
    QTabBar::tab:hover {{ color: {c.text}; }}
    QWidget#mapToolbar[marked="true"] {{ border-top: 2px solid {c.accent}; }}
    QFrame#swatchPopup {{ background: {c.raised}; border: 1px solid {c.line}; }}
    QFrame#swatchPopup QToolButton {{ background: transparent; border-color: transparent;
        padding: 3px; }}
    QFrame#swatchPopup QToolButton:hover, QFrame#swatchPopup QToolButton:focus,
    QFrame#swatchPopup QToolButton:checked {{ border-color: {c.text}; }}
    QFrame[role="line"] {{ background: {c.line}; max-height: 1px; border: none; }}
    QFrame#mapCard, QFrame#miniMap, QFrame#columnChooser, QFrame#cutoutMore {{
        background: {c.panel};
        border: 1px solid {c.line}; border-radius: {RADIUS}px; }}
    QFrame#mapCard[pinned="true"] {{ border-color: {c.muted}; }}
    QFrame#mapCard QToolButton {{ padding: 2px; }}
    QFrame#columnChooser QListView::item {{ padding: 3px 2px; }}
    QFrame[role="chip"] {{ background: {c.raised}; border: 1px solid {c.line};
        border-radius: {RADIUS}px; }}
    QFrame[role="chip"] QToolButton {{ padding: 1px 3px; border: none; }}
    QFrame[role="card"] {{ background: {c.raised}; border-radius: {RADIUS}px; }}
    """
