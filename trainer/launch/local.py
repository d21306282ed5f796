"""Starting a job on this machine so that it outlives whoever started it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from trainer.atomic import write_text
from trainer.config import JobConfig
from trainer.errors import WorkspaceError
from trainer.workspace.process import mark_process
from trainer.workspace.runs import LOG_FILE, PROCESS_FILE, RunFolder, create_run

SUPERVISE = ("-P", "-m", "trainer.launch.supervise")

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def start(workspace_folder: Path, config: JobConfig) -> RunFolder:
    """Start the job in a session of its own and return its run folder at once.

    It runs at low priority and leaves one core free. Raises `WorkspaceError` where the
    run folder can't be made or the process can't be started.
    """
    run = create_run(workspace_folder, config)
    command = [sys.executable, *SUPERVISE, str(run.path.absolute())]
    with (run.path / LOG_FILE).open("ab") as log:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_environment(),
                **_detached(),
            )
        except OSError as error:
            raise WorkspaceError(
                f"The job in {run.path} can't be started: {error.strerror or error}."
            ) from error
    # The supervisor writes the same once it is up; until then it may die unnoticed.
    write_text(run.path / PROCESS_FILE, mark_process(process.pid).model_dump_json())
    # Somebody has to wait for a child, or it stays in the system's table as a zombie.
    threading.Thread(target=process.wait, name=f"reap {run.name}", daemon=True).start()
    return run


def _environment() -> dict[str, str]:
    if sys.platform == "linux":  # Where a container may own fewer cores than there are.
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 2
    threads = str(max(1, cores - 1))
    # A number that the user has set is kept.
    return {**dict.fromkeys(_THREAD_VARIABLES, threads), **os.environ, "PYTHONUNBUFFERED": "1"}


def _detached() -> dict[str, Any]:
    if sys.platform == "win32":
        flags = (
            subprocess.CREATE_NEW_PROCESS_GROUP
            | subprocess.DETACHED_PROCESS
            | subprocess.BELOW_NORMAL_PRIORITY_CLASS
        )
        return {"creationflags": flags}
    return {"start_new_session": True}
