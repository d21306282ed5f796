"""Reads catalogues that are to be joined, counts what matches, and takes their columns in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.joins import JoinChoice, JoinCounts, JoinOffer, OfferedColumn

if TYPE_CHECKING:
    import pyarrow as pa

    from trainer.workspace.settings import JoinRecord

_OPEN, _PREVIEW = "open", "preview"
"""Lanes of what changes nothing."""


class JoinService(QObject):
    """Answers the intents of `state.joins`."""

    def __init__(
        self,
        state: ApplicationState,
        refresh: Callable[[Callable[[], None]], None],
        parent: QObject | None = None,
    ) -> None:
        """`refresh` reads the open workspace again, then calls what it is given."""
        super().__init__(parent)
        self._state, self._refresh = state, refresh
        self._background = Background("joins", parent=self)
        self._loaded: Loaded | None = None
        self._catalogue = _OtherCatalogue()
        state.joins.open_requested.connect(self._open_file)
        state.joins.preview_requested.connect(self._preview)
        state.joins.join_requested.connect(self._join)

    def open(self, loaded: Loaded) -> None:
        """Serve a workspace, or what it has become."""
        before = self._loaded
        if before is not None and before.facts.folder != loaded.facts.folder:
            self._drop_questions()
        self._loaded = loaded

    def forget(self) -> None:
        """Nothing is open any more."""
        self._loaded = None
        self._drop_questions()

    def close(self) -> None:
        """Finish a join that was asked for."""
        self._background.close(finish=True)

    def _drop_questions(self) -> None:
        """What a file offers to one workspace is of no use to another."""
        for lane in (_OPEN, _PREVIEW):
            self._background.drop(lane)

    def _open_file(self, path: Path) -> None:
        messages = self._state.messages
        if self._loaded is None:
            messages.warning("Open a workspace before you join a catalogue to it.")
            return
        messages.info(f"Reading {path.name} …")
        work = partial(_offer, self._loaded, self._catalogue, path)
        self._background.run(work, self._take_offer, messages.error, lane=_OPEN)

    def _take_offer(self, offer: JoinOffer) -> None:
        self._state.messages.info(f"{offer.choice.path.name} has {offer.entries:,} entries.")
        self._state.joins.offered.emit(offer)

    def _preview(self, number: int, choice: JoinChoice) -> None:
        joins = self._state.joins
        if self._loaded is None:
            return
        self._background.run(
            partial(_count, self._loaded, self._catalogue, choice),
            partial(joins.previewed.emit, number),
            partial(joins.preview_failed.emit, number),
            lane=_PREVIEW,
        )

    def _join(self, choice: JoinChoice) -> None:
        if self._loaded is None:
            return
        self._state.messages.info(f"Joining {choice.path.name} …")
        work = partial(_join, self._loaded, self._catalogue, choice)
        take = partial(self._take_joined, self._loaded.facts.folder)
        self._background.run(work, take, self._state.messages.error)

    def _take_joined(self, folder: Path, sentence: str) -> None:
        tell = partial(self._state.messages.info, sentence)
        if self._loaded is not None and self._loaded.facts.folder == folder:
            self._refresh(tell)
        else:
            # The columns are in another workspace than the one now open.
            tell()


class _OtherCatalogue:
    """The file read last, kept while one chooses how to join it; used in one thread only."""

    def __init__(self) -> None:
        self._key: Any = None
        self._table: pa.Table | None = None

    def read(self, path: Path) -> pa.Table:
        """The table at `path`, read again where the file has changed. Raises `FormatError`."""
        from trainer.workspace.tables import read_table

        key = (path, path.stat().st_mtime_ns) if path.is_file() else path
        if self._table is None or key != self._key:
            self._table, self._key = read_table(path), key
        return self._table


def _offer(loaded: Loaded, catalogue: _OtherCatalogue, path: Path) -> JoinOffer:
    from trainer.errors import QueryError
    from trainer.workspace.join import id_candidates
    from trainer.workspace.joining import own_candidates, plan_join, suggest_join
    from trainer.workspace.settings import JoinRecord

    other = catalogue.read(path)
    own, ids = own_candidates(loaded.workspace), id_candidates(other)
    try:
        record = suggest_join(loaded.workspace, other, path)
    except QueryError:
        # Nothing fits by its name; the user may know better.
        record = JoinRecord(path=str(path), by="id", own=own[0], other=ids[0])
    proposed = plan_join(loaded.workspace, other, record).names
    every = record.model_copy(update={"columns": tuple(other.column_names)})
    names = plan_join(loaded.workspace, other, every).names
    columns = tuple(
        OfferedColumn(
            field.name,
            _kind(str(field.type)),
            (field.metadata or {}).get(b"unit", b"").decode(),
            names[field.name] if names[field.name] != field.name else "",
            field.name in proposed,
        )
        for field in other.schema
    )
    return JoinOffer(_choice(record), len(other), columns, tuple(own), tuple(ids))


def _count(loaded: Loaded, catalogue: _OtherCatalogue, choice: JoinChoice) -> JoinCounts:
    from trainer.workspace.joining import plan_join

    match = plan_join(loaded.workspace, catalogue.read(choice.path), _record(choice)).match
    return JoinCounts(
        match.matched, match.unmatched, match.ambiguous_count, match.shared, match.unused
    )


def _join(loaded: Loaded, catalogue: _OtherCatalogue, choice: JoinChoice) -> str:
    from trainer.workspace.joining import join_to, plan_join
    from trainer.workspace.workspace import Workspace

    # What other programs have written into the folder meanwhile stays.
    workspace = Workspace.open(loaded.facts.folder)
    other = catalogue.read(choice.path)
    made = plan_join(workspace, other, _record(choice))
    made = join_to(workspace, other, made)
    return f"{made.sentence()} {len(made.names):,} columns came with it."


def _record(choice: JoinChoice) -> JoinRecord:
    from trainer.workspace.settings import JoinRecord

    return JoinRecord(
        path=str(choice.path),
        by=choice.by,
        own=choice.own,
        other=choice.other,
        ra=choice.ra,
        dec=choice.dec,
        radius=choice.radius,
        columns=choice.columns,
    )


def _choice(record: JoinRecord) -> JoinChoice:
    return JoinChoice(
        Path(record.path), record.by, record.own, record.other, record.ra, record.dec, record.radius
    )


def _kind(kind: str) -> str:
    if kind in ("string", "large_string"):
        return "text"
    return "yes or no" if kind == "bool" else "number"
