"""Tell a workspace that its files of cutouts have moved.

OLD is where a file or a folder of them was, NEW where it is now. A file at NEW that is not
the one that was at OLD is refused.
"""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("workspace", type=Path, help="Folder of the workspace.")
    parser.add_argument("old", type=Path, metavar="OLD", help="Where the file or folder was.")
    parser.add_argument("new", type=Path, metavar="NEW", help="Where it is now.")


def run(args: argparse.Namespace) -> int:
    """Change the paths; returns the exit code."""
    from trainer.workspace.workspace import Workspace

    workspace = Workspace.open(args.workspace)
    count = workspace.relink(args.old, args.new)
    print(f"{count} of {len(workspace.settings.files)} files of cutouts now have a new place.")
    if (sentence := workspace.missing_sentence()) is not None:
        print(sentence)
    return 0
