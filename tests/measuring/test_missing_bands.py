"""The job `measure`: the bands that each galaxy lacks, found once."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.workspace.samples import write_cutouts
from trainer.config import MeasureConfig
from trainer.cutouts.survey import Survey
from trainer.errors import JobCancelled, QueryError
from trainer.events import Event, Finished, Progress, Warned
from trainer.launch.context import JobContext
from trainer.measuring import missing_bands
from trainer.measuring.missing_bands import COLUMN, names_of, run
from trainer.workspace.runs import create_run
from trainer.workspace.workspace import Workspace

BANDS = ("u", "g", "r", "i", "z")


def write(path: Path, lacking: list[tuple[int, ...]], ra: float = 10.0) -> Path:
    """Cutouts each of which lacks the planes given: all zero, or a twentieth of it NaN."""
    write_cutouts(path, len(lacking), ra=ra)
    with h5py.File(path, "r+") as file:
        for row, planes in enumerate(lacking):
            for plane in planes:
                if plane % 2:
                    file["images"][row, plane, :, :] = 0
                else:
                    file["images"][row, plane, 0, :13] = np.nan
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    first = write(tmp_path / "cutouts" / "first.h5", [(), (0,), (0, 4), (), (1,), ()])
    return Workspace.create(tmp_path / "survey", [first], bands=BANDS, crop=8)


def measure(workspace: Workspace, events: list[Event] | None = None) -> Finished:
    config = MeasureConfig(workspace=workspace.folder)
    heard = events.append if events is not None else None
    return run(config, JobContext(create_run(workspace.folder, config).path, heard))


def names(workspace: Workspace) -> list[str]:
    return workspace.columns.arrow(COLUMN).fill_null("?").to_pylist()


def test_bands_without_data_are_named_in_the_surveys_order(workspace: Workspace) -> None:
    finished = measure(workspace)
    assert names(workspace) == ["none", "u", "u z", "none", "g", "none"]
    assert finished.message == "3 of 6 galaxies lack a band: u 2, g 1, z 1."
    assert finished.outputs == {"column": COLUMN}
    assert workspace.columns.provenance(COLUMN)["bands"] == list(BANDS)


def test_the_column_is_one_of_categories(tmp_path: Path) -> None:
    lacking = [(0,) if row % 3 else () for row in range(12)]
    path = write(tmp_path / "c" / "many.h5", lacking)
    workspace = Workspace.create(tmp_path / "survey", [path], bands=BANDS)
    measure(workspace)
    info = workspace.columns.info(COLUMN)
    assert info.kind == "category" and info.categories == ("none", "u")


def test_only_new_galaxies_are_read_again(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure(workspace)
    workspace.add([write(tmp_path / "cutouts" / "second.h5", [(2,), ()], ra=20.0)])
    assert names(workspace) == ["none", "u", "u z", "none", "g", "none", "?", "?"]
    asked: list[int] = []
    read = Survey.read

    def watched(self: Survey, rows: np.ndarray, **words: object) -> object:
        asked.extend(rows.tolist())
        return read(self, rows, **words)

    monkeypatch.setattr(Survey, "read", watched)
    measure(workspace)
    assert asked == [6, 7]
    assert names(workspace) == ["none", "u", "u z", "none", "g", "none", "r", "none"]
    assert measure(workspace).message.startswith("4 of 8")


def test_what_was_found_before_a_cancellation_is_kept(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missing_bands, "_BLOCK", 2)

    def stop_at_four(self: JobContext) -> None:
        if any(isinstance(event, Progress) and event.done == 4 for event in events):
            raise JobCancelled

    monkeypatch.setattr(JobContext, "raise_if_cancelled", stop_at_four)
    monkeypatch.setattr(JobContext, "emit", lambda self, event: events.append(event))
    events: list[Event] = []
    with pytest.raises(JobCancelled):
        measure(workspace, events)
    assert names(workspace) == ["none", "u", "u z", "none", "?", "?"]
    events.clear()
    monkeypatch.undo()
    measure(workspace)
    assert names(workspace) == ["none", "u", "u z", "none", "g", "none"]


def test_progress_grows_to_the_end(workspace: Workspace) -> None:
    events: list[Event] = []
    measure(workspace, events)
    done = [event.done for event in events if isinstance(event, Progress)]
    assert done[-1] == 6 and all(a < b for a, b in pairwise(done))


def test_a_file_that_has_gone_is_told_and_the_others_are_read(
    workspace: Workspace, tmp_path: Path
) -> None:
    second = write(tmp_path / "cutouts" / "second.h5", [(2,), ()], ra=20.0)
    workspace.add([second])
    second.unlink()
    events: list[Event] = []
    measure(workspace, events)
    assert names(workspace) == ["none", "u", "u z", "none", "g", "none", "?", "?"]
    (warned,) = [event for event in events if isinstance(event, Warned)]
    assert "second.h5" in warned.message and "2 galaxies were left out" in warned.message
    (tmp_path / "cutouts" / "first.h5").unlink()
    with pytest.raises(QueryError, match="None of the 2 cutouts"):
        measure(workspace)


def test_a_column_of_other_bands_is_found_anew(workspace: Workspace) -> None:
    workspace.columns.add_measure(
        COLUMN, np.arange(6), np.array(["Y"] * 6), provenance={"bands": ["Y"]}
    )
    measure(workspace)
    assert names(workspace)[1] == "u"


def test_names_of_no_galaxies_are_none() -> None:
    assert names_of(np.empty((0, 5), bool), BANDS).tolist() == []
