"""Makes contact sheets: reads the pictures in batches, and draws them in a thread meanwhile."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from astromask_gui.parts.contact_sheet import ContactSheet, SheetCell
from astromask_gui.parts.named_pictures import named_pictures
from astromask_gui.parts.value_text import value_text
from astromask_gui.rendering.angles import AngleStyle, angle_text
from astromask_gui.rendering.sheet_layout import lay_out
from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.concurrency.worker import Request, Worker
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.services.workspace.reader import SHEETS
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.display import DisplaySettings, SurveyPixels
from astromask_gui.state.labels import GRADES
from astromask_gui.state.sheets import Sheet
from trainer.atomic import write_bytes

MOST_PIXELS = 160
"""Of a picture's side: of five columns on A4 more than a hundred to the inch."""
_BATCH = 24
_ARCSEC = 1 / 3600


class _Maker:
    """One sheet being made; what it needs is as it was when it was asked for."""

    def __init__(self, sheet: Sheet, loaded: Loaded, state: ApplicationState) -> None:
        self.sheet, self.loaded = sheet, loaded
        self.settings: DisplaySettings = state.display.settings
        self.survey: SurveyPixels = state.display.survey
        self.codes = state.labels.codes
        self.style: AngleStyle = "sexagesimal" if state.preferences.sexagesimal else "degrees"
        self.column: Column | None = state.columns.column(sheet.caption) if sheet.caption else None
        self.values = state.columns.values(sheet.caption) if self.column is not None else None
        # More pixels than there are would tell no more.
        self.side = min(self.survey.crop or MOST_PIXELS, MOST_PIXELS)
        self.done = 0
        self.unread = 0
        self._pages: ContactSheet | None = None
        self._coordinates: tuple[np.ndarray, np.ndarray] | None = None

    def next_rows(self) -> NDArray[np.uint32]:
        """The galaxies to be read now."""
        return self.sheet.rows[self.done : self.done + _BATCH]

    # What follows runs in the background thread.

    def draw(self, rows: NDArray[np.uint32], found: list[int], pictures: np.ndarray) -> None:
        """Draw `rows`, of which those `found` have pictures (n, 3, side, side) float16."""
        images = dict(zip(found, named_pictures(pictures, self.settings, self.survey), strict=True))
        names = self.loaded.workspace.catalogue.object_ids(rows.astype(np.int64))
        self._opened().add(
            [
                SheetCell(images.get(row), self._lines(row, name), self._grade(row))
                for row, name in zip(rows.tolist(), names, strict=True)
            ]
        )

    def finish(self) -> int:
        """Write the file; its size in bytes. Raises `WorkspaceError`."""
        data = self._opened().finish()
        self._pages = None
        write_bytes(self.sheet.path, data)
        return len(data)

    def abandon(self) -> None:
        """Let go of what has been drawn."""
        if self._pages is not None:
            self._pages.abandon()
            self._pages = None

    def _opened(self) -> ContactSheet:
        if self._pages is None:
            options = self.sheet.options
            lines = 1 + options.coordinates + (self.column is not None)
            count = len(self.sheet.rows)
            name = self.loaded.facts.name
            footer = f"{name} · {count:,} galaxies · {date.today().isoformat()} · AstroMASK"
            layout = lay_out(options, lines)
            self._pages = ContactSheet(layout, count, options.title or name, footer)
        return self._pages

    def _lines(self, row: int, name: str) -> list[str]:
        lines = [name]
        if self.sheet.options.coordinates:
            if self._coordinates is None:
                self._coordinates = self.loaded.workspace.catalogue.coordinates()
            ra, dec = (float(values[row]) for values in self._coordinates)
            known = np.isfinite(ra) and np.isfinite(dec)
            step = 0.1 * _ARCSEC if self.style == "sexagesimal" else 1e-5
            lines.append(_position(ra, dec, step, self.style) if known else "no coordinates")
        if self.column is not None and self.values is not None:
            value = value_text(self.column, self.values[row]) if row < len(self.values) else ""
            lines.append(f"{self.column.name} {value}".rstrip())
        return lines

    def _grade(self, row: int) -> str | None:
        code = int(self.codes[row]) if self.sheet.options.grades and row < len(self.codes) else 0
        return GRADES[code - 1] if code else None


