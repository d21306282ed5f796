"""Draws a contact sheet as PDF, some galaxies at a time. All of it for one background thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PyQt6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)

from astromask_gui.rendering.colouring import GRADE_COLOURS
from astromask_gui.rendering.sheet_layout import GAP, HEADER, LINE, MARGIN, SheetLayout

_UNITS = 72
"""Units of drawing a millimetre: fine enough for text to be placed exactly."""
_PER_INCH = round(25.4 * _UNITS)
_TITLE, _TEXT = 4.2, 2.4
"""Heights of letters, mm."""
_INK, _GREY = QColor(20, 22, 26), QColor(95, 102, 114)


@dataclass(frozen=True)
class SheetCell:
    """One galaxy: its picture (None: it can't be read), its lines of text, its grade."""

    picture: QImage | None
    lines: Sequence[str]
    grade: str | None = None


class ContactSheet:
    """A PDF that grows galaxy by galaxy; `finish` gives its bytes."""

    def __init__(self, layout: SheetLayout, count: int, title: str, footer: str) -> None:
        self._layout, self._count, self._title, self._footer = layout, count, title, footer
        self._drawn = 0
        self._buffer = QBuffer()
        self._buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._writer = QPdfWriter(self._buffer)
        self._writer.setResolution(_PER_INCH)
        self._writer.setCreator("AstroMASK")
        self._writer.setTitle(title)
        size = QSizeF(layout.width, layout.height)
        exact = QPageSize.SizeMatchPolicy.ExactMatch
        self._writer.setPageSize(QPageSize(size, QPageSize.Unit.Millimeter, "", exact))
        self._writer.setPageMargins(QMarginsF(), QPageLayout.Unit.Millimeter)
        self._painter = QPainter(self._writer)
        self._begin_page()

    def add(self, cells: Sequence[SheetCell]) -> None:
        """Draw the galaxies that come next."""
        for cell in cells:
            if self._drawn and self._drawn % self._layout.on_page == 0:
                self._writer.newPage()
                self._begin_page()
            self._draw(cell, *self._layout.corner(self._drawn))
            self._drawn += 1

    def finish(self) -> bytes:
        """The whole file."""
        self._painter.end()
        return self._buffer.data().data()

    def abandon(self) -> None:
        """Let go of what has been drawn."""
        self._painter.end()

    def _begin_page(self) -> None:
        layout, painter = self._layout, self._painter
        inner = layout.width - 2 * MARGIN
        painter.setPen(_INK)
        painter.setFont(_font(_TITLE, bold=True))
        self._text(MARGIN, MARGIN, inner, HEADER - GAP, self._title, Qt.AlignmentFlag.AlignLeft)
        painter.setPen(_GREY)
        painter.setFont(_font(_TEXT))
        page = f"page {layout.page_of(self._drawn) + 1} of {max(layout.pages(self._count), 1)}"
        bottom = layout.height - MARGIN - LINE
        self._text(MARGIN, bottom, inner, LINE, self._footer, Qt.AlignmentFlag.AlignLeft)
        self._text(MARGIN, bottom, inner, LINE, page, Qt.AlignmentFlag.AlignRight)

    def _draw(self, cell: SheetCell, x: float, y: float) -> None:
        painter, side = self._painter, self._layout.side
        box = _box(x, y, side, side)
        painter.setFont(_font(_TEXT))
        if cell.picture is not None:
            painter.drawImage(box, cell.picture)
        else:
            painter.fillRect(box, QColor(232, 234, 238))
            painter.setPen(_GREY)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "can't be read")
        for number, line in enumerate(cell.lines):
            painter.setPen(_GREY if number else _INK)
            left = Qt.AlignmentFlag.AlignLeft
            self._text(x, y + side + number * LINE + 0.5, side, LINE, line, left)
        if cell.grade is not None:
            badge = _box(x + side - 5, y + 1, 4, 4)
            painter.fillRect(badge, QColor(GRADE_COLOURS[cell.grade]))
            painter.setPen(_INK)
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, cell.grade)

    def _text(
        self, x: float, y: float, width: float, height: float, text: str, align: Qt.AlignmentFlag
    ) -> None:
        """One line, shortened where there is not the room."""
        metrics = QFontMetricsF(self._painter.font(), self._writer)
        middle = Qt.TextElideMode.ElideMiddle
        fitted = metrics.elidedText(text[:200], middle, width * _UNITS)
        flags = align | Qt.AlignmentFlag.AlignVCenter
        self._painter.drawText(_box(x, y, width, height), int(flags.value), fitted)


def _font(height: float, *, bold: bool = False) -> QFont:
    font = QFont()
    font.setPixelSize(round(height * _UNITS))
    font.setBold(bold)
    return font


def _box(x: float, y: float, width: float, height: float) -> QRectF:
    return QRectF(x * _UNITS, y * _UNITS, width * _UNITS, height * _UNITS)
