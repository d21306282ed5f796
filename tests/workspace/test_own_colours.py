"""Colours of categories on disk: kept, and refused where they are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trainer.errors import WorkspaceError
from trainer.workspace.own_colours import COLOURS_FILE, read_colours, write_colours

COLOUR = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
NAME = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@given(st.dictionaries(NAME, st.dictionaries(NAME, COLOUR, max_size=5), max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_colours_are_read_as_they_were_written(
    tmp_path: Path, colours: dict[str, dict[str, str]]
) -> None:
    write_colours(tmp_path, colours)
    assert read_colours(tmp_path) == colours


def test_a_workspace_without_them_has_none(tmp_path: Path) -> None:
    assert read_colours(tmp_path) == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1]",
        "{}",
        '{"version": 1}',
        '{"version": 2, "columns": {}}',
        '{"version": 1, "columns": {"type": "#102030"}}',
        '{"version": 1, "columns": {"type": {"lens": "red"}}}',
        '{"version": 1, "columns": {"type": {"lens": 7}}}',
        "\x00\xff",
    ],
)
def test_what_is_damaged_is_refused_and_named(tmp_path: Path, text: str) -> None:
    (tmp_path / COLOURS_FILE).write_bytes(text.encode("latin-1"))
    with pytest.raises(WorkspaceError, match=COLOURS_FILE):
        read_colours(tmp_path)


def test_letters_may_be_large(tmp_path: Path) -> None:
    write_colours(tmp_path, {"type": {"lens": "#ABCDEF"}})
    assert read_colours(tmp_path) == {"type": {"lens": "#abcdef"}}


def test_a_file_without_end_or_bottom_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / COLOURS_FILE).write_text("[" * 200_000)
    with pytest.raises(WorkspaceError, match="JSON"):
        read_colours(tmp_path)
    (tmp_path / COLOURS_FILE).write_text(" " * (5 * 2**20))
    with pytest.raises(WorkspaceError, match="too large"):
        read_colours(tmp_path)
