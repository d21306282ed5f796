"""Append files of cutouts to a workspace.

Galaxies that are there keep their rows, grades and scores; `astromask embed` then encodes
the new ones only.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from trainer.commands.new import add_cutouts, describe, file_progress, print_warnings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("workspace", type=Path, help="Folder of the workspace.")
    add_cutouts(parser)


def run(args: argparse.Namespace) -> int:
    """Append the files; returns the exit code."""
    from trainer.workspace.workspace import Workspace

    workspace = Workspace.open(args.workspace)
    count = workspace.add(args.cutouts, file_progress())
    print_warnings(workspace)
    print(f"{count:,} galaxies were added. {describe(workspace)}")
    return 0
