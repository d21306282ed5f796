"""What a condition may be made of: columns, comparisons, arithmetic, and functions known to be
harmless.

DuckDB's own lock keeps files and settings out of reach. What it does not keep out is a short text
that asks for without end, as `repeat('x', 3000000000)` does, and can't be interrupted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from trainer.errors import QueryError
from trainer.workspace.condition_words import unknown_function

if TYPE_CHECKING:
    import duckdb

LONGEST = 10_000
"""Characters of a condition; deeper nesting than such a text holds could exhaust the stack."""

_NAMES = """
+ - * / // % ** ^ & | ~ << >> || @ ! ~~ !~~ ~~* !~~* ~~~ ~~~* like_escape ilike_escape
not_like_escape not_ilike_escape add subtract multiply divide mod fmod xor
abs sign round ceil ceiling floor trunc even sqrt cbrt exp ln log log2 log10 pow power gamma
lgamma isnan isinf isfinite greatest least nextafter pi
sin cos tan cot asin acos atan atan2 sinh cosh tanh asinh acosh atanh radians degrees
coalesce ifnull nullif if
lower upper lcase ucase length len strlen trim ltrim rtrim left right substring substr
starts_with prefix ends_with suffix contains instr strpos position reverse concat replace
regexp_matches regexp_full_match regexp_extract split_part levenshtein hash
year month day hour minute second date_part date_trunc date_diff epoch strptime try_strptime
count count_star sum avg mean min max median mode stddev stddev_samp stddev_pop variance
var_samp var_pop quantile quantile_cont quantile_disc mad skewness kurtosis corr bool_and
bool_or any_value first last arg_min arg_max approx_count_distinct
row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value
"""
_FUNCTIONS = frozenset(_NAMES.split())
_OUTSIDE = "A filter can't read files or change anything: it looks at the columns only"
_TABLE, _ONLY_TABLE = "BASE_TABLE", "columns"
_SOURCES = frozenset({"TABLE_FUNCTION", "SHOW_REF", "PIVOT", "COLUMN_DATA"})


def check_length(expression: str) -> None:
    """Raise `QueryError` for a condition that is longer than anybody writes."""
    if len(expression) > LONGEST:
        raise QueryError(
            f"The filter has {len(expression):,} characters; {LONGEST:,} at most are understood."
        )


def check_parts(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Raise `QueryError` where a statement uses more than columns and harmless functions.

    What can't be parsed passes: running it tells better what is wrong with it.
    """
    row = connection.execute("SELECT json_serialize_sql(?)", [statement]).fetchone()
    assert row is not None
    try:
        tree = json.loads(row[0])
    except RecursionError as error:
        raise QueryError("The filter has too many brackets in one another.") from error
    named = {_ONLY_TABLE}
    for node in _nodes(tree):
        named.update(str(entry["key"]).lower() for entry in _common_tables(node))
    for node in _nodes(tree):
        _check(node, named)


def _check(node: dict[str, Any], named: set[str]) -> None:
    kind, function = node.get("type"), node.get("function_name")
    if kind in _SOURCES:
        raise QueryError(f"{_OUTSIDE}.")
    if kind == _TABLE and not (
        str(node.get("table_name")).lower() in named and not node.get("schema_name")
    ):
        raise QueryError(f"{_OUTSIDE}; there is no table {node.get('table_name')}.")
    if kind == "RECURSIVE_CTE_NODE":
        raise QueryError("A filter can't repeat itself (WITH RECURSIVE).")
    if isinstance(function, str) and function.lower() not in _FUNCTIONS:
        raise QueryError(unknown_function(function))


def _common_tables(node: dict[str, Any]) -> list[dict[str, Any]]:
    """Names that a WITH gives."""
    tables = node.get("cte_map")
    return tables.get("map", []) if isinstance(tables, dict) else []


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON tree."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
