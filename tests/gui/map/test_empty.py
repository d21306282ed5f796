"""A map without points says what comes next."""

from __future__ import annotations

import pytest

from astromask_gui.state.session import OpenWorkspace
from tests.gui.map_scene import Scene


def test_an_empty_map_offers_the_demo(empty_scene: Scene, qtbot) -> None:
    empty_scene.map.show()
    buttons = empty_scene.map.empty.findChildren(type(empty_scene.map.empty._buttons["demo"]))
    shown = [button.text() for button in buttons if button.isVisible()]
    assert shown == ["Open the demo", "Open cutouts or a workspace …"]
    with qtbot.waitSignal(empty_scene.state.session.demo_requested):
        empty_scene.map.empty._buttons["demo"].click()


@pytest.mark.parametrize(
    ("store", "projections", "buttons"),
    [(None, (), ["embed", "pretrain"]), ("vit", (), ["project"]), ("vit", ("UMAP",), [])],
)
def test_an_empty_map_says_what_comes_next(
    empty_scene: Scene, store: str | None, projections: tuple[str, ...], buttons: list[str]
) -> None:
    from pathlib import Path

    empty_scene.map.show()
    stores = (store,) if store else ()
    empty_scene.state.view.set_projections(projections)
    empty_scene.state.session.set_workspace(
        OpenWorkspace(Path("x"), "x", 10, ("r",), stores, store)
    )
    offered = [n for n, b in empty_scene.map.empty._buttons.items() if b.isVisible()]
    assert offered == buttons


def test_closing_a_survey_empties_the_map(scene: Scene) -> None:
    scene.state.session.set_workspace(None)
    scene.state.view.set_coordinates(None, None)
    assert scene.frame is None
    assert scene.map.empty.isVisible()
    assert scene.map.frames.points is None
