"""A condition in SQL over the columns of a workspace, evaluated by a locked-down DuckDB."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from trainer.errors import QueryError
from trainer.workspace.condition_words import sentence_on
from trainer.workspace.conditions import check_length, check_parts

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

TIME_LIMIT = 30.0
"""Seconds after which a condition is given up."""
_LOOK = 0.05
"""Seconds between two looks whether it is to be given up."""

_PLACE = "astromask_place"
"""A column beside the user's own: where each answer belongs."""

# No files, no network, no extensions, no Python variables, and no way to change that.
_CONFIGURATION: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
    "memory_limit": "2GB",
    "threads": "2",
}


def referenced(expression: str, names: Sequence[str]) -> list[str]:
    """Those of `names` that the expression may mean; never too few."""
    text = expression.lower()
    return [name for name in names if '"' in name or name.lower() in text]


def evaluate(
    expression: str,
    table: pa.Table,
    names: Sequence[str],
    given_up: threading.Event | None = None,
) -> np.ndarray:
    """(N,) bool: where the SQL condition holds for the rows of `table`; never where unknown.

    `names` are all columns there are, for what to suggest. Once `given_up` is set by another
    thread, this ends soon. Raises `QueryError` with what is wrong with the expression, or that
    it was given up.
    """
    import duckdb

    check_length(expression)
    # On lines of its own, so that a comment in it can't swallow what follows.
    statement = f"SELECT (\n{expression}\n) AS keep, {_PLACE} FROM columns"
    places = np.arange(len(table), dtype=np.uint32)
    with duckdb.connect(":memory:", config=_CONFIGURATION) as connection:
        connection.execute("SET lock_configuration = true")
        connection.register("columns", table.append_column(_PLACE, [places]))
        try:
            if len(connection.extract_statements(statement)) != 1:
                raise QueryError("The filter holds more than one statement; one condition only.")
            check_parts(connection, statement)
            with _interrupted(connection, given_up):
                return _fetch(connection.execute(statement), expression, len(table))
        except duckdb.InterruptException as error:
            if given_up is not None and given_up.is_set():
                raise QueryError("The filter was given up before it had an answer.") from error
            raise QueryError(f"The filter took longer than {TIME_LIMIT:.0f} s.") from error
        except duckdb.Error as error:
            raise QueryError(sentence_on(str(error), expression, names)) from error


@contextmanager
def _interrupted(
    connection: duckdb.DuckDBPyConnection, given_up: threading.Event | None
) -> Iterator[None]:
    """Interrupt what a connection does in this block when it is given up, or takes too long."""
    finished, end = threading.Event(), time.monotonic() + TIME_LIMIT

    def watch() -> None:
        # Again and again: an interrupt before the statement has begun is forgotten.
        while not finished.wait(_LOOK):
            if (given_up is not None and given_up.is_set()) or time.monotonic() > end:
                connection.interrupt()

    watcher = threading.Thread(target=watch, name="condition's limit", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        finished.set()
        watcher.join()


def _fetch(result: duckdb.DuckDBPyConnection, expression: str, length: int) -> np.ndarray:
    columns = result.description or []
    if str(columns[0][1]).upper() not in ("BOOLEAN", "BOOL"):
        raise QueryError(
            f"{expression.strip()!r} is no condition: it gives {columns[0][1]} where true or false"
            " was expected, as `mag_r < 20` does."
        )
    found = result.fetchnumpy()
    keep, places = np.ma.filled(found["keep"], False), np.asarray(found[_PLACE])
    # In whatever order the answers come: a window function sorts them.
    if len(places) != length or not np.array_equal(np.bincount(places), np.ones(length)):
        raise QueryError(
            f"The filter gives {len(keep)} answers for {length} galaxies; expected one each."
        )
    mask = np.zeros(length, bool)
    mask[places] = keep
    return mask
