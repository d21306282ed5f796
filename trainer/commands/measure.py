"""Find which bands each galaxy lacks, as a column to colour and filter by.

Every cutout is read once. Galaxies that have a value already are left as they are, so that
after `astromask add` only the new ones are read.
"""

from __future__ import annotations

import argparse

from trainer.commands.options import add_config_arguments, config_from_args
from trainer.config import MeasureConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    add_config_arguments(parser, MeasureConfig, skip=("device", "seed"))


def run(args: argparse.Namespace) -> int:
    """Run the job in the foreground; returns its exit code."""
    from trainer.launch.foreground import run as run_here

    return run_here(config_from_args(MeasureConfig, args))
