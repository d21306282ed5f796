from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.services.concurrency.worker import Worker
from astromask_gui.services.model.inference import LANES
from astromask_gui.services.model.input import ModelFacts, model_input, model_view
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.neighbours import Query
from astromask_gui.state.reconstruction import Masking
from tests.services.small_survey import COUNT, CROP, write_cutouts

CHILD = ("-c", f"import runpy; runpy.run_path({str(Path(__file__).parent / 'serve_child.py')!r},"
         " run_name='__main__')")  # fmt: skip
MODEL = {
    "image": CROP,
    "patch": 4,
    "bands": ["g", "r", "i"],
    "width": 8,
    "depth": 1,
    "has_decoder": True,
    "scaling": {"kind": "none"},
    "sha256": "0" * 64,
}


@pytest.fixture
def services(state: ApplicationState, survey: Path) -> Iterator[Services]:
    made = Services(state, model=Worker("The model's process", CHILD, LANES))
    yield made
    made.close()


def give_checkpoint(survey: Path, **changes: Any) -> None:
    (survey / "none.pth").write_text(json.dumps({**MODEL, **changes}))


def open_with(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot, **changes: Any
) -> None:
    give_checkpoint(survey, **changes)
    services.inference.allow()
    state.session.request_open(survey)
    qtbot.waitUntil(lambda: state.session.worker in ("ready", "failed"), timeout=20000)
    qtbot.waitUntil(lambda: state.view.coordinates is not None)


def test_the_active_galaxy_is_reconstructed(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot)
    state.selection.set_active(6)
    qtbot.waitUntil(lambda: state.reconstruction.result is not None)
    result = state.reconstruction.result
    assert result is not None
    assert (result.row, result.patch, int(result.mask.sum())) == (6, 4, 12)
    assert result.original.shape == (3, CROP, CROP)
    np.testing.assert_array_equal(result.original, result.predicted)
    assert not state.reconstruction.busy


def test_a_dragged_slider_ends_at_its_last_place(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot)
    state.selection.set_active(6)
    for step in range(20):
        state.reconstruction.set_masking(Masking(ratio=0.25 + step / 40, seed=step))

    def settled() -> bool:
        result = state.reconstruction.result
        return result is not None and result.masking.seed == 19 and not state.reconstruction.busy

    qtbot.waitUntil(settled)


