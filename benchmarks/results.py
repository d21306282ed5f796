"""What a benchmark measured, and how it is shown."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

from trainer.atomic import write_text


@dataclasses.dataclass(frozen=True)
class Result:
    """One measured quantity."""

    metric: str
    value: float
    unit: str
    target: str = ""
    """What was aimed at, in words: "≤ 30 ms"; empty where nothing was."""
    holds: bool | None = None
    """Whether the target was met; None where there is none."""

    @classmethod
    def at_most(cls, metric: str, value: float, unit: str, limit: float) -> Result:
        """A quantity that should be `limit` or less."""
        return cls(metric, value, unit, f"≤ {limit:g} {unit}".rstrip(), value <= limit)

    @classmethod
    def at_least(cls, metric: str, value: float, unit: str, limit: float) -> Result:
        """A quantity that should be `limit` or more."""
        return cls(metric, value, unit, f"≥ {limit:g} {unit}".rstrip(), value >= limit)


def table(results: Sequence[Result]) -> str:
    """The results as aligned lines."""
    rows = [("metric", "value", "target", "holds")]
    for result in results:
        verdict = {True: "yes", False: "no", None: ""}[result.holds]
        rows.append((result.metric, f"{result.value:.4g} {result.unit}", result.target, verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:<{widths[2]}}  {row[3]}".rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def write_json(path: Path, results: Sequence[Result]) -> None:
    """A list of {"metric", "value", "unit", "target", "holds"}. Raises `WorkspaceError`."""
    write_text(path, json.dumps([dataclasses.asdict(r) for r in results], indent=2) + "\n")
