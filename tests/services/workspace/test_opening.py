from __future__ import annotations

import os
import signal
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.services.workspace.loading import CHECKPOINTS, find_checkpoints
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_view import WHOLE, CutoutWindow
from tests.services.small_survey import (
    BANDS,
    COUNT,
    CROP,
    NOISE,
    SIDE,
    add_projection,
    add_store,
    write_cutouts,
)
from trainer.config import PackConfig
from trainer.launch.context import JobContext
from trainer.packing import pack
from trainer.workspace.workspace import Workspace


def test_opening_fills_the_state(opened: ApplicationState, survey: Path) -> None:
    workspace = opened.session.workspace
    assert workspace is not None and workspace.folder == survey
    assert (workspace.count, workspace.bands, workspace.store) == (COUNT, BANDS, "small")
    assert opened.selection.size == COUNT
    assert opened.view.projection == "pca"
    assert opened.view.coordinates is not None
    np.testing.assert_array_equal(opened.view.coordinates[7], [7, 14])
    assert {"object_id", "ra", "dec", "tile"} <= set(opened.columns.names())
    assert opened.preferences.recent == (str(survey),)


def test_noise_is_measured_before_the_first_picture(opened: ApplicationState) -> None:
    pixels = opened.display.survey
    assert pixels.noise == pytest.approx(NOISE, rel=0.1)
    assert pixels.crop == CROP