def test_painted_patches_are_those_hidden(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot)
    painted = tuple(index % 3 == 0 for index in range(16))
    state.reconstruction.set_masking(Masking(painted=painted))
    state.selection.set_active(6)
    qtbot.waitUntil(lambda: state.reconstruction.result is not None)
    assert state.reconstruction.result is not None
    assert tuple(state.reconstruction.result.mask.tolist()) == painted


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"has_decoder": False}, "has no decoder"),
        ({"has_decoder": False, "why_no_decoder": "Its heads are unknown."}, "heads are unknown"),
        ({"scaling": None}, "how its cutouts were scaled"),
        ({"bands": 5}, "takes 5 bands, but the survey has 3"),
        ({"bands": ["u", "g", "r"]}, "lacks the band u"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_said_and_the_rest_works(
    state: ApplicationState,
    services: Services,
    survey: Path,
    qtbot: QtBot,
    changes: dict[str, Any],
    expected: str,
) -> None:
    open_with(state, services, survey, qtbot, **changes)
    assert expected in str(state.reconstruction.unavailable)
    state.selection.set_active(6)
    qtbot.waitUntil(lambda: state.cutout.cutout is not None)
    qtbot.waitUntil(lambda: state.neighbours.results is not None)
    assert state.reconstruction.result is None


def test_a_model_is_given_0_where_the_view_knows_that_there_is_no_data() -> None:
    model = ModelFacts(2, 1, ("r",), 1, 8, 1, True, "", True, "")
    pixels = np.ones((1, 2, 4, 4), np.float32)
    pixels[0, 1, 1, 2] = np.nan
    view = model_view(pixels, ("g", "r"), model)
    np.testing.assert_array_equal(view, [[[[1, np.nan], [1, 1]]]])
    np.testing.assert_array_equal(model_input(view), [[[[1, 0], [1, 1]]]])


def test_a_model_takes_its_bands_in_its_own_order(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot, bands=["i", "g"])
    state.selection.set_active(6)
    qtbot.waitUntil(lambda: state.reconstruction.result is not None)
    cutout, result = state.cutout.cutout, state.reconstruction.result
    assert cutout is not None and result is not None
    np.testing.assert_array_equal(result.original, cutout.pixels[[2, 0], 4:20, 4:20])


def test_a_checkpoint_that_is_gone_or_foreign_is_said(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    services.inference.allow()
    state.session.request_open(survey)
    qtbot.waitUntil(lambda: state.session.worker == "failed", timeout=20000)
    assert "no longer there. Put it back" in str(state.reconstruction.unavailable)


def test_the_model_is_loaded_only_when_allowed(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    give_checkpoint(survey)
    state.session.request_open(survey)
    qtbot.waitUntil(lambda: state.view.coordinates is not None, timeout=20000)
    assert services.model.pid is None
    services.inference.allow()
    qtbot.waitUntil(lambda: state.session.worker == "ready")


def test_a_killed_model_is_started_again_and_answers(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot)
    state.selection.set_active(6)
    qtbot.waitUntil(lambda: state.reconstruction.result is not None)
    assert services.model.pid is not None
    with qtbot.waitSignal(services.model.died):
        os.kill(services.model.pid, signal.SIGKILL)
    assert "started again" in state.messages.history[-1].text
    qtbot.waitUntil(lambda: state.session.worker == "ready")
    state.selection.set_active(8)
    qtbot.waitUntil(lambda: state.reconstruction.result.row == 8)  # type: ignore[union-attr]


def test_a_dropped_file_finds_the_galaxy_that_it_is(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot)
    query = Query("file", path=survey.parent / "cutouts.gri.h5", row_in_file=17)
    state.neighbours.set_query(query)
    qtbot.waitUntil(lambda: state.neighbours.results is not None)
    results = state.neighbours.results
    assert results is not None
    assert results.rows[0] == 17
    assert results.position == pytest.approx((17, 34), abs=0.01)
    assert results.query_picture is not None and results.query_picture.shape == (3, 48, 48)


def test_a_dropped_file_that_does_not_fit_is_refused_in_a_sentence(
    state: ApplicationState, services: Services, survey: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot)
    foreign = write_cutouts(tmp_path / "foreign.ug.h5", count=3, bands=2)
    state.neighbours.set_query(Query("file", path=foreign))
    qtbot.waitUntil(lambda: state.neighbours.error is not None)
    assert "bands" in str(state.neighbours.error)
    state.neighbours.set_query(Query("file", path=tmp_path / "absent.fits"))
    qtbot.waitUntil(lambda: "absent.fits" in str(state.neighbours.error))


def test_another_checkpoint_than_the_stores_is_refused_for_comparing(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot, sha256="1" * 64)
    state.neighbours.set_query(Query("file", path=survey.parent / "cutouts.gri.h5"))
    qtbot.waitUntil(lambda: state.neighbours.error is not None)
    assert "is not the checkpoint that made the store" in str(state.neighbours.error)


def test_the_best_of_a_column_come_largest_first(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot)
    state.neighbours.set_count(5)
    state.neighbours.set_query(Query("column", column="ra"))
    qtbot.waitUntil(lambda: state.neighbours.results is not None)
    results = state.neighbours.results
    assert results is not None and results.value_name == "ra"
    assert results.rows.tolist() == list(range(COUNT - 1, COUNT - 6, -1))
    state.neighbours.set_query(Query("column", column="nonsense"))
    assert "no column" in str(state.neighbours.error)
