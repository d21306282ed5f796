"""A condition in SQL over the columns of a workspace, evaluated by a locked-down DuckDB."""

from __future__ import annotations

import difflib
import re
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from trainer.errors import QueryError
from trainer.workspace.conditions import check_length, check_parts

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

TIME_LIMIT = 30.0
"""Seconds after which a condition is given up."""

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


def evaluate(expression: str, table: pa.Table, names: Sequence[str]) -> np.ndarray:
    """(N,) bool: where the SQL condition holds for the rows of `table`; never where unknown.

    `names` are all columns there are, for what to suggest. Raises `QueryError` with what is
    wrong with the expression.
    """
    import duckdb

    check_length(expression)
    # On lines of its own, so that a comment in it can't swallow what follows.
    statement = f"SELECT (\n{expression}\n) AS keep, {_PLACE} FROM columns"
    places = np.arange(len(table), dtype=np.uint32)
    with duckdb.connect(":memory:", config=_CONFIGURATION) as connection:
        connection.execute("SET lock_configuration = true")
        connection.register("columns", table.append_column(_PLACE, [places]))
        timer = threading.Timer(TIME_LIMIT, connection.interrupt)
        timer.start()
        try:
            if len(connection.extract_statements(statement)) != 1:
                raise QueryError("The filter holds more than one statement; one condition only.")
            check_parts(connection, statement)
            return _fetch(connection.execute(statement), expression, len(table))
        except duckdb.InterruptException as error:
            raise QueryError(f"The filter took longer than {TIME_LIMIT:.0f} s.") from error
        except duckdb.Error as error:
            raise QueryError(_sentence(str(error), names)) from error
        finally:
            timer.cancel()


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


def _sentence(message: str, names: Sequence[str]) -> str:
    """DuckDB's error in the words of this program."""
    first = message.strip().split("\n")[0]
    kind, _, text = first.partition(": ")
    unknown = re.search(r'[Cc]olumn "([^"]+)" not found', text)
    if unknown:
        close = difflib.get_close_matches(unknown[1], names, n=3)
        hint = f"did you mean {' or '.join(close)}?" if close else "see the list of columns."
        return f"There is no column {unknown[1]}; {hint}"
    if kind == "Permission Error":
        return "A filter can't read files or change anything."
    if kind == "Parser Error":
        near = re.search(r'at or near "([^"]*)"', text)
        # What is wrong at our own closing bracket is that the condition stops too early.
        if near is None or near[1] in (")", ""):
            return "The filter is not complete, or has a bracket too many."
        return f"The filter can't be understood near {near[1]!r}."
    return f"The filter can't be used: {text.rstrip('.')}."
