from __future__ import annotations

import argparse
import subprocess
import sys
import types
from pathlib import Path

import pytest

from trainer import cli
from trainer.errors import QueryError


def command(raises: BaseException | None = None) -> types.ModuleType:
    """A command module whose work is to raise, or to succeed."""

    def run(args: argparse.Namespace) -> int:
        if raises is not None:
            raise raises
        return 0

    module = types.ModuleType("trainer.commands.new", "Do nothing.")
    module.run = run  # type: ignore[attr-defined]
    module.add_arguments = lambda parser: None  # type: ignore[attr-defined]
    return module


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (None, 0, ""),
        (QueryError("There is no such galaxy."), 2, "astromask: There is no such galaxy.\n"),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
        (PermissionError(13, "Permission denied", "/x"), 2, "astromask: /x: Permission denied.\n"),
        (OSError(28, "No space left", "/x"), 2, "astromask: There is no space left"),
        (OSError("odd"), 2, "astromask: The system refused: odd.\n"),
    ],
)
def test_errors_become_a_sentence_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException | None,
    code: int,
    words: str,
) -> None:
    monkeypatch.setitem(sys.modules, "trainer.commands.new", command(error))
    assert cli.main(["new"]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(words)
    assert "Traceback" not in shown.err


def test_a_mistake_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trainer.commands.new", command(TypeError("a bug")))
    with pytest.raises(TypeError):
        cli.main(["new"])


def test_every_command_is_listed_with_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    for name in cli.command_names():
        assert f"\n    {name}" in text
    assert "Make a workspace of files or folders of cutouts." in text


def test_no_command_and_an_unknown_one_are_mistakes_of_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["cook"])
    assert stop.value.code == 2
    capsys.readouterr()
    assert cli.main([]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and "Make a workspace of files" in shown.err


def test_a_file_that_an_option_took_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["cut", "objects.csv", "--tiles", "r.fits", "out.h5"])
    assert stop.value.code == 2
    assert "OUT.h5 (--tiles takes all words up to the next option)" in capsys.readouterr().err


def test_commands_are_light_to_list_and_only_the_one_asked_for_is_imported() -> None:
    program = (
        "import sys, contextlib, io; from trainer import cli\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    cli.main({words})\n"
        "heavy = {{'torch', 'umap', 'faiss', 'sklearn', 'astropy', 'pyarrow', 'duckdb', 'h5py'}}\n"
        "print(sorted(heavy & set(sys.modules)),"
        " sum(name.startswith('trainer.commands.') for name in sys.modules))"
    )

    def result(words: list[str]) -> str:
        script = [sys.executable, "-c", program.format(words=words)]
        return subprocess.run(script, capture_output=True, text=True, check=True).stdout

    assert result(["--help"]).startswith("[] ")
    assert result(["relink", "--help"]) == "[] 1\n"


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    script = (
        "import sys, types; from trainer import cli\n"
        "module = types.ModuleType('trainer.commands.new', 'Talk.')\n"
        "module.add_arguments = lambda parser: None\n"
        "def run(args):\n"
        "    while True: print('x' * 4096, flush=True)\n"
        "module.run = run\n"
        "sys.modules['trainer.commands.new'] = module\n"
        "sys.exit(cli.main(['new']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(1)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 1
