"""Errors by patch and attention: asked for in portions, and dropped when no longer wanted."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.services.model.patches import MASKS
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.patch_maps import PatchErrors
from astromask_gui.state.reconstruction import Masking
from tests.services.model.test_inference import open_with, services
from tests.services.small_survey import FEW, add_store
from trainer.workspace.workspace import Workspace

__all__ = ["services"]


def wait_for_errors(state: ApplicationState, row: int, qtbot: QtBot) -> PatchErrors:
    def done() -> bool:
        found = state.patch_maps.errors
        return found is not None and (found.row, found.masks) == (row, MASKS)

    qtbot.waitUntil(done, timeout=20000)
    assert state.patch_maps.errors is not None
    return state.patch_maps.errors


def test_errors_are_averaged_over_all_portions(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot)
    seen: list[int] = []
    state.patch_maps.changed.connect(
        lambda: seen.append(state.patch_maps.errors.masks if state.patch_maps.errors else 0)
    )
    state.selection.set_active(6)
    state.patch_maps.set_overlay("surprise")
    found = wait_for_errors(state, 6, qtbot)
    assert found.error.shape == (16, 3) and np.isnan(found.error[0]).all()
    np.testing.assert_allclose(found.error[1:, 2], np.arange(1, 16) + 6, rtol=1e-5)
    assert sorted(set(seen)) == list(dict.fromkeys(seen)), "they only grow"
    assert len({masks for masks in seen if masks}) > 1, "it is shown before it is finished"
    assert not state.patch_maps.busy


def test_another_galaxy_starts_anew(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot)
    state.patch_maps.set_overlay("surprise")
    state.selection.set_active(6)
    qtbot.waitUntil(lambda: state.patch_maps.input is not None)
    state.selection.set_active(9)
    found = wait_for_errors(state, 9, qtbot)
    np.testing.assert_allclose(found.error[1:, 0], np.arange(1, 16) + 9, rtol=1e-5)


def test_another_survey_of_the_same_model_starts_anew(
    other: Path, state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    add_store(Workspace.open(other), checkpoint=str(survey / "none.pth"))
    shutil.rmtree(survey / "embeddings")
    add_store(Workspace.open(survey), checkpoint=str(survey / "none.pth"))
    open_with(state, services, survey, qtbot)
    state.selection.set_active(6)
    state.patch_maps.set_overlay("surprise")
    wait_for_errors(state, 6, qtbot)
    left: list[object] = []
    state.display.changed.connect(lambda: left.append(state.patch_maps.errors))
    state.session.request_open(other)
    qtbot.waitUntil(lambda: state.selection.size == FEW, timeout=20000)
    assert left and not any(left), "errors by band were drawn with another survey's bands"
    qtbot.waitUntil(lambda: state.patch_maps.input is None)
    state.selection.set_active(6)
    wait_for_errors(state, 6, qtbot)


def test_nothing_is_asked_while_nothing_lies_over_the_input(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot)
    state.selection.set_active(6)
    qtbot.waitUntil(lambda: state.reconstruction.result is not None)
    qtbot.waitUntil(lambda: state.patch_maps.input is not None)
    assert state.patch_maps.errors is None and state.patch_maps.attention is None


def test_a_mask_is_answered_while_errors_are_gathered(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot)
    state.selection.set_active(6)
    state.patch_maps.set_overlay("surprise")
    qtbot.waitUntil(lambda: state.patch_maps.errors is not None, timeout=20000)
    state.reconstruction.set_masking(Masking(ratio=0.5, seed=7))
    qtbot.waitUntil(
        lambda: (
            state.reconstruction.result is not None
            and state.reconstruction.result.masking.seed == 7
        )
    )
    wait_for_errors(state, 6, qtbot)


def test_attention_follows_patch_and_galaxy(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot)
    state.selection.set_active(6)
    state.patch_maps.set_overlay("attention")
    qtbot.waitUntil(lambda: state.patch_maps.attention is not None)
    assert state.patch_maps.attention is not None
    assert state.patch_maps.attention.patch is None
    state.patch_maps.look_from(4)
    qtbot.waitUntil(lambda: not state.patch_maps.busy)
    assert state.patch_maps.attention.shares[0].argmax() == 5
    state.selection.set_active(7)
    qtbot.waitUntil(
        lambda: state.patch_maps.attention is not None and state.patch_maps.attention.row == 7
    )
    assert state.patch_maps.attention.patch == 4


def test_an_encoder_alone_has_attention_and_says_why_no_surprise(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot, has_decoder=False, why_no_decoder="No decoder.")
    state.selection.set_active(6)
    state.patch_maps.set_overlay("attention")
    qtbot.waitUntil(lambda: state.patch_maps.attention is not None)
    state.patch_maps.set_overlay("surprise")
    assert state.patch_maps.problem == "No decoder."


def test_a_model_of_other_bands_has_nothing_to_lay_over(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot, bands=5)
    state.patch_maps.set_overlay("attention")
    state.selection.set_active(6)
    qtbot.waitUntil(lambda: state.cutout.cutout is not None)
    assert state.patch_maps.input is None and not state.patch_maps.busy


def test_errors_go_on_after_the_model_was_killed(
    state: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    open_with(state, services, survey, qtbot)
    state.selection.set_active(6)
    state.patch_maps.set_overlay("surprise")
    qtbot.waitUntil(lambda: state.patch_maps.errors is not None, timeout=20000)
    assert services.model.pid is not None
    with qtbot.waitSignal(services.model.died):
        os.kill(services.model.pid, signal.SIGKILL)
    state.selection.set_active(8)
    wait_for_errors(state, 8, qtbot)
