"""Stands in for `trainer.launch.execute`: `python scripted_job.py BEHAVIOUR RUN_FOLDER`.

Everything but the job's own function is the real thing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from trainer.config import JobConfig
from trainer.errors import QueryError
from trainer.events import Finished, Metric, Progress
from trainer.launch import execute, jobs
from trainer.launch.context import JobContext
from trainer.workspace.process import mark_process


def finish(config: JobConfig, context: JobContext) -> Finished:
    context.emit(Progress(done=1, total=2, unit="steps"))
    context.emit(Metric(step=1, epoch=0.5, values={"loss": 0.25}))
    context.warn("mind the gap")
    return Finished(message="All done.", outputs={"store": "embeddings/x"})


def fail(config: JobConfig, context: JobContext) -> Finished:
    raise QueryError("There is no store to project.")


def stumble(config: JobConfig, context: JobContext) -> Finished:
    raise TypeError("an unforeseen type")


def kill_itself(config: JobConfig, context: JobContext) -> Finished:
    print("about to eat all memory", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def heed_cancel(config: JobConfig, context: JobContext) -> Finished:
    while True:
        context.raise_if_cancelled()
        time.sleep(0.01)


def ignore_cancel(config: JobConfig, context: JobContext) -> Finished:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (context.folder / "worker").write_text(mark_process(worker.pid).model_dump_json())
    (context.folder / "deaf").touch()
    while True:
        time.sleep(0.01)


def main(behaviour: str, folder: Path) -> int:
    jobs.JOBS["project"] = f"{__name__}:{behaviour}"
    return execute.main(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
