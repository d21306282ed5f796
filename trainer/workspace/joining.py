"""Joining a catalogue to a workspace that is there, and again to rows that come later."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.errors import AstroMaskError, QueryError
from trainer.workspace.catalogue import ID_COLUMN, ORIGINAL_ID, write_catalogue
from trainer.workspace.changing import only_writer
from trainer.workspace.join import JoinPlan, joined, match_tables, plan, suggest
from trainer.workspace.settings import JoinBy, JoinRecord, write_settings
from trainer.workspace.tables import ID_NAMES, read_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from trainer.workspace.workspace import Workspace


def suggest_join(
    workspace: Workspace, other: pa.Table, path: Path, by: JoinBy | None = None
) -> JoinRecord:
    """How the table read from `path` is likeliest to be joined. Raises `QueryError`."""
    return suggest(_keys(workspace), other, path, by)


def plan_join(workspace: Workspace, other: pa.Table, record: JoinRecord) -> JoinPlan:
    """What joining would do; nothing is changed. Raises `QueryError`."""
    taken = workspace.columns.names()
    return plan(_keys(workspace, record.own), taken, other, record)


def join_to(workspace: Workspace, other: pa.Table, made: JoinPlan) -> JoinPlan:
    """Take the planned columns into the workspace's catalogue, and write down how.

    Returns the plan as it was done: what others have joined meanwhile stays, and may have
    taken a name. Raises `QueryError` where nothing matches or the plan is of another catalogue,
    `WorkspaceError` where the folder can't be written or another is changing it.
    """
    if not made.match.matched:
        raise QueryError(f"No galaxy found its entry in {made.record.path}; nothing was changed.")
    with only_writer(workspace.folder):
        workspace.reload()
        if len(made.match.places) != len(workspace):
            raise QueryError("The workspace has grown since the join was planned; plan it again.")
        if set(made.names.values()) & set(workspace.columns.names()):
            made = plan_join(workspace, other, made.record)
        table = joined(workspace.catalogue.table(), other, made.record, made.match)
        write_catalogue(workspace.folder, table)
        settings = workspace.settings
        joins = (*settings.joins, recorded(made))
        write_settings(workspace.folder, settings.model_copy(update={"joins": joins}))
    return made


def recorded(made: JoinPlan) -> JoinRecord:
    """What the workspace remembers of a join that is done now."""
    when = datetime.now(UTC).isoformat(timespec="seconds")
    path = str(Path(made.record.path).absolute())
    return made.record.model_copy(update={"joined": when, "path": path})


def join_again(rows: pa.Table, records: Sequence[JoinRecord]) -> tuple[pa.Table, list[str]]:
    """New rows with the columns of every catalogue that was joined before, and warnings.

    A catalogue that is gone, or has changed beyond use, leaves its columns empty.
    """
    warnings = []
    for record in records:
        try:
            other = read_table(Path(record.path))
            match = match_tables(rows, other, record)
            rows = joined(rows, other, record, match)
        except AstroMaskError as error:
            warnings.append(f"The new galaxies go without {', '.join(record.names[:5])}: {error}")
            continue
        name = Path(record.path).name
        warnings.append(f"{name}: {match.matched:,} of {len(rows):,} new galaxies matched.")
    return rows, warnings


def own_candidates(workspace: Workspace) -> list[str]:
    """Columns of the workspace that may identify objects, the likeliest first."""
    names = workspace.catalogue.column_names()
    first = [name for name in (ORIGINAL_ID, *ID_NAMES) if name in names]
    return first + [name for name in names if name not in first]


def _keys(workspace: Workspace, own: str = "") -> pa.Table:
    """The columns that a join may compare."""
    names = workspace.catalogue.column_names()
    chosen = [ID_COLUMN, ORIGINAL_ID, "ra", "dec", own]
    return workspace.columns.table([name for name in dict.fromkeys(chosen) if name in names])