def test_the_active_galaxy_is_shown_with_its_facts(opened: ApplicationState, qtbot: QtBot) -> None:
    opened.selection.set_active(12)
    qtbot.waitUntil(lambda: opened.cutout.cutout is not None)
    cutout = opened.cutout.cutout
    assert cutout is not None
    assert (cutout.row, cutout.object_id, cutout.dec) == (12, "G5-12", 2.0)
    assert cutout.ra == pytest.approx(150.12)
    assert cutout.pixels.shape == (3, SIDE, SIDE)
    assert cutout.pixels[0, SIDE // 2, SIDE // 2] == 112
    assert "tile" in cutout.facts


def test_quick_clicks_end_at_the_last_galaxy(opened: ApplicationState, qtbot: QtBot) -> None:
    shown: list[int] = []

    def note() -> None:
        if opened.cutout.cutout is not None and opened.cutout.loading is None:
            shown.append(opened.cutout.cutout.row)

    opened.cutout.changed.connect(note)
    for row in range(30):
        opened.selection.set_active(row)
    qtbot.waitUntil(lambda: shown[-1:] == [29])
    # Galaxies that were passed over were not read one after the other.
    assert len(shown) < 30


def test_thumbnails_of_every_row_asked_for_arrive(opened: ApplicationState, qtbot: QtBot) -> None:
    for row in range(COUNT):
        assert opened.thumbnails.get(row) is None
    qtbot.waitUntil(lambda: all(opened.thumbnails.get(row) is not None for row in range(COUNT)))
    first, last = opened.thumbnails.get(0), opened.thumbnails.get(COUNT - 1)
    assert first is not None and last is not None
    assert first.shape == (3, 48, 48)
    # One of 16 pixels covers 3 × 3 of the thumbnail's, so that the peaks keep their ratio.
    assert float(last.max() / first.max()) == pytest.approx((99 + COUNT) / 100, abs=0.01)


def test_identifiers_of_rows_asked_for_arrive(opened: ApplicationState, qtbot: QtBot) -> None:
    assert [opened.identifiers.get(row) for row in (3, 5, 3)] == [None, None, None]
    qtbot.waitUntil(lambda: opened.identifiers.get(5) is not None)
    assert [opened.identifiers.get(row) for row in (3, 5)] == ["G5-3", "G5-5"]


def test_the_galaxy_under_the_mouse_is_read_before_those_that_wait(
    opened: ApplicationState, qtbot: QtBot
) -> None:
    arrived: list[list[int]] = []
    opened.thumbnails.ready.connect(arrived.append)
    for row in range(COUNT):
        opened.thumbnails.get(row)
    # The newest are read first, so that the first waits longest.
    with qtbot.waitSignal(opened.thumbnails.wanted):
        pass
    opened.selection.set_hovered(COUNT - 1)
    qtbot.waitUntil(lambda: sum(map(len, arrived)) == COUNT)
    assert [COUNT - 1] in arrived[:2]


def test_other_bands_bring_other_thumbnails(opened: ApplicationState, qtbot: QtBot) -> None:
    from dataclasses import replace

    opened.thumbnails.get(3)
    qtbot.waitUntil(lambda: opened.thumbnails.get(3) is not None)
    before = opened.thumbnails.get(3)
    opened.display.set_settings(replace(opened.display.settings, rgb=(0, 0, 0)))
    assert opened.thumbnails.get(3) is None
    qtbot.waitUntil(lambda: opened.thumbnails.get(3) is not None)
    after = opened.thumbnails.get(3)
    assert before is not None and after is not None
    assert not np.array_equal(before, after)
    np.testing.assert_array_equal(after[0], after[1])


def test_columns_are_loaded_when_asked_for(opened: ApplicationState, qtbot: QtBot) -> None:
    assert opened.columns.values("ra") is None
    with qtbot.waitSignal(opened.columns.ready):
        pass
    values = opened.columns.values("ra")
    assert values is not None
    np.testing.assert_allclose(values, 150 + 0.01 * np.arange(COUNT))


def test_neighbours_follow_the_active_galaxy(opened: ApplicationState, qtbot: QtBot) -> None:
    opened.selection.set_active(20)
    qtbot.waitUntil(lambda: opened.neighbours.results is not None, timeout=20000)
    results = opened.neighbours.results
    assert results is not None
    # Vectors lie on an arc in the order of rows.
    assert set(results.rows[:4].tolist()) == {18, 19, 21, 22}
    assert 20 not in results.rows
    assert (np.diff(results.values) >= 0).all()


def test_a_killed_search_is_told_of_and_the_next_is_answered(
    opened: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    opened.selection.set_active(20)
    qtbot.waitUntil(lambda: opened.neighbours.results is not None, timeout=20000)
    assert services.searcher.pid is not None
    with qtbot.waitSignal(services.searcher.died):
        os.kill(services.searcher.pid, signal.SIGKILL)
    assert "The search was killed (SIGKILL" in opened.messages.history[-1].text
    opened.selection.set_active(30)
    qtbot.waitUntil(lambda: opened.neighbours.results.query.row == 30)  # type: ignore[union-attr]
    assert opened.neighbours.results is not None
    assert set(opened.neighbours.results.rows[:2].tolist()) == {29, 31}


def test_a_new_projection_and_store_appear_and_the_view_stays(
    opened: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    opened.selection.set_active(5)
    workspace = Workspace.open(survey)
    add_projection(workspace, "umap-0")
    add_store(workspace, "second")
    done: list[bool] = []
    services.workspace.refresh(lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done))
    assert set(opened.view.projections) == {"pca", "umap-0"}
    assert opened.view.projection == "pca"
    assert opened.selection.active == 5
    assert opened.session.workspace is not None
    assert set(opened.session.workspace.stores) == {"small", "second"}
    assert opened.session.workspace.store == "small"
    opened.view.request_projection("umap-0")
    qtbot.waitUntil(lambda: opened.view.projection == "umap-0")
    opened.session.request_store("second")
    qtbot.waitUntil(lambda: opened.session.workspace.store == "second")  # type: ignore[union-attr]
    assert opened.view.projection == "pca"


def test_copies_that_a_job_has_packed_are_read_at_once(
    opened: ApplicationState, services: Services, survey: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    def refreshed() -> int:
        done: list[bool] = []
        services.workspace.refresh(lambda: done.append(True))
        qtbot.waitUntil(lambda: bool(done))
        return services.reader.introductions

    before = services.reader.introductions
    assert refreshed() == before, "nothing new, nothing to open"
    config = PackConfig(workspace=survey, files="all")
    pack.run(config, JobContext(tmp_path, lambda _: None))
    assert refreshed() == before + 1
    assert refreshed() == before + 1


def test_the_best_checkpoint_of_each_pretraining_is_found(tmp_path: Path) -> None:
    for run, names in {
        "2026-01-01T00-00-00Z-pretrain": ("best", "last"),
        "2026-02-01T00-00-00Z-pretrain": ("last",),
        "2026-03-01T00-00-00Z-embed": (),
    }.items():
        (tmp_path / "runs" / run).mkdir(parents=True)
        for name in names:
            (tmp_path / "runs" / run / f"checkpoint-{name}.safetensors").touch()
    found = [f"{path.parent.name[5:7]} {path.stem}" for path in find_checkpoints(tmp_path)]
    assert found == ["02 checkpoint-last", "01 checkpoint-best"]


def test_the_names_of_checkpoints_are_those_that_pretraining_writes() -> None:
    # Read, not imported: it would bring torch into this process.
    source = Path(find_spec("trainer").submodule_search_locations[0])  # type: ignore[union-attr,index]
    text = (source / "model" / "checkpoints.py").read_text()
    assert all(f'"{name}"' in text for name in CHECKPOINTS)


def test_rows_that_were_added_appear(
    opened: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    opened.selection.select_rows(np.array([3]))
    more = write_cutouts(survey.parent / "more.gri.h5", count=10, seed=6)
    Workspace.open(survey).add([more])
    done: list[bool] = []
    services.workspace.refresh(lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done))
    assert opened.selection.size == COUNT + 10
    assert opened.selection.rows().tolist() == [3]
    assert opened.view.coordinates is not None
    assert len(opened.view.coordinates) == COUNT + 10
    assert np.isnan(opened.view.coordinates[COUNT]).all()
    opened.selection.set_active(COUNT + 2)
    qtbot.waitUntil(lambda: opened.cutout.cutout is not None)
    assert opened.cutout.cutout is not None
    assert opened.cutout.cutout.object_id == "G6-2"


def test_another_workspace_leaves_nothing_of_the_one_before(
    other: Path, opened: ApplicationState, qtbot: QtBot
) -> None:
    opened.selection.set_active(20)
    opened.selection.select_rows(np.array([1, 2]))
    opened.filters.set("f", "some", np.arange(COUNT) < 30)
    opened.cutout_view.set_window(CutoutWindow(9.0, 9.0, 2.0))
    opened.session.request_open(other)
    qtbot.waitUntil(lambda: opened.session.workspace.folder == other)  # type: ignore[union-attr]
    assert opened.selection.active is None and opened.selection.count == 0
    assert opened.filters.visible is None
    # A part of a large cutout may lie beside a small one.
    assert opened.cutout_view.window == WHOLE
    assert opened.neighbours.results is None and opened.view.coordinates is None
    assert opened.undo.undo_caption is None
    assert opened.session.workspace is not None and opened.session.workspace.store is None
    opened.selection.set_active(1)
    qtbot.waitUntil(lambda: opened.neighbours.error is not None)
    assert "no embeddings yet" in str(opened.neighbours.error)


def test_closing_leaves_nothing_and_nothing_comes_back(
    opened: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    opened.selection.set_active(3)
    services.workspace.refresh(lambda: None)
    opened.session.set_workspace(None)
    assert opened.selection.size == 0 and opened.view.coordinates is None
    assert opened.columns.names() == () and opened.jobs.jobs == ()
    opened.session.request_open(survey.parent / "absent")
    qtbot.waitUntil(lambda: opened.session.error is not None)
    # The refresh, which was asked for before, has been dropped.
    assert opened.session.workspace is None
    opened.session.request_open(survey)
    qtbot.waitUntil(lambda: opened.view.coordinates is not None, timeout=20000)
    opened.selection.set_active(3)
    qtbot.waitUntil(lambda: opened.cutout.cutout is not None)


def test_cutouts_without_a_workspace_are_offered_and_become_one(
    state: ApplicationState, tmp_path: Path, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    cutouts = write_cutouts(tmp_path / "stack.gri.h5")
    request.getfixturevalue("services")
    with qtbot.waitSignal(state.session.cutouts_offered, timeout=20000) as offered:
        state.session.request_open(cutouts)
    facts = offered.args[0]
    assert (facts["count"], facts["size"], facts["files"]) == (COUNT, (SIDE, SIDE), 1)
    state.session.request_create(
        {"folder": facts["folder"], "cutouts": facts["cutouts"], "bands": ["g", "r", "i"]}
    )
    qtbot.waitUntil(lambda: state.session.workspace is not None, timeout=20000)
    assert state.session.workspace is not None
    assert state.session.workspace.folder == facts["folder"]
    # The cutouts are smaller than the default crop, which is said.
    assert any("24" in message.text for message in state.messages.history)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("absent", None, "There is no file or folder"),
        ("notes.txt", b"hello there", "no file of cutouts that is known"),
        ("model.pth", b"anything", "is a checkpoint"),
        ("broken.h5", b"\x89HDF\r\n\x1a\n" + b"\0" * 64, "broken.h5"),
    ],
)
def test_what_can_not_be_opened_is_said_and_what_is_open_stays(
    opened: ApplicationState,
    tmp_path: Path,
    qtbot: QtBot,
    name: str,
    content: bytes | None,
    expected: str,
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    before = opened.session.workspace
    opened.session.request_open(path)
    qtbot.waitUntil(lambda: opened.session.error is not None)
    assert expected in str(opened.session.error)
    assert opened.session.workspace is before


def test_a_workspace_whose_cutouts_have_moved_still_opens(
    survey: Path, state: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    (survey.parent / "cutouts.gri.h5").rename(survey.parent / "elsewhere.h5")
    state.session.request_open(survey)
    qtbot.waitUntil(lambda: state.view.coordinates is not None, timeout=20000)
    assert any("relink" in message.text for message in state.messages.history)
    state.selection.set_active(2)
    qtbot.waitUntil(lambda: state.cutout.error is not None)
    assert "relink" in str(state.cutout.error)


def test_a_store_of_another_catalogue_is_left_out_and_said(
    survey: Path, state: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    manifest = survey / "embeddings" / "small" / "manifest.json"
    text = manifest.read_text()
    fingerprint = Workspace.open(survey).catalogue.fingerprint
    manifest.write_text(text.replace(fingerprint, "f" * 64))
    state.session.request_open(survey)
    qtbot.waitUntil(lambda: state.session.workspace is not None, timeout=20000)
    assert state.session.workspace is not None and state.session.workspace.store is None
    assert any("another catalogue" in message.text for message in state.messages.history)
