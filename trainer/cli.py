"""The `astromask` command.

Each module of `trainer.commands` is a subcommand of the same name, `-` for `_`: its docstring's
first line is the help, `add_arguments(parser)` its options, `run(args) -> int` its work. Only
the module that is asked for is imported, and it imports what is heavy when it runs.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from importlib.metadata import version
from types import ModuleType
from typing import NoReturn

import trainer.commands
from trainer.errors import AstroMaskError

EXIT_ERROR = 2
EXIT_INTERRUPTED = 130

_NO_COMMANDS = {"options"}
_ORDER = (
    "new",
    "add",
    "join",
    "relink",
    "inspect",
    "cut",
    "pack",
    "simulate",
    "pretrain",
    "embed",
    "import-embeddings",
    "project",
    "place",
    "measure",
    "reconstruct",
    "search",
    "finetune",
    "score",
    "export",
    "verify",
    "run",
    "serve",
)


def command_names() -> list[str]:
    """Every subcommand, in the order in which a survey meets them."""
    modules = pkgutil.iter_modules(trainer.commands.__path__)
    found = {module.name.replace("_", "-") for module in modules}
    found -= _NO_COMMANDS
    known = [name for name in _ORDER if name in found]
    return known + sorted(found - set(known))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0, 2 after an error's sentence, 130 on Ctrl-C."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        if not words:
            _parser(words).print_help(sys.stderr)
            return EXIT_ERROR
        args = _parser(words).parse_args(words)
        return int(args.command_function(args))
    except AstroMaskError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return 1
    except OSError as error:
        return _fail(_os_sentence(error))


class _Parser(argparse.ArgumentParser):
    """Tells where a word went that seems to be missing."""

    def error(self, message: str) -> NoReturn:
        greedy = [
            action.option_strings[0]
            for action in self._actions
            if action.option_strings and action.nargs == "+"
        ]
        if "arguments are required" in message and greedy:
            message += f" ({' and '.join(greedy)} takes all words up to the next option)"
        super().error(message)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="astromask",
        description="Explore surveys of galaxies through a masked autoencoder.",
    )
    parser.add_argument("--version", action="version", version=f"astromask {version('astromask')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    names = command_names()
    # Help and mistakes need the whole list; a known command needs only itself.
    wanted = [words[0]] if words and words[0] in names else names
    for name in wanted:
        module = importlib.import_module(f"trainer.commands.{name.replace('-', '_')}")
        _add_command(commands, name, module)
    return parser


def _add_command(
    commands: argparse._SubParsersAction[_Parser], name: str, module: ModuleType
) -> None:
    text = (module.__doc__ or "").strip()
    parser = commands.add_parser(
        name,
        help=text.partition("\n")[0].replace("%", "%%"),
        description=text,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(parser)
    # A name that no option has: `score --run NAME` would overwrite "run".
    parser.set_defaults(command_function=module.run)


def _fail(sentence: str) -> int:
    print(f"astromask: {sentence}", file=sys.stderr)
    return EXIT_ERROR


def _os_sentence(error: OSError) -> str:
    if error.filename is None:
        return f"The system refused: {error.strerror or error}."
    path = os.fsdecode(error.filename)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"There is no space left on the disk to write {path}."
    return f"{path}: {error.strerror or error}."


def _discard_output() -> None:
    """Keep Python from reporting, as it ends, that the reader of our output has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
