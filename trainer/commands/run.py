"""List, follow, cancel and start jobs.

A RUN is a folder in a workspace's `runs`. Every job writes its `config.json` there, which
`start` runs again: here, or with --background on its own.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.commands.options import absolute
from trainer.errors import WorkspaceError

if TYPE_CHECKING:
    from trainer.config import JobConfig
    from trainer.workspace.runs import RunFolder

POLL_INTERVAL = 0.2
_EXIT_CODES = {"finished": 0, "cancelled": 130}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="The jobs of a workspace and how they stand.")
    listing.add_argument("workspace", type=Path, help="Folder of the workspace.")
    listing.add_argument("--json", action="store_true", help="For programs.")
    follow = actions.add_parser("follow", help="What a job says, until it ends.")
    follow.add_argument("run_folder", type=Path, metavar="RUN", help="Folder of the run.")
    cancel = actions.add_parser("cancel", help="Ask a job to stop.")
    cancel.add_argument("run_folder", type=Path, metavar="RUN", help="Folder of the run.")
    start = actions.add_parser("start", help="Do what a config.json says, as a new run.")
    start.add_argument("config", type=Path, metavar="CONFIG", help="A config.json.")
    start.add_argument("--workspace", type=Path, help="Another workspace than it names.")
    start.add_argument("--background", action="store_true", help="Return at once.")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; returns the exit code."""
    if args.action == "list":
        return _list(args.workspace, args.json)
    if args.action == "follow":
        return _follow(_run_folder(args.run_folder))
    if args.action == "cancel":
        return _cancel(_run_folder(args.run_folder))
    return _start(args)


def _list(workspace: Path, as_json: bool) -> int:
    from trainer.workspace.runs import list_runs
    from trainer.workspace.settings import read_settings

    read_settings(workspace)  # A folder that is none is better told than shown as empty.
    runs = [(found, found.state()) for found in list_runs(workspace)]
    if as_json:
        facts = [{"run": str(found.path), **asdict(state)} for found, state in runs]
        for fact in facts:
            fact["progress"] = fact["progress"] and fact["progress"].model_dump()
        print(json.dumps(facts, indent=2))
        return 0
    for found, state in runs:
        print(f"{found.path.name}  {state.status:9}  {state.sentence}")
    if not runs:
        print(f"No job was run in {workspace} yet.")
    return 0


def _follow(found: RunFolder) -> int:
    from trainer.launch.foreground import EventPrinter

    printer, tail = EventPrinter(sys.stderr), found.new_tail()
    while True:
        # The state first: what was written before the end is then shown.
        state = found.state()
        for event in found.events(tail):
            printer.show(event)
        if state.is_over:
            break
        time.sleep(POLL_INTERVAL)
    printer.end_line()
    print(f"{state.status.capitalize()}: {state.sentence}")
    return _EXIT_CODES.get(state.status, 2)


def _cancel(found: RunFolder) -> int:
    state = found.state()
    if state.is_over:
        print(f"{found.name} is over already: {state.sentence}")
        return 0
    found.request_cancel()
    print(f"{found.name} was asked to stop.")
    return 0


def _start(args: argparse.Namespace) -> int:
    from trainer.launch import foreground, local

    config = _read_config(args.config)
    if args.workspace is not None:
        config.workspace = absolute(args.workspace)
    if not args.background:
        return foreground.run(config)
    found = local.start(config.workspace, config)
    when = f"{datetime.now(UTC):%H:%M:%S} UTC"
    print(f"Started at {when}: {found.path}\n`astromask run follow {found.path}` shows it.")
    return 0


def _read_config(path: Path) -> JobConfig:
    from pydantic import ValidationError

    from trainer.config import config_from_json

    try:
        return config_from_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise WorkspaceError(f"{path} describes no job: {where}: {first['msg']}.") from error


def _run_folder(path: Path) -> RunFolder:
    from trainer.workspace.runs import RunFolder

    found = RunFolder(path)
    found.config()  # Raises where the folder is no run.
    return found
