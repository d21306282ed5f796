"""Errors that users read. Each message says what was wrong, what was expected, what was
found and where, in a sentence; the command line prints it and exits with 2."""

from __future__ import annotations


class AstroMaskError(ValueError):
    """Base of everything a user can cause and mend."""


class FormatError(AstroMaskError):
    """A file is not what its reader expects: foreign, truncated, or of a wrong length."""


class BandError(AstroMaskError):
    """The bands at hand are not the bands that a survey, store or checkpoint needs."""


class CheckpointError(AstroMaskError):
    """A checkpoint can't be loaded, or lacks a part that was asked for."""


class WorkspaceError(AstroMaskError):
    """A workspace is missing, incomplete or can't be written."""


class MismatchError(AstroMaskError):
    """Two things were made from different things: a store and a checkpoint, a score and a store."""


class QueryError(AstroMaskError):
    """A galaxy, row, column or file that was asked for does not exist or does not fit."""


class MissingExtraError(AstroMaskError):
    """An optional package is needed; the message gives the command that installs it."""


class JobCancelled(Exception):
    """Raised inside a job when its `cancel` file has appeared."""
