"""Copy the crops of files that are slow to read to where single rows are fast.

Into the workspace's packed/, as float16 where that loses next to nothing: `astromask
inspect` says which files are slow. Embedding, pretraining and the window's thumbnails then
read the copies; whole cutouts and exports still come from the files. Run again after
`astromask add`; a copy whose file has changed is not used until then. The folder may be
deleted at any time.
"""

from __future__ import annotations

import argparse

from trainer.commands.options import add_config_arguments, config_from_args
from trainer.config import PackConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    add_config_arguments(parser, PackConfig)


def run(args: argparse.Namespace) -> int:
    """Pack in the foreground; returns the exit code."""
    from trainer.launch import foreground

    return foreground.run(config_from_args(PackConfig, args))
