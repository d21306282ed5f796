"""Contact sheets, with the real services on a small survey and the PDF read back."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.sheets import Sheet, SheetOptions
from tests.services.small_survey import COUNT

ALL = np.arange(COUNT, dtype=np.uint32)


def made(state: ApplicationState, qtbot: QtBot, sheet: Sheet) -> bytes:
    state.sheets.request(sheet)
    qtbot.waitUntil(lambda: state.sheets.progress is None, timeout=30_000)
    return sheet.path.read_bytes() if sheet.path.exists() else b""


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


def pictures_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Subtype /Image", pdf))


def contents_of(pdf: bytes) -> list[bytes]:
    """The streams that can be decompressed: what is drawn on each page among them."""
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return found


def test_every_galaxy_is_on_a_page(opened: ApplicationState, qtbot: QtBot, tmp_path: Path) -> None:
    steps: list[tuple[int, int] | None] = []
    opened.sheets.changed.connect(lambda: steps.append(opened.sheets.progress))
    pdf = made(opened, qtbot, Sheet(tmp_path / "all.pdf", ALL, SheetOptions(title="Arcs")))
    assert pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")
    assert pages_of(pdf) == 2, "five columns of six lines on A4"
    assert pictures_of(pdf) == COUNT
    assert steps == [(0, COUNT), (24, COUNT), (COUNT, COUNT), None]
    assert "40 galaxies" in opened.messages.history[-1].text
    assert list(tmp_path.glob("*.partial")) == []


def test_text_is_drawn_below_the_pictures_where_it_is_wanted(
    opened: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    opened.columns.set_columns([Column("size", "number", "arcsec")])
    opened.columns.set_values("size", np.arange(COUNT, dtype=float))
    bare = SheetOptions(coordinates=False, grades=False)
    rows = ALL[:5]
    few = made(opened, qtbot, Sheet(tmp_path / "few.pdf", rows, bare))
    more = made(opened, qtbot, Sheet(tmp_path / "more.pdf", rows, SheetOptions(), "size"))
    drawn = [sum(content.count(b"Tj") for content in contents_of(pdf)) for pdf in (few, more)]
    assert drawn[1] >= drawn[0] + 2 * len(rows)


def test_a_grade_is_drawn_as_a_badge(
    opened: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    plain = contents_of(made(opened, qtbot, Sheet(tmp_path / "plain.pdf", ALL[:1])))
    codes = np.zeros(COUNT, np.int8)
    codes[0] = 1
    opened.labels.set_codes(codes)
    graded = contents_of(made(opened, qtbot, Sheet(tmp_path / "graded.pdf", ALL[:1])))
    assert sum(map(len, graded)) > sum(map(len, plain))


def test_a_sheet_that_is_given_up_leaves_nothing(
    opened: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    rows = np.tile(ALL, 50)
    opened.sheets.request(Sheet(tmp_path / "long.pdf", rows))
    qtbot.waitUntil(lambda: (opened.sheets.progress or (0, 0))[0] > 0, timeout=30_000)
    opened.sheets.cancel()
    assert opened.sheets.progress is None
    assert made(opened, qtbot, Sheet(tmp_path / "short.pdf", ALL[:3]))
    assert [file.name for file in tmp_path.glob("*.pdf*")] == ["short.pdf"]


def test_one_sheet_is_made_at_a_time(
    opened: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    opened.sheets.request(Sheet(tmp_path / "one.pdf", ALL))
    opened.sheets.request(Sheet(tmp_path / "two.pdf", ALL))
    qtbot.waitUntil(lambda: opened.sheets.progress is None, timeout=30_000)
    assert [file.name for file in tmp_path.glob("*.pdf")] == ["one.pdf"]


def test_a_place_that_can_not_be_written_is_named(
    opened: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "nowhere" / "sheet.pdf"
    assert made(opened, qtbot, Sheet(path, ALL[:3])) == b""
    assert "nowhere" in opened.sheets.error


def test_galaxies_that_can_not_be_read_are_counted(
    opened: ApplicationState, services: Services, qtbot: QtBot, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    rows = np.array([3, COUNT + 5], np.uint32)
    ids = ["G5-3", "gone"]
    workspace = services.sheets._loaded.workspace  # type: ignore[union-attr]
    monkeypatch.setattr(type(workspace.catalogue), "object_ids", lambda self, rows: ids)
    options = SheetOptions(coordinates=False)
    pdf = made(opened, qtbot, Sheet(tmp_path / "gap.pdf", rows, options))
    assert pictures_of(pdf) == 1
    assert "1 of them can't be read" in opened.messages.history[-1].text
