"""What `astromask-gui` says and returns where there is no screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from PIL import Image

from astromask_gui.resource_files import resource
from tests.services.small_survey import make_workspace

Run = Callable[..., "CompletedProcess[str]"]
GUI = "astromask_gui.app"


def test_without_a_display_one_sentence_says_how_to_get_a_picture(run: Run) -> None:
    done = run(GUI, "--demo")
    assert done.returncode == 2
    assert "astromask-gui --demo --screenshot demo.png" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_display_that_does_not_answer_is_no_crash(run: Run) -> None:
    done = run(GUI, "--demo", DISPLAY=":4321")
    assert done.returncode == 2
    assert "the display :4321 does not answer" in done.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--demo", "here"), "either a workspace or --demo"),
        (("--size", "big"), "1440x900"),
        (("--style", "pink"), "invalid choice"),
    ],
)
def test_mistakes_are_answered_at_once(run: Run, words: tuple[str, ...], expected: str) -> None:
    done = run(GUI, *words)
    assert done.returncode == 2 and expected in done.stderr


def test_a_picture_of_a_small_survey(run: Run, tmp_path: Path) -> None:
    survey, picture = make_workspace(tmp_path), tmp_path / "survey.png"
    words = ("--screenshot", picture, "--select", "G5-7", "--size", "1300x820")
    done = run(GUI, survey, *words, "--style", "light")
    assert done.returncode == 0, done.stderr
    with Image.open(picture) as image:
        assert image.size == (1300, 820)
        # A light style: most of it is bright; and not all of it is one colour.
        assert image.convert("L").resize((1, 1)).getpixel((0, 0)) > 128  # type: ignore[operator]
        assert len(image.convert("RGB").getcolors(maxcolors=2**24) or ()) > 50


@pytest.mark.parametrize(
    ("select", "expected"),
    [("nobody", "There is no galaxy nobody"), (None, "There is no file or folder")],
)
def test_no_picture_where_something_is_missing(
    run: Run, tmp_path: Path, select: str | None, expected: str
) -> None:
    picture = tmp_path / "none.png"
    if select is None:
        words: list[object] = [tmp_path / "absent"]
    else:
        words = [make_workspace(tmp_path), "--select", select]
    done = run(GUI, *words, "--screenshot", picture)
    assert done.returncode == 2
    assert expected in done.stderr
    assert not picture.exists()


def test_a_picture_that_can_not_be_written_is_said(run: Run, tmp_path: Path) -> None:
    done = run(GUI, make_workspace(tmp_path), "--screenshot", tmp_path / "no" / "folder.png")
    assert done.returncode == 2 and "can't be written" in done.stderr


@pytest.mark.slow
def test_a_picture_of_the_demo_shows_everything(run: Run, tmp_path: Path) -> None:
    if not resource("demo", "workspace.toml").is_file():
        pytest.skip("the demo survey is not part of this checkout")
    picture = tmp_path / "demo.png"
    done = run(GUI, "--demo", "--screenshot", picture)
    assert done.returncode == 0, done.stderr
    assert f"Wrote {picture}" in done.stdout
    with Image.open(picture) as image:
        assert image.size == (1440, 900)
        assert len(image.convert("RGB").getcolors(maxcolors=2**24) or ()) > 1000