def _position(ra: float, dec: float, step: float, style: AngleStyle) -> str:
    """Without the words RA and Dec, for which a narrow column has no room."""
    right = angle_text(ra, step, is_ra=True, style=style)
    return f"{right} {angle_text(dec, step, is_ra=False, style=style)}"


class SheetService(QObject):
    """Answers `state.sheets`: one sheet at a time, whole or not there at all."""

    def __init__(
        self, state: ApplicationState, reader: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._reader = state, reader
        # One thread, for a page is painted by one.
        self._background = Background("contact sheets", parent=self)
        self._loaded: Loaded | None = None
        self._opened = 0
        """`introductions` of the reader that has the workspace open."""
        self._maker: _Maker | None = None
        self._is_held = False
        """Whether the sheet waits until it is known which workspace the reader has open."""
        state.sheets.requested.connect(self._begin)
        state.sheets.cancelled.connect(self._cancel)

    def open(self, loaded: Loaded) -> None:
        """Serve another workspace; a sheet of the one before is given up."""
        if self._loaded is not None and self._loaded.facts.folder != loaded.facts.folder:
            self._cancel()
        self._loaded, self._opened = loaded, self._reader.introductions
        if self._maker is not None and self._is_held:
            self._read_next(self._maker)

    def forget(self) -> None:
        """Nothing is open any more."""
        self._cancel()
        self._loaded = None

    def close(self) -> None:
        """Give up what is being made."""
        self._cancel()
        self._background.close(finish=True)

    def _begin(self, sheet: Sheet) -> None:
        if self._loaded is None:
            self._state.sheets.set_finished("Open a workspace first.")
            return
        self._maker = _Maker(sheet, self._loaded, self._state)
        self._read_next(self._maker)

    def _cancel(self) -> None:
        maker, self._maker = self._maker, None
        if maker is None:
            return
        self._reader.drop(SHEETS)
        self._background.run(maker.abandon, _nothing, _nothing)
        self._state.sheets.set_finished()
        self._state.messages.info("The contact sheet was given up.")

    def _read_next(self, maker: _Maker) -> None:
        rows = maker.next_rows()
        if not len(rows):
            self._background.run(
                maker.finish, partial(self._finished, maker), self._fail_with(maker)
            )
            return
        self._is_held = self._opened != self._reader.introductions
        if self._is_held:
            return
        message = {
            "op": "thumbnails",
            "rows": rows.tolist(),
            "bands": list(maker.settings.rgb),
            "size": maker.side,
        }
        take = partial(self._take, maker, rows)
        dropped = partial(self._read_again, maker)
        self._reader.ask(SHEETS, Request(message, {}, take, self._fail_with(maker), dropped))

    def _read_again(self, maker: _Maker) -> None:
        if maker is self._maker:
            self._read_next(maker)

    def _take(
        self,
        maker: _Maker,
        rows: NDArray[np.uint32],
        header: dict[str, Any],
        arrays: dict[str, np.ndarray],
    ) -> None:
        if maker is not self._maker:
            return
        maker.unread += len(header["failed"])
        draw = partial(maker.draw, rows, header["rows"], arrays["thumbnails"])
        self._background.run(draw, partial(self._drawn, maker, len(rows)), self._fail_with(maker))

    def _drawn(self, maker: _Maker, count: int, _: None) -> None:
        if maker is self._maker:
            maker.done += count
            self._state.sheets.set_progress(maker.done, len(maker.sheet.rows))
            self._read_next(maker)

    def _finished(self, maker: _Maker, size: int) -> None:
        if maker is not self._maker:
            return
        self._maker = None
        self._state.sheets.set_finished()
        unread = f" {maker.unread:,} of them can't be read." if maker.unread else ""
        self._state.messages.info(
            f"Wrote {maker.sheet.path} ({len(maker.sheet.rows):,} galaxies,"
            f" {size / 1e6:.1f} MB).{unread}"
        )

    def _fail_with(self, maker: _Maker) -> Any:
        def fail(sentence: str) -> None:
            if maker is self._maker:
                self._maker = None
                self._background.run(maker.abandon, _nothing, _nothing)
                self._state.sheets.set_finished(sentence)
                self._state.messages.error(sentence)

        return fail


def _nothing(*_: object) -> None:
    pass
