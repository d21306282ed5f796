"""Keeps saved selections in the workspace; what the window lists is what is on disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.saved.shelf import Items, Shelf
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.filter_specs import SavedRows, caption_of
from astromask_gui.state.packed import PackedMask
from astromask_gui.state.saved import SavedSelection
from astromask_gui.state.selection import CombineMode

T = TypeVar("T")
Mask = NDArray[np.bool_]


class SavedService(QObject):
    """Answers the intents on `state.saved`, in the order of asking; changes can be undone."""

    def __init__(self, state: ApplicationState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        # One thread: what is asked for first is written first.
        self._background = Background("saved selections", parent=self)
        self._shelf: Shelf | None = None
        saved = state.saved
        saved.save_requested.connect(self._save)
        saved.replace_requested.connect(self._replace)
        saved.rename_requested.connect(self._rename)
        saved.delete_requested.connect(self._delete)
        saved.apply_requested.connect(self._apply)
        saved.filter_requested.connect(self._filter)
        saved.export_requested.connect(self._export)

    def open(self, loaded: Loaded) -> None:
        """Serve another workspace, or the same one with something new."""
        if self._shelf is None or self._shelf.folder != loaded.workspace.selections_folder:
            self._state.saved.set_items(())
        self._shelf = Shelf(loaded)
        self._run(self._shelf.items, self._state.saved.set_items)

    def forget(self) -> None:
        """Nothing is open any more; what was asked for is still written."""
        self._shelf = None
        self._state.saved.set_items(())

    def close(self) -> None:
        """Finish what was asked for."""
        self._background.close(finish=True)

    # -- changes, each a step of undo ----------------------------------------------------

    def _save(self, name: str, mask: Mask) -> None:
        packed = PackedMask.of(mask)

        def take(answer: tuple[SavedSelection, Items]) -> None:
            item, items = answer
            self._state.saved.set_items(items)
            again = partial(self._change, "save", item.name, packed, item.created)
            caption = f"Save {_quoted(item.name)}"
            self._state.undo.push(caption, partial(self._change, "delete", item.name), again)
            self._state.messages.info(f"Saved {item.count:,} galaxies as {_quoted(item.name)}.")
            self._state.saved.added.emit(item.name)

        if self._shelf is None:
            self._state.messages.warning("Open a workspace before you save a selection.")
        else:
            self._run(partial(self._shelf.save, name, packed, None), take)

    def _replace(self, name: str, mask: Mask) -> None:
        packed = PackedMask.of(mask)

        def take(answer: tuple[PackedMask, Items]) -> None:
            before, items = answer
            self._state.saved.set_items(items)
            self._state.undo.push(
                f"Replace {_quoted(name)}",
                partial(self._change, "replace", name, before),
                partial(self._change, "replace", name, packed),
            )

        if self._shelf is not None:
            self._run(partial(self._shelf.replace, name, packed), take)

    def _rename(self, name: str, new: str) -> None:
        def take(answer: tuple[SavedSelection, Items]) -> None:
            item, items = answer
            self._state.saved.set_items(items)
            self._state.undo.push(
                f"Rename {_quoted(name)}",
                partial(self._change, "rename", item.name, name),
                partial(self._change, "rename", name, item.name),
            )

        if self._shelf is not None:
            self._run(partial(self._shelf.rename, name, new), take, self._tell_refused)

    def _tell_refused(self, sentence: str) -> None:
        self._state.messages.error(sentence)
        # Whoever has typed a name that won't do is shown the old one again.
        self._state.saved.changed.emit()

    def _delete(self, name: str) -> None:
        def take(answer: tuple[SavedSelection, PackedMask, Items]) -> None:
            item, packed, items = answer
            self._state.saved.set_items(items)
            back = partial(self._change, "save", name, packed, item.created)
            caption = f"Delete {_quoted(name)}"
            self._state.undo.push(caption, back, partial(self._change, "delete", name))
            self._state.messages.info(f"Deleted {_quoted(name)}. Undo brings it back.")

        if self._shelf is not None:
            self._run(partial(self._shelf.delete, name), take)

    def _change(self, what: str, *words: object) -> None:
        """A step taken back, or done again: nothing to record."""
        if self._shelf is not None:
            work = getattr(self._shelf, what)
            self._run(partial(work, *words), lambda answer: self._state.saved.set_items(answer[-1]))

    # -- uses ----------------------------------------------------------------------------

    def _apply(self, name: str, mode: CombineMode) -> None:
        def take(mask: Mask) -> None:
            selection, visible = self._state.selection, self._state.filters.visible
            selection.combine(mask, mode, f"Select {_quoted(name)}")
            hidden = 0 if visible is None else np.count_nonzero(selection.mask & ~visible)
            words = f", {hidden:,} of them hidden by filters" if hidden else ""
            self._state.messages.info(f"{selection.count:,} galaxies are selected{words}.")

        self._use(name, take)

    def _filter(self, name: str, only: bool) -> None:
        def take(mask: Mask) -> None:
            spec = SavedRows(name, only)
            self._state.filters.set(
                f"saved {name}", caption_of(spec), mask if only else ~mask, spec, new_rows=not only
            )

        self._use(name, take)

    def _use(self, name: str, take: Callable[[Mask], None]) -> None:
        def take_fitting(mask: Mask) -> None:
            # The catalogue may have grown meanwhile.
            if len(mask) == self._state.selection.size:
                take(mask)

        if self._shelf is not None:
            self._run(partial(self._shelf.mask, name), take_fitting)

    def _export(self, name: str, path: Path) -> None:
        def take(count: int) -> None:
            self._state.messages.info(f"Wrote {count:,} galaxies to {path}.")

        if self._shelf is not None:
            self._run(partial(self._shelf.export, name, path), take)

    def _run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[str], None] | None = None,
    ) -> None:
        shelf = self._shelf

        def take(answer: T) -> None:
            # Where another workspace has been opened meanwhile, it was written all the same.
            now = self._shelf
            if shelf is not None and now is not None and shelf.folder == now.folder:
                done(answer)

        self._background.run(work, take, failed or self._state.messages.error)


def _quoted(name: str) -> str:
    return f"“{name}”"
