"""Starting and cancelling jobs; both write files, so never on the window's thread."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from astromask_gui.services.jobs.forms import typed_values
from trainer.config import config_from_json
from trainer.errors import WorkspaceError
from trainer.workspace.runs import RunFolder


def start_job(workspace: Path, config: dict[str, Any]) -> str:
    """Start the job that `config` describes (without its workspace); returns the run's name.

    Raises `WorkspaceError` for a configuration that no job can have, or where the run's
    folder can't be written.
    """
    from trainer.launch.local import start

    text = json.dumps({**typed_values(config), "workspace": workspace}, default=str)
    try:
        checked = config_from_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][-1]) if first["loc"] else "kind"
        raise WorkspaceError(
            f"The job can't be started: {field.replace('_', ' ')}: {first['msg'].lower()}"
            f" (it is {first['input']!r})."
        ) from error
    return start(workspace, checked).name


def cancel_job(workspace: Path, name: str) -> str:
    """Ask a run to stop; returns its name. Raises `WorkspaceError`."""
    RunFolder(workspace / "runs" / name).request_cancel()
    return name
