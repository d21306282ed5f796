"""Put galaxies that came later on the maps there are.

After `astromask add` and `astromask embed`. The points that were there stay where they are;
each new one goes among the galaxies that look most like it.
"""

from __future__ import annotations

import argparse

from trainer.commands.options import add_config_arguments, config_from_args
from trainer.config import PlaceConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    add_config_arguments(parser, PlaceConfig, skip=("device",))


def run(args: argparse.Namespace) -> int:
    """Run the job in the foreground; returns its exit code."""
    from trainer.launch.foreground import run as run_here

    return run_here(config_from_args(PlaceConfig, args))
