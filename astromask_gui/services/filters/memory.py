"""Keeps filters and histograms in the workspace, and brings them back with it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.filters.files import FilterFiles, KeptFilters
from astromask_gui.services.filters.rows import fault_of
from astromask_gui.services.filters.words import (
    filter_in_words,
    filter_of,
    histogram_in_words,
    histograms_of,
    texts_of,
    units_of,
)
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.filter_item import Filter
from astromask_gui.state.filter_specs import Categories, Range
from astromask_gui.state.histograms import HistogramSpec

_USUAL = (
    ("mag_r", "mag_i", "r_mag", "mag", "mag_g"),
    ("redshift", "z", "photo_z", "photoz", "z_phot", "z_spec", "zphot"),
    ("class", "type", "class_label", "morphology", "label", "source_type"),
)
"""Columns that most users look at; of each group the first that there is."""
_NO_MEASURES = frozenset({"ra", "dec", "row", "id"})
_FEWEST = 2


class FilterMemory(QObject):
    """Writes `filters.json` as the user changes something; reads it when a workspace is opened."""

    def __init__(self, state: ApplicationState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        # One thread: of two changes the later one is on disk at the end.
        self._background = Background("kept filters", parent=self)
        self._folder: Path | None = None
        self._files: FilterFiles | None = None
        self.is_ready = False
        """Whether what was kept has been read, so that it is not written over."""
        state.filters.edited.connect(self._write)
        state.histograms.edited.connect(self._write)
        state.conditions.history_changed.connect(self._write)

    def open(self, loaded: Loaded) -> None:
        """Bring back what another workspace has kept."""
        folder = loaded.facts.folder
        if self._files is not None and folder == self._folder:
            self._files.follow(loaded)
            return
        self._folder, self._files, self.is_ready = folder, FilterFiles(loaded), False
        take, fail = partial(self._restore, folder), partial(self._fail, folder)
        self._background.run(self._files.read, take, fail, lane="read")

    def forget(self) -> None:
        """Nothing is open any more."""
        self._folder, self._files, self.is_ready = None, None, False
        self._background.drop("read")
        self._state.histograms.reset()
        self._state.conditions.reset()

    def close(self) -> None:
        """Finish writing."""
        self._background.close(finish=True)

    def _restore(self, folder: Path, kept: KeptFilters) -> None:
        if folder != self._folder:
            return
        words, columns = kept.words, self._state.columns
        known = [found for name in columns.names() if (found := columns.column(name)) is not None]
        if words is None:
            self._state.histograms.reset(usual_histograms(known))
        else:
            self._state.conditions.reset(texts_of(words.get("history")))
            self._state.histograms.reset(histograms_of(words.get("histograms")))
            self._restore_filters(kept, {column.name: column for column in known})
        for problem in kept.problems:
            self._state.messages.warning(f"A filter could not be brought back. {problem}")
        self.is_ready = True

    def _restore_filters(self, kept: KeptFilters, columns: dict[str, Column]) -> None:
        units, size = units_of(columns.values()), self._state.filters.size
        # The catalogue may have grown while they were read.
        masks = {name: mask for name, mask in kept.masks.items() if len(mask) == size}
        entries = kept.words.get("filters") if kept.words else None
        found_again: list[tuple[str, Filter]] = []
        gone: list[str] = []
        for entry in entries if isinstance(entries, list) else ():
            found = filter_of(entry, units, masks)
            if found is None:
                continue
            spec = found[1].spec
            if isinstance(spec, Range | Categories) and fault_of(spec, columns.get(spec.column)):
                gone.append(found[1].caption)
            else:
                found_again.append(found)
        self._state.filters.restore(found_again)
        if gone:
            captions = ", ".join(f"“{caption}”" for caption in gone)
            self._state.messages.warning(
                f"Filters that fit no column any more were taken away: {captions}."
            )

    def _fail(self, folder: Path, sentence: str) -> None:
        """What can't be read is not written over until the user changes something."""
        self._state.messages.error(sentence)
        self._restore(folder, KeptFilters(None))

    def _write(self) -> None:
        if self._files is None or not self.is_ready:
            return
        items = self._state.filters.items()
        filters = (filter_in_words(*pair) for pair in items.items())
        masks = {
            name: item.mask
            for name, item in items.items()
            if item.spec is None and item.mask is not None
        }
        words = {
            "histograms": [histogram_in_words(spec) for spec in self._state.histograms.shown],
            "filters": [words for words in filters if words is not None],
            "history": list(self._state.conditions.history),
        }
        work = partial(self._files.write, words, masks)
        # In a lane: of what has not been written, only the newest counts.
        self._background.run(
            work, _nothing, self._state.messages.error, lane=f"write {self._folder}"
        )


def usual_histograms(columns: list[Column]) -> tuple[HistogramSpec, ...]:
    """What is shown before the user chooses."""
    names = {column.name.lower(): column.name for column in columns}
    chosen = [next((names[name] for name in group if name in names), None) for group in _USUAL]
    found = [name for name in chosen if name is not None]
    for column in columns:
        if len(found) >= _FEWEST:
            break
        is_measure = column.kind == "number" and column.name.lower() not in _NO_MEASURES
        if is_measure and column.name not in found:
            found.append(column.name)
    return tuple(HistogramSpec(name, undecided=True) for name in found)


def _nothing(_: None) -> None:
    pass
