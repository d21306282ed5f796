"""Give every galaxy the score that a fine-tuning learnt."""

from __future__ import annotations

import argparse

from trainer.commands.options import add_config_arguments, config_from_args
from trainer.config import ScoreConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_config_arguments(parser, ScoreConfig, skip=("device",))


def run(args: argparse.Namespace) -> int:
    """Run the job in the foreground; returns its exit code."""
    from trainer.launch.foreground import run as run_here

    return run_here(config_from_args(ScoreConfig, args))
