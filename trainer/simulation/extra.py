"""The optional package that draws."""

from __future__ import annotations

from importlib.util import find_spec

from trainer.errors import MissingExtraError


def require_galsim() -> None:
    """Raise `MissingExtraError` with the command that installs GalSim, where it is absent."""
    if find_spec("galsim") is None:
        raise MissingExtraError(
            "Simulating cutouts needs GalSim, which is not installed here. Install it with:"
            ' pip install "astromask[simulate]"'
        )
