"""A job that another job starts and waits for, in a process of its own.

So a job that holds torch need not load faiss: each brings an OpenMP runtime, and on macOS a
process that holds two may be aborted.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from trainer.config import JobConfig
from trainer.errors import JobCancelled
from trainer.events import Progress, Stage, Warned
from trainer.launch.context import JobContext
from trainer.launch.local import start
from trainer.workspace.runs import RunState

_POLL_INTERVAL = 0.2


def run_apart(
    config: JobConfig, context: JobContext, wait: Callable[[float], None] = time.sleep
) -> RunState:
    """Start the job, tell its stages and progress as our own, and return how it ended.

    When we are asked to stop it is asked too, and JobCancelled is raised. Raises
    WorkspaceError where it can't be started.
    """
    run = start(config.workspace, config)
    tail = run.new_tail()
    while True:
        state = run.state()  # First, so that what was written before the end is told.
        for event in run.events(tail):
            if isinstance(event, Stage | Progress | Warned):
                context.emit(event)
        if state.is_over:
            return state
        try:
            context.raise_if_cancelled()
        except JobCancelled:
            run.request_cancel()
            raise
        wait(_POLL_INTERVAL)
