"""What the filters leave visible: named filters, all of which a visible row must pass.

A filter that says what it asks for (`Spec`) is an intent: a service answers with its rows. Until
then, and while another answer is awaited, what passed before passes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.state.filter_item import Filter, Mask
from astromask_gui.state.filter_specs import Spec, caption_of
from astromask_gui.state.packed import PackedMask
from astromask_gui.state.undo import UndoStack


@dataclass(frozen=True)
class _Kept:
    """A filter for a step of undo: its rows take little room, or none where they can be redone."""

    filter: Filter
    rows: PackedMask | None = field(compare=False)


Kept = dict[str, _Kept]


class Filters(QObject):
    """The filters by name, and their intersection. Changes can be undone."""

    changed = pyqtSignal()
    """Other rows are visible, or there are other rows."""
    listed = pyqtSignal()
    """Something about the filters has changed, be it only their words."""
    edited = pyqtSignal()
    """Changed by the user, and to be kept."""
    requested = pyqtSignal(str, int, object)
    """Name, number and `Spec` of a filter whose rows are wanted."""

    def __init__(self, undo: UndoStack | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._undo = undo
        self._size = 0
        self._filters: dict[str, Filter] = {}
        self._asked: dict[str, int] = {}
        """Number from which on answers about a filter are of use."""
        self._number = 0
        self._before: Kept | None = None
        """What there was before a gesture that is still going on."""
        self._effective: dict[str, tuple[Filter, Mask]] = {}
        self._visible: Mask | None = None
        self.revision = 0

    @property
    def size(self) -> int:
        """Number of rows."""
        return self._size

    @property
    def visible(self) -> Mask | None:
        """(N,) bool, or None where nothing is filtered out. Not to be written to."""
        return self._visible

    @property
    def visible_count(self) -> int:
        """How many rows are visible."""
        return self._size if self._visible is None else int(np.count_nonzero(self._visible))

    @property
    def is_in_gesture(self) -> bool:
        """Whether a hand is still on what it filters by."""
        return self._before is not None

    def items(self) -> dict[str, Filter]:
        """The filters by name, in the order they were made."""
        return dict(self._filters)

    def effective(self) -> dict[str, Mask]:
        """The masks (N,) bool that count now, by name: the same objects until they change."""
        return {name: mask for name, (_, mask) in self._effective.items()}

    def reset(self, size: int) -> None:
        """Start over for a catalogue of `size` rows, without a filter."""
        self._size = size
        self._filters.clear()
        self._before = None
        self._update(is_resized=True)

    def grow(self, size: int) -> None:
        """Take in rows at the end; what can be told of them is asked for by `ask_again`."""
        self._size = size
        for name, item in self._filters.items():
            if item.mask is not None:
                grown = np.full(size, item.new_rows)
                grown[: len(item.mask)] = item.mask
                self._filters[name] = replace(item, mask=grown)
        self._update(is_resized=True)

    # -- what the user wants -------------------------------------------------------------

    def set(
        self,
        name: str,
        caption: str,
        mask: Mask,
        spec: Spec | None = None,
        *,
        new_rows: bool = True,
    ) -> None:
        """Add a filter of known rows, or replace the one of this name."""
        assert mask.shape == (self._size,), "a mask of another catalogue"
        old = self._filters.get(name)
        if old is not None and (old.caption, old.spec) == (caption, spec) and not old.problem:
            if old.mask is not None and np.array_equal(old.mask, mask):
                return
            if spec is not None:
                # The same filter of other values, as when grades change: nothing to take back.
                self._filters[name] = replace(old, mask=mask)
                self._update()
                return
        self._begin()
        # What was asked for before is about another filter of this name.
        self._asked[name] = self._number + 1
        self._filters[name] = Filter(caption, mask, spec, new_rows=new_rows)
        self._finish(f"Filter {caption}", is_new=True)

    def request(self, name: str, spec: Spec, unit: str = "", *, done: bool = True) -> None:
        """Add a filter, or have the one of this name ask for something else.

        Not `done`, it is part of a gesture that goes on: one step of undo for all of it.
        """
        old = self._filters.get(name)
        if old is not None and old.spec == spec and not old.problem:
            if done and self._before is not None:
                self._finish(f"Filter {old.caption}")
            return
        self._begin()
        caption = caption_of(spec, unit)
        if old is None or type(old.spec) is not type(spec):
            self._asked[name] = self._number + 1
        kept = old or Filter(caption, None)
        self._filters[name] = replace(
            kept, caption=caption, spec=spec, is_on=True, problem="", new_rows=False
        )
        self._ask(name, spec)
        if done:
            self._finish(f"Filter {caption}")
        else:
            self._update()

    def remove(self, name: str, *, done: bool = True) -> None:
        """Take a filter away; nothing happens where there is none of this name."""
        if name in self._filters:
            self._begin()
            caption = self._filters.pop(name).caption
            if done:
                self._finish(f"Take away {caption}")
            else:
                self._update()
        elif done and self._before is not None:
            self._finish("Filter")

    def clear(self) -> None:
        """Take all filters away."""
        if self._filters:
            self._begin()
            self._filters.clear()
            self._finish("Show all")

    def switch(self, name: str, on: bool) -> None:
        """Have a filter count, or not."""
        words = "Switch on" if on else "Switch off"
        self._replace(name, words, is_on=on)

    def invert(self, name: str) -> None:
        """Have a filter let pass exactly what it has kept back."""
        item = self._filters.get(name)
        if item is not None:
            self._replace(name, "Turn round", is_inverted=not item.is_inverted)

    def _replace(self, name: str, words: str, *, is_on: bool | None = None,
                 is_inverted: bool | None = None) -> None:  # fmt: skip
        item = self._filters.get(name)
        if item is None:
            return
        new = replace(
            item,
            is_on=item.is_on if is_on is None else is_on,
            is_inverted=item.is_inverted if is_inverted is None else is_inverted,
        )
        if new != item:
            self._begin()
            self._filters[name] = new
            self._finish(f"{words} {item.caption}")

    # -- answers -------------------------------------------------------------------------

    def answer(self, name: str, number: int, mask: Mask) -> bool:
        """Take in the rows (N,) bool that pass; False where nobody waits for them any more.

        While a brush is dragged, the rows of a moment ago are better than older ones.
        """
        item = self._filters.get(name)
        if item is None or number < self._asked.get(name, 0) or len(mask) != self._size:
            return False
        self._asked[name] = number + 1
        if item.mask is None or item.problem or not np.array_equal(item.mask, mask):
            self._filters[name] = replace(item, mask=mask, problem="")
            self._update()
        return True

    def refuse(self, name: str, number: int, sentence: str) -> None:
        """Say why a filter can't be answered; it stays, and does nothing."""
        item = self._filters.get(name)
        if item is not None and number >= self._asked.get(name, 0):
            self._filters[name] = replace(item, mask=None, problem=sentence)
            self._update()

    def ask_again(self, names: Iterable[str] | None = None) -> None:
        """Ask for the rows of filters anew, because values may have changed; of all by default."""
        for name in list(self._filters if names is None else names):
            spec = self._filters[name].spec
            if spec is not None:
                self._ask(name, spec)

    def restore(self, items: Iterable[tuple[str, Filter]]) -> None:
        """Take in filters that were kept, without a step of undo."""
        for name, item in items:
            # An answer still to come may be about another workspace's filter of this name.
            self._asked[name] = self._number + 1
            self._filters[name] = item
        self._update()
        self.ask_again()

    def _ask(self, name: str, spec: Spec) -> None:
        self._number += 1
        self.requested.emit(name, self._number, spec)

    # -- undo ----------------------------------------------------------------------------

    def _begin(self) -> None:
        if self._before is None:
            self._before = self._keep()

    def _finish(self, caption: str, *, is_new: bool = False) -> None:
        before, after = self._before, self._keep()
        self._before = None
        self._update()
        # Rows are not compared: who sets the same ones again does not come here.
        if before is not None and self._undo is not None and (before != after or is_new):
            self._undo.push(caption, lambda: self._bring(before), lambda: self._bring(after))
        self.edited.emit()

    def _keep(self) -> Kept:
        kept = {}
        for name, item in self._filters.items():
            rows = None if item.spec or item.mask is None else PackedMask.of(item.mask)
            kept[name] = _Kept(replace(item, mask=None), rows)
        return kept

    def _bring(self, kept: Kept) -> None:
        """Put filters back as they were; rows that can be redone are asked for."""
        before, self._filters = self._filters, {}
        for name, entry in kept.items():
            old = before.get(name)
            mask = None if entry.rows is None else self._unpack(entry)
            if mask is None and old is not None and old.spec == entry.filter.spec:
                mask = old.mask
            self._filters[name] = replace(entry.filter, mask=mask)
            self._asked[name] = self._number + 1
        self._update()
        self.ask_again([name for name, item in self._filters.items() if item.mask is None])
        self.edited.emit()

    def _unpack(self, entry: _Kept) -> Mask:
        assert entry.rows is not None
        mask = entry.rows.unpack(self._size)
        mask[entry.rows.size :] = entry.filter.new_rows
        return mask

    def _update(self, *, is_resized: bool = False) -> None:
        known, self._effective = self._effective, {}
        for name, item in self._filters.items():
            mask = item.passing_as(*known[name]) if name in known else item.passing()
            if mask is not None:
                self._effective[name] = (item, mask)
        before = {name: id(mask) for name, (_, mask) in known.items()}
        if is_resized or before != {name: id(mask) for name, (_, mask) in self._effective.items()}:
            masks = [mask for _, mask in self._effective.values()]
            self._visible = np.logical_and.reduce(masks) if masks else None
            self.revision += 1
            self.changed.emit()
        self.listed.emit()
