from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.jobs.actions import start_job
from astromask_gui.services.jobs.forms import job_forms, typed_values
from astromask_gui.services.jobs.watch import MOST_POINTS, JobWatch
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.jobs import Job
from trainer.config import ScoreConfig
from trainer.errors import WorkspaceError
from trainer.events import Cancelled, EventLog, Finished, Metric, Progress, Stage, Started
from trainer.workspace.process import mark_process
from trainer.workspace.runs import RunFolder, create_run
from trainer.workspace.workspace import Workspace


@pytest.fixture
def run(survey: Path) -> RunFolder:
    """A run that this very process seems to be at."""
    made = create_run(survey, ScoreConfig(workspace=survey))
    (made.path / "process.json").write_text(mark_process().model_dump_json())
    EventLog(made.path / "events.jsonl").append(Started(job="score"))
    return made


@pytest.fixture
def log(run: RunFolder) -> EventLog:
    return EventLog(run.path / "events.jsonl")


def test_a_run_that_is_asked_to_stop_is_stopping_until_it_has(
    survey: Path, run: RunFolder, log: EventLog
) -> None:
    watch = JobWatch(survey)
    assert [job.stopping for job in watch.look()] == [False]
    run.request_cancel()
    assert [job.stopping for job in watch.look()] == [True]
    log.append(Cancelled())
    assert [(job.status, job.stopping) for job in watch.look()] == [("cancelled", False)]


def only_job(state: ApplicationState) -> Job:
    (job,) = state.jobs.jobs
    return job


def test_a_run_is_read_into_a_job(survey: Path, run: RunFolder, log: EventLog) -> None:
    log.append(Stage(name="Reading"))
    log.append(Progress(done=3, total=12, unit="galaxies", seconds_left=9))
    for step in (1, 2):
        log.append(Metric(step=step, epoch=step, values={"loss": 1 / step}))
    watch = JobWatch(survey)
    (job,) = watch.look()
    assert (job.name, job.kind, job.status) == (run.name, "score", "running")
    assert (job.fraction, job.seconds_left) == (0.25, 9)
    assert job.sentence == "Reading: 3 of 12 galaxies"
    assert job.curves == {"loss": ((1.0, 1.0), (2.0, 0.5))}
    log.append(Metric(step=3, epoch=3, values={"loss": 0.25}))
    log.append(Finished(message="All scored."))
    (job,) = watch.look()
    assert (job.status, job.sentence) == ("finished", "All scored.")
    assert job.curves is not None and job.curves["loss"][-1] == (3.0, 0.25)


def test_long_curves_are_thinned_and_keep_their_ends(
    survey: Path, run: RunFolder, log: EventLog
) -> None:
    with log.path.open("a") as file:
        for step in range(5 * MOST_POINTS):
            file.write(Metric(step=step, epoch=0, values={"loss": step}).model_dump_json() + "\n")
    (job,) = JobWatch(survey).look()
    assert job.curves is not None
    steps = [step for step, _ in job.curves["loss"]]
    assert len(steps) <= MOST_POINTS and steps == sorted(steps)
    assert steps[-1] == 5 * MOST_POINTS - 1


def test_the_newest_job_comes_first(survey: Path, run: RunFolder) -> None:
    second = create_run(survey, ScoreConfig(workspace=survey))
    assert [job.name for job in JobWatch(survey).look()] == [second.name, run.name]


def test_jobs_of_before_are_found_and_their_end_is_told(
    run: RunFolder, log: EventLog, opened: ApplicationState, survey: Path, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: bool(opened.jobs.jobs))
    assert only_job(opened).active
    Workspace.open(survey).columns.add_measure(
        "score_lens", np.arange(40), np.linspace(0, 1, 40), provenance={}
    )
    log.append(Finished(message="All scored."))
    qtbot.waitUntil(lambda: not only_job(opened).active)
    # What the job made is taken in.
    qtbot.waitUntil(lambda: "score_lens" in opened.columns.names())
    assert any("Scoring is done" in message.text for message in opened.messages.history)


