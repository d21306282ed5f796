"""python -m benchmarks NAME [--json FILE] [--small]: measure, print a table, write JSON."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path

import benchmarks
from astromask_gui.leaving import leave
from benchmarks.results import table, write_json
from trainer.errors import AstroMaskError


def names() -> list[str]:
    """The benchmarks: modules of this package that have a `run`."""
    found = sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    folder = Path(benchmarks.__path__[0])
    return [
        name
        for name in found
        if (folder / f"{name}.py").is_file() and "\ndef run(" in (folder / f"{name}.py").read_text()
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one benchmark; 0 whether or not its targets hold, 2 where it can't be run."""
    words = list(sys.argv[1:] if argv is None else argv)
    known = names()
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    commands = parser.add_subparsers(metavar="NAME", required=True)
    for name in [words[0]] if words and words[0] in known else known:
        module = importlib.import_module(f"benchmarks.{name}")
        command = commands.add_parser(name, help=(module.__doc__ or "").partition("\n")[0])
        command.add_argument("--json", type=Path, metavar="FILE", help="Also write JSON.")
        command.add_argument("--small", action="store_true", help="A small size, in seconds.")
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    args = parser.parse_args(words)
    try:
        results = args.run(args)
        print(table(results))
        if args.json is not None:
            write_json(args.json, results)
    except AstroMaskError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    leave(main())
