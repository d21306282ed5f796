"""The jobs panel, driven by scripted jobs: no process is needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from astromask_gui.services.jobs.forms import job_forms, typed_values
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.jobs import Job
from astromask_gui.widgets.jobs.card import duration_text
from astromask_gui.widgets.jobs.form import JobFormView
from astromask_gui.widgets.jobs.panel import JobsPanel
from trainer.config import EmbedConfig, PretrainConfig

CHECKPOINT = Path("/runs/tiny/best.safetensors")
RUNNING = Job("20260101T000000Z-embed", "embed", "running", "Encoding: 10 of 40", 0.25, 600.0)
CURVE = ((1.0, 0.9), (2.0, 0.5), (3.0, 0.4))


@pytest.fixture
def panel(state: ApplicationState, qtbot: QtBot) -> JobsPanel:
    state.jobs.set_forms(job_forms(CHECKPOINT, "tiny"))
    made = JobsPanel(state)
    qtbot.addWidget(made)
    made.resize(500, 500)
    made.show()
    return made


@pytest.fixture
def started(state: ApplicationState) -> list[dict[str, Any]]:
    configs: list[dict[str, Any]] = []
    state.jobs.start_requested.connect(configs.append)
    return configs


def form_of(panel: JobsPanel, kind: str) -> JobFormView:
    panel.show_form(kind)
    assert panel.form is not None
    return panel.form


def control(form: JobFormView, name: str) -> QWidget:
    return next(editor.control for editor in form._editors if editor.field.name == name)


def write(form: JobFormView, name: str, text: str) -> None:
    editor = control(form, name)
    if isinstance(editor, QComboBox):
        editor.setCurrentText(text)
    else:
        assert isinstance(editor, QLineEdit)
        editor.setText(text)


# The list.


def test_an_empty_list_says_what_jobs_there_are(panel: JobsPanel) -> None:
    assert panel.empty.isVisible() and "Embed" in panel.empty.sentence.text()


def test_a_running_job_shows_how_far_it_is(panel: JobsPanel, state: ApplicationState) -> None:
    state.jobs.set_jobs([RUNNING])
    card = panel.cards[RUNNING.name]
    assert card.sentence.text() == "Encoding: 10 of 40"
    assert card.bar.isVisible() and card.bar.value() == card.bar.maximum() // 4
    assert card.left.text() == "10 min left" and card.cancel.isVisible()


def test_a_job_that_cannot_say_how_far_it_is_has_a_moving_bar(
    panel: JobsPanel, state: ApplicationState
) -> None:
    state.jobs.set_jobs([replace(RUNNING, fraction=None, seconds_left=None)])
    card = panel.cards[RUNNING.name]
    assert (card.bar.minimum(), card.bar.maximum()) == (0, 0)
    assert card.left.text() == ""


@pytest.mark.parametrize("status", ["finished", "cancelled", "failed", "crashed"])
def test_a_job_that_is_over_can_not_be_cancelled(
    panel: JobsPanel, state: ApplicationState, status: Any
) -> None:
    state.jobs.set_jobs([RUNNING])
    state.jobs.set_jobs([replace(RUNNING, status=status, sentence="It is over.")])
    card = panel.cards[RUNNING.name]
    assert not card.cancel.isVisible() and not card.bar.isVisible() and card.left.text() == ""
    assert card.sentence.text() == "It is over."


def test_cancel_asks_for_this_job_to_stop(
    panel: JobsPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    other = replace(RUNNING, name="20260101T000001Z-embed")
    state.jobs.set_jobs([other, RUNNING])
    with qtbot.waitSignal(state.jobs.cancel_requested) as asked:
        qtbot.mouseClick(panel.cards[RUNNING.name].cancel, Qt.MouseButton.LeftButton)
    assert asked.args == [RUNNING.name]


def test_a_job_that_is_asked_to_stop_has_no_time_left_to_tell(
    panel: JobsPanel, state: ApplicationState
) -> None:
    state.jobs.set_jobs([replace(RUNNING, stopping=True)])
    card = panel.cards[RUNNING.name]
    assert card.left.text() == "stopping …" and not card.cancel.isEnabled()
    state.jobs.set_jobs([replace(RUNNING, status="cancelled", seconds_left=None)])
    assert card.left.text() == ""


def test_the_newest_job_stands_first(panel: JobsPanel, state: ApplicationState) -> None:
    state.jobs.set_jobs([RUNNING])
    newer = replace(RUNNING, name="20260101T000001Z-project", kind="project")
    state.jobs.set_jobs([newer, RUNNING])
    assert panel.cards[newer.name].y() <= panel.cards[RUNNING.name].y()
    order = [panel._list.itemAt(place).widget() for place in range(2)]
    assert order == [panel.cards[newer.name], panel.cards[RUNNING.name]]


def test_warnings_are_shown_with_the_job(panel: JobsPanel, state: ApplicationState) -> None:
    state.jobs.set_jobs([replace(RUNNING, warnings=("3 files were left out.",))])
    assert "3 files were left out." in panel.cards[RUNNING.name].sentence.text()


def test_a_loss_curve_appears_with_the_second_point(
    panel: JobsPanel, state: ApplicationState
) -> None:
    state.jobs.set_jobs([replace(RUNNING, curves={"loss": CURVE[:1]})])
    assert panel.cards[RUNNING.name].curve is None
    state.jobs.set_jobs([replace(RUNNING, curves={"loss": CURVE})])
    curve = panel.cards[RUNNING.name].curve
    assert curve is not None
    x, y = curve._lines["loss"].getOriginalDataset()
    assert x.tolist() == [1, 2, 3] and y.tolist() == [0.9, 0.5, 0.4]


def test_a_loss_that_is_not_finite_does_not_break_the_curve(
    panel: JobsPanel, state: ApplicationState
) -> None:
    points = (*CURVE, (4.0, float("nan")), (5.0, float("inf")), (6.0, 0.3))
    state.jobs.set_jobs([replace(RUNNING, curves={"loss": points})])
    curve = panel.cards[RUNNING.name].curve
    assert curve is not None and curve._lines["loss"].getOriginalDataset()[0][-1] == 6


def test_another_style_keeps_the_jobs(panel: JobsPanel, state: ApplicationState) -> None:
    state.jobs.set_jobs([RUNNING])
    state.preferences.set_style("light")
    assert panel.cards[RUNNING.name].sentence.text() == "Encoding: 10 of 40"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (45.4, "45 s"), (600, "10 min"), (7500, "2 h 5 min")]
)
def test_durations_are_said_as_people_say_them(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


# The form.


def test_the_form_starts_what_it_shows(panel: JobsPanel, started: list, qtbot: QtBot) -> None:
    form = form_of(panel, "embed")
    qtbot.mouseClick(form.start, Qt.MouseButton.LeftButton)
    assert started[0]["kind"] == "embed"
    assert started[0]["checkpoint"] == str(CHECKPOINT)
    config = EmbedConfig(**typed_values(started[0]), workspace=Path("/surveys/sixty"))
    assert config == EmbedConfig(workspace=Path("/surveys/sixty"), checkpoint=CHECKPOINT)
    assert panel.form is None, "the form closes when the job is asked for"


def test_what_is_typed_reaches_the_configuration(
    panel: JobsPanel, started: list, qtbot: QtBot
) -> None:
    form = form_of(panel, "pretrain")
    for name, text in {"model": "tiny", "epochs": "3", "mask_ratio": "0.5", "lr": "2e-4"}.items():
        write(form, name, text)
    qtbot.mouseClick(form.start, Qt.MouseButton.LeftButton)
    config = PretrainConfig(**typed_values(started[0]), workspace=Path("/surveys/sixty"))
    assert (config.model, config.epochs, config.mask_ratio, config.lr) == ("tiny", 3, 0.5, 2e-4)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("epochs", "many", "whole number"),
        ("epochs", "0", "at least 1"),
        ("epochs", "2.5", "whole number"),
        ("mask_ratio", "1.5", "between 0 and 1"),
        ("lr", "fast", "a number"),
        ("lr", "nan", "number"),
    ],
)
def test_what_does_not_fit_is_said_in_place_and_nothing_starts(
    panel: JobsPanel, started: list, qtbot: QtBot, name: str, text: str, words: str
) -> None:
    form = form_of(panel, "pretrain")
    write(form, name, text)
    qtbot.mouseClick(form.start, Qt.MouseButton.LeftButton)
    assert started == [] and panel.form is form
    assert form.error.isVisible() and words in form.error.text() and text in form.error.text()


def test_embedding_needs_a_checkpoint(
    panel: JobsPanel, state: ApplicationState, started: list, qtbot: QtBot
) -> None:
    state.jobs.set_forms(job_forms(None, None))
    form = form_of(panel, "embed")
    assert control(form, "checkpoint").placeholderText() != "automatic"
    qtbot.mouseClick(form.start, Qt.MouseButton.LeftButton)
    assert started == [] and "checkpoint" in form.error.text()


def test_rare_settings_are_folded_away_until_asked_for(panel: JobsPanel) -> None:
    form = form_of(panel, "pretrain")
    assert control(form, "epochs").isVisible() and not control(form, "weight_decay").isVisible()
    form.more.click()
    assert control(form, "weight_decay").isVisible()


def test_cancel_closes_the_form_and_starts_nothing(
    panel: JobsPanel, started: list, qtbot: QtBot
) -> None:
    form = form_of(panel, "project")
    qtbot.mouseClick(form.cancel, Qt.MouseButton.LeftButton)
    assert started == [] and panel.form is None


def test_jobs_that_go_on_do_not_close_a_form_being_filled(
    panel: JobsPanel, state: ApplicationState
) -> None:
    form = form_of(panel, "project")
    state.jobs.set_jobs([RUNNING])
    assert panel.form is form and form.isVisible()


def test_nothing_can_be_started_without_a_workspace(
    empty_state: ApplicationState, qtbot: QtBot
) -> None:
    panel = JobsPanel(empty_state)
    qtbot.addWidget(panel)
    assert not any(button.isEnabled() for button in panel.buttons.values())


def test_a_long_path_leaves_the_other_fields_their_place(qtbot: QtBot) -> None:
    deep = Path("/surveys") / ("a-folder-with-a-long-name/" * 6) / "checkpoint.safetensors"
    wanted = next(form for form in job_forms(CHECKPOINT, "tiny") if form.kind == "embed")
    form = JobFormView(wanted, (deep,))
    qtbot.addWidget(form)
    form.resize(660, 200)
    form.show()
    qtbot.waitExposed(form)
    shown = [editor for editor in form._editors if editor.isVisible()]
    assert len(shown) > 2
    for editor in shown:
        right = editor.mapTo(form, editor.rect().topRight()).x()
        assert right <= form.width() and editor.control.width() >= 60
