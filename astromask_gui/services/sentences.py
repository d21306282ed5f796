"""Errors and sizes in words for the window."""

from __future__ import annotations

import logging
from pathlib import Path

from trainer.errors import AstroMaskError

log = logging.getLogger("astromask")


def sentence_of(error: BaseException) -> str:
    """What to tell the user; an error that nobody foresaw is also logged with its traceback."""
    if isinstance(error, AstroMaskError):
        return str(error)
    if isinstance(error, OSError):
        return _os_sentence(error)
    log.error("An error that nobody foresaw", exc_info=error)
    return (
        f"Something unexpected went wrong ({type(error).__name__}: {error}). Nothing was lost;"
        " the details are in the log."
    )


def size_in_words(count: int) -> str:
    """Bytes of a file that was written, as whole kB or MB with one digit."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def _os_sentence(error: OSError) -> str:
    reason = (error.strerror or str(error) or type(error).__name__).rstrip(".")
    if error.filename is None:
        return f"The system refused: {reason}."
    return f"{Path(str(error.filename))} could not be used: {reason}."
