"""What is wrong with a condition, in the words of this program instead of DuckDB's."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence

_KINDS = (
    ("BOOL", "a truth value"),
    ("VARCHAR", "a text"),
    ("STRING", "a text"),
    ("DATE", "a date"),
    ("TIME", "a time"),
    ("NULL", "nothing"),
)
"""Beginnings of DuckDB's types; all others that occur are numbers."""
_OPERATORS = {"~~": "LIKE", "!~~": "NOT LIKE", "~~*": "ILIKE", "array_extract": "[ ]"}
_MEANT = {
    "=>": ">=", "=<": "<=", "=!": "!=", "&&": "AND", "||": "OR",
    "≥": ">=", "≤": "<=", "≠": "!=", "−": "-", "×": "*",
    "“": "'", "”": "'", "‘": "'", "’": "'", "„": "'",
}  # fmt: skip
"""What people write, and what a condition understands."""
_INCOMPLETE = "The filter is not complete, or has a bracket too many."
_SEVERAL_ROWS = (
    "Functions of many galaxies, such as avg or row_number, need OVER and brackets:"
    " `mag_r < avg(mag_r) OVER ()`."
)


def unknown_function(name: str) -> str:
    """The sentence on a function or operator that is not known to be harmless."""
    if name in _MEANT:
        return f"There is no {name}; did you mean {_MEANT[name]}?"
    return f"A filter can't use the function {name}."


def sentence_on(message: str, expression: str, names: Sequence[str]) -> str:
    """DuckDB's error on `expression` as one sentence; `names` are the columns there are."""
    first = message.strip().split("\n")[0]
    kind, _, text = first.partition(": ")
    if kind == "Permission Error":
        return "A filter can't read files or change anything."
    for pattern, words in _KNOWN:
        found = re.search(pattern, text)
        if found:
            return words(found, expression, names)
    if kind == "Invalid Input Error" and re.search(r"~|regexp", expression):
        return f"The regular expression can't be understood: {text}."
    if kind == "Parser Error":
        return _INCOMPLETE
    return f"The filter can't be used: {text.rstrip('.')}."


def _unknown_column(found: re.Match[str], _: str, names: Sequence[str]) -> str:
    close = difflib.get_close_matches(found[1], names, n=3)
    if close:
        return f"There is no column {found[1]}; did you mean {' or '.join(close)}?"
    return f"There is no column {found[1]}; if a text is meant, write '{found[1]}'."


def _misplaced(found: re.Match[str], expression: str, _: Sequence[str]) -> str:
    # What is wrong at our own closing bracket, or after it, is that the condition stops early.
    ours = ")", "", "AS"
    if found[1] in ours and not re.search(r"\bas\b", expression, re.IGNORECASE):
        return _INCOMPLETE
    if found[1] in _MEANT:
        return f"The filter can't be understood near {found[1]}; write {_MEANT[found[1]]} instead."
    return f"The filter can't be understood near '{found[1]}'."


def _no_function(found: re.Match[str], _: str, __: Sequence[str]) -> str:
    name, kinds = found[1], [_kind(word) for word in found[2].split(", ")]
    if name.isidentifier() and name not in _OPERATORS:
        return f"The function {name} can't be given {' and '.join(kinds)}."
    shown = _OPERATORS.get(name, name)
    hint = "; compare by < or >" if name in ("<<", ">>") else ""
    if len(kinds) == 1:
        return f"{shown} can't stand before {kinds[0]}."
    return f"{shown} can't stand between {' and '.join(kinds)}{hint}."


def _no_comparison(found: re.Match[str], _: str, __: Sequence[str]) -> str:
    return (
        f"{_kind(found[1]).capitalize()} can't be compared with {_kind(found[2])};"
        " texts stand in quotes, as 'lens', and numbers don't."
    )


def _no_conversion(found: re.Match[str], _: str, __: Sequence[str]) -> str:
    text, kind = found[1], _kind(found[2])
    if found[3]:
        return f"The column has values such as '{text}', where {kind} was expected."
    return f"'{text}' is not {kind}, which was expected there."


def _kind(word: str) -> str:
    return next((words for start, words in _KINDS if word.startswith(start)), "a number")


def _always(sentence: str) -> Callable[[re.Match[str], str, Sequence[str]], str]:
    return lambda *_: sentence


_KNOWN: tuple[tuple[str, Callable[[re.Match[str], str, Sequence[str]], str]], ...] = (
    (r'[Cc]olumn "([^"]+)" not found', _unknown_column),
    (r'at or near "([^"]*)"', _misplaced),
    (r"argument types '(\S+?)\((.*?)\)'", _no_function),
    (r"compare values of type (\w+).* and (?:values of )?type (\w+)", _no_comparison),
    (r"convert string '(.*)' to (\w+)( when casting from source)?", _no_conversion),
    (r"Chained comparisons", _always("Join comparisons by AND or OR.")),
    (r"unterminated", _always("A quote is opened and not closed.")),
    (r"following parameters", _always("A filter can't have placeholders such as ? or $1.")),
    (r"GROUP BY clause|Window functions are not supported", _always(_SEVERAL_ROWS)),
)
