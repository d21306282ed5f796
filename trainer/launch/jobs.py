"""Which function does which job; its module is imported when the job is run, not before."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import cast

from trainer.config import JobConfig
from trainer.events import Finished
from trainer.launch.context import JobContext

JobFunction = Callable[[JobConfig, JobContext], Finished]

JOBS = {
    "pretrain": "trainer.training.pretrain:run",
    "embed": "trainer.inference.embed:run",
    "pack": "trainer.packing.pack:run",
    "project": "trainer.projection.project:run",
    "place": "trainer.projection.place:run",
    "measure": "trainer.measuring.missing_bands:run",
    "reconstruct": "trainer.inference.reconstruct_survey:run",
    "finetune": "trainer.training.linear_probe:run_finetune",
    "score": "trainer.training.linear_probe:run_score",
}
"""Kind of a job to `module:function`, the function taking (config, context)."""


def run_job(config: JobConfig, context: JobContext) -> Finished:
    """Do the job that `config` describes; returns its last event, which is not yet emitted.

    Raises `AstroMaskError` for what a user can mend and `JobCancelled` when asked to stop.
    """
    module, function = JOBS[config.kind].split(":")
    job = cast(JobFunction, getattr(importlib.import_module(module), function))
    return job(config, context)