def test_cancelling_leaves_the_word_in_the_run_folder(
    run: RunFolder, log: EventLog, opened: ApplicationState, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: bool(opened.jobs.jobs))
    opened.jobs.cancel(run.name)
    qtbot.waitUntil(lambda: (run.path / "cancel").exists())
    log.append(Cancelled())
    qtbot.waitUntil(lambda: only_job(opened).status == "cancelled")


def test_a_job_that_was_killed_is_told_with_its_end(
    run: RunFolder, opened: ApplicationState, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: bool(opened.jobs.jobs))
    (run.path / "exit.json").write_text(json.dumps({"signal": "SIGKILL", "ended": time.time()}))
    qtbot.waitUntil(lambda: only_job(opened).status == "crashed")
    assert opened.messages.history[-1].level == "error"
    assert "SIGKILL" in opened.messages.history[-1].text


def test_a_real_job_runs_and_its_result_appears(opened: ApplicationState, qtbot: QtBot) -> None:
    opened.jobs.start({"kind": "project", "method": "pca", "name": "mine", "store": "small"})
    qtbot.waitUntil(lambda: "mine" in opened.view.projections, timeout=60000)
    assert only_job(opened).status == "finished"
    # What is looked at stays.
    assert opened.view.projection == "pca"


def test_learning_needs_grades(opened: ApplicationState) -> None:
    opened.jobs.learn()
    assert "Grade some galaxies first" in opened.messages.history[-1].text


def test_learning_ends_with_a_coloured_map_and_the_best_candidates(
    opened: ApplicationState, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(opened.labels.changed):
        opened.labels.grade(np.arange(34, 40), "A")
    with qtbot.waitSignal(opened.labels.changed):
        opened.labels.grade(np.arange(6), "X")
    opened.jobs.learn()
    qtbot.waitUntil(lambda: opened.view.colouring.column == "score_lens", timeout=90000)
    qtbot.waitUntil(lambda: opened.neighbours.results is not None, timeout=20000)
    results = opened.neighbours.results
    assert results is not None and results.value_name == "score_lens"
    # Vectors turn steadily with the row, so the last rows look most like the lenses.
    assert set(results.rows[:6].tolist()) <= set(range(30, 40))


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"kind": "pretrain", "epochs": 0}, "epochs"),
        ({"kind": "embed"}, "checkpoint"),
        ({"kind": "dance"}, "dance"),
    ],
)
def test_an_impossible_job_is_refused_in_a_sentence(
    survey: Path, config: dict[str, object], expected: str
) -> None:
    with pytest.raises(WorkspaceError, match=expected):
        start_job(survey, config)
    assert not list((survey / "runs").glob("*")) if (survey / "runs").exists() else True


def test_forms_offer_what_is_open() -> None:
    forms = {form.kind: form for form in job_forms(Path("/c.pth"), "small")}
    embed = {field.name: field for field in forms["embed"].fields}
    assert (embed["checkpoint"].kind, embed["checkpoint"].default) == ("path", "/c.pth")
    assert (embed["orientations"].choices, embed["orientations"].default) == (("8", "1"), "8")
    pretrain = {field.name: field for field in forms["pretrain"].fields}
    assert (pretrain["mask_ratio"].minimum, pretrain["mask_ratio"].maximum) == (0, 1)
    assert pretrain["model"].kind == "choice"
    assert not {"workspace", "kind"} & set(pretrain)


def test_a_form_left_as_it_is_makes_a_job(survey: Path) -> None:
    started: list[object] = []
    for form in job_forms(survey / "c.pth", "small"):
        values = {field.name: field.default for field in form.fields}
        config = typed_values({"kind": form.kind, **values})
        started.append(_checked(config, survey))
    assert len(started) == len(job_forms(survey / "c.pth", "small")) > 0


def _checked(config: dict[str, object], survey: Path) -> object:
    from trainer.config import config_from_json

    check: Callable[[str], object] = config_from_json
    return check(json.dumps({**config, "workspace": survey}, default=str))
