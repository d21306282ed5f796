"""The dialog that offers to make a workspace of cutouts."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.windows.create_dialog import CreateDialog
from trainer.workspace.workspace import Workspace

FACTS: dict[str, Any] = {
    "path": Path("/data/unions"),
    "cutouts": [Path("/data/unions")],
    "files": 12,
    "count": 120_000,
    "bands": ("u", "g", "r", "i", "z"),
    "bands_guessed": False,
    "size": (200, 180),
    "pixel_scale": 0.1857,
    "zero_points": (30.0,) * 5,
    "layout": "HDF5 in AstroMASK's training layout.",
    "warnings": ["Single rows are slow to read."],
    "bad": ["broken.h5 is truncated."],
    "name": "unions",
    "folder": Path("/data/unions-workspace"),
}


@pytest.fixture
def dialog(empty_state: ApplicationState, qtbot: QtBot) -> Iterator[CreateDialog]:
    window = QWidget()
    qtbot.addWidget(window)
    made = CreateDialog(empty_state.session, FACTS, window)
    made.open()
    yield made


@pytest.fixture
def asked(empty_state: ApplicationState) -> list[dict[str, Any]]:
    arguments: list[dict[str, Any]] = []
    empty_state.session.create_requested.connect(arguments.append)
    return arguments


def accept(dialog: CreateDialog, qtbot: QtBot) -> None:
    button = next(b for b in dialog.findChildren(QPushButton) if "Make" in b.text())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_what_the_files_say_is_filled_in_and_used(
    dialog: CreateDialog, asked: list, qtbot: QtBot
) -> None:
    accept(dialog, qtbot)
    (arguments,) = asked
    assert arguments["cutouts"] == [Path("/data/unions")]
    assert arguments["folder"] == Path("/data/unions-workspace")
    assert list(arguments["bands"]) == ["u", "g", "r", "i", "z"]
    assert arguments["pixel_scale"] == pytest.approx(0.1857)
    assert arguments["zero_points"] == [30.0] * 5
    assert arguments["crop"] == 64


@pytest.mark.parametrize(
    ("count", "words"), [(1, "One cutout of 200×180"), (12_000, "12,000 cutouts of 200×180")]
)
def test_the_title_says_how_many_cutouts_were_found(
    empty_state: ApplicationState, qtbot: QtBot, count: int, words: str
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    dialog = CreateDialog(empty_state.session, {**FACTS, "count": count}, window)
    texts = [found.text() for found in dialog.findChildren(QLabel)]
    assert any(text.startswith(words) for text in texts)


def test_the_arguments_are_those_that_a_workspace_takes(
    dialog: CreateDialog, asked: list, qtbot: QtBot
) -> None:
    accept(dialog, qtbot)
    inspect.signature(Workspace.create).bind(**asked[0])


def test_bad_files_and_warnings_are_said_before_it_is_made(dialog: CreateDialog) -> None:
    words = " ".join(child.text() for child in dialog.findChildren(type(dialog.error)))
    assert "broken.h5 is truncated." in words and "Single rows are slow" in words
    assert "120,000" in words and "200×180" in words


def test_the_bands_can_be_named_anew(dialog: CreateDialog, asked: list, qtbot: QtBot) -> None:
    dialog.bands.setText("U, G ,R,I,Z")
    dialog.pixel_scale.setText("")
    dialog.zero_points.setText("27.5")
    accept(dialog, qtbot)
    assert asked[0]["bands"] == ["U", "G", "R", "I", "Z"]
    assert asked[0]["pixel_scale"] is None and asked[0]["zero_points"] == [27.5]


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("bands", "u,g,r", "5 bands"),
        ("bands", "u,g,r,r,z", "twice"),
        ("pixel_scale", "small", "number"),
        ("pixel_scale", "-1", "above 0"),
        ("zero_points", "30, 30", "one for each"),
        ("zero_points", "nan", "number"),
        ("crop", "64.5", "whole number"),
        ("crop", "0", "whole number"),
        ("crop", "inf", "number"),
        ("folder", "  ", "folder"),
        ("folder", "~nobody-here/survey", "no user"),
        ("catalogue", "~nobody-here/a.csv", "no user"),
    ],
)
def test_what_can_not_be_is_said_in_place(
    dialog: CreateDialog, asked: list, qtbot: QtBot, field: str, text: str, words: str
) -> None:
    getattr(dialog, field).setText(text)
    accept(dialog, qtbot)
    assert asked == []
    assert dialog.error.isVisible() and words in dialog.error.text()
