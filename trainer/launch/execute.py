"""The process that does a job: `python -m trainer.launch.execute RUN_FOLDER`.

Its supervisor holds the other end of its standard input; when that closes, nobody is
left who could stop this process, and it ends.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from types import FrameType

from trainer.atomic import disk_sentence
from trainer.config import JobConfig
from trainer.errors import AstroMaskError, JobCancelled
from trainer.events import Cancelled, Failed, Finished, Started
from trainer.launch.context import JobContext
from trainer.launch.jobs import run_job
from trainer.workspace.runs import CANCEL_FILE, EXIT_CANT_WRITE, LOG_FILE, RunFolder

EXIT_ORPHANED = 70


def execute(config: JobConfig, context: JobContext) -> Finished | Cancelled | Failed:
    """Do the job: emit `Started`, its own events, and one last event, which is returned.

    An error that no user can mend leaves its traceback in the run's `log.txt`.
    """
    context.emit(Started(job=config.kind))
    last: Finished | Cancelled | Failed
    try:
        last = run_job(config, context)
    except JobCancelled as stop:
        last = Cancelled(message=str(stop))
    except KeyboardInterrupt:
        context.emit(Cancelled(message="It was interrupted at once."))
        raise
    except AstroMaskError as error:
        last = Failed(message=str(error))
    except MemoryError as error:
        _log_traceback(context.folder)
        last = Failed(message=f"Memory ran out: {error}. Smaller batches need less.")
    except Exception as error:  # Whatever it is, whoever watches must hear of it.
        _log_traceback(context.folder)
        last = Failed(message=_unexpected(error, context.folder))
    context.emit(last)
    return last


def main(folder: Path) -> int:
    """Do what the run folder's `config.json` says; 0, or 2 where the job failed."""
    _end_with_supervisor()
    run = RunFolder(folder)

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        if (folder / CANCEL_FILE).exists():
            # It was asked before and has not looked; now it is told.
            raise JobCancelled
        run.request_cancel()

    signal.signal(signal.SIGTERM, ask_to_stop)
    context = JobContext(folder)
    try:
        config = run.config()
    except AstroMaskError as error:
        context.emit(Failed(message=str(error)))
        return 2
    try:
        return 2 if isinstance(execute(config, context), Failed) else 0
    except OSError:
        traceback.print_exc()
        return EXIT_CANT_WRITE


def _end_with_supervisor() -> None:
    # Imported libraries and jobs must not eat what stands for the supervisor's life.
    lifeline = os.dup(0)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)

    def watch() -> None:
        while os.read(lifeline, 1):
            pass
        print("The job's supervisor has gone, so the job ends.", file=sys.stderr, flush=True)
        os._exit(EXIT_ORPHANED)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def _log_traceback(folder: Path) -> None:
    with (folder / LOG_FILE).open("a", encoding="utf-8") as log:
        traceback.print_exc(file=log)


def _unexpected(error: Exception, folder: Path) -> str:
    if isinstance(error, OSError):
        path = Path(os.fsdecode(error.filename)) if error.filename else folder / "file"
        sentence = disk_sentence(error, path)
        if sentence is not None:
            return sentence
    name = type(error).__name__
    return (
        f"An unexpected error ended the job ({name}: {error}). The details are in"
        f" {folder / LOG_FILE}."
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
