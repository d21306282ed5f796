"""A flag that is up while something is done that is meant to have no consequences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Hold:
    """Up while a block runs, and while a block within it does."""

    def __init__(self) -> None:
        self._depth = 0

    @property
    def is_up(self) -> bool:
        """True within a block."""
        return self._depth > 0

    @contextmanager
    def up(self) -> Iterator[None]:
        """Up to the block's end, whatever happens in it."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
