"""Filters on disk, the sets of galaxies among them included; slow, so never on the window's
thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astromask_gui.services.sentences import sentence_of
from astromask_gui.services.workspace.loading import Loaded
from trainer.errors import AstroMaskError

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class KeptFilters:
    """What a workspace has kept."""

    words: dict[str, Any] | None
    """Of `filters.json`; None where there is no file."""
    masks: dict[str, Mask] = field(default_factory=dict)
    """(N,) bool by the filter's name, of those that are sets of rows."""
    problems: tuple[str, ...] = ()
    """Sentences on sets that can't be used."""


class FilterFiles:
    """One workspace's kept filters; for one thread at a time."""

    def __init__(self, loaded: Loaded) -> None:
        self._workspace = loaded.workspace
        self._known: dict[str, tuple[Mask, str]] = {}
        """By filter, the set that is on disk and the file's name."""

    def follow(self, loaded: Loaded) -> None:
        """Serve what the same workspace has become."""
        self._workspace = loaded.workspace

    def read(self) -> KeptFilters:
        """Raises `AstroMaskError` where the file of filters can't be read."""
        from trainer.workspace.kept_filters import read_filters

        words = read_filters(self._workspace.folder)
        entries = None if words is None else words.get("filters")
        masks: dict[str, Mask] = {}
        problems: list[str] = []
        for entry in entries if isinstance(entries, list) else ():
            if not isinstance(entry, dict) or entry.get("kind") != "rows":
                continue
            name, file = entry.get("name"), entry.get("file")
            if isinstance(name, str) and isinstance(file, str):
                try:
                    masks[name] = self._mask(file, all_but=entry.get("all_but") is True)
                    self._known[name] = masks[name], file
                except AstroMaskError as error:
                    problems.append(sentence_of(error))
        return KeptFilters(words, masks, tuple(problems))

    def write(self, words: dict[str, Any], masks: Mapping[str, Mask]) -> None:
        """Keep filters; `masks` are those of entries that are sets of rows.

        Raises `AstroMaskError`.
        """
        from trainer.workspace.kept_filters import remove_filter_rows, write_filters

        for entry in words["filters"]:
            if entry["kind"] == "rows":
                entry["file"] = self._file(entry, masks[entry["name"]])
        write_filters(self._workspace.folder, words)
        self._known = {name: self._known[name] for name in masks}
        # Only now: until then the file of filters named them.
        remove_filter_rows(self._workspace.folder, {file for _, file in self._known.values()})

    def _file(self, entry: Mapping[str, Any], mask: Mask) -> str:
        from trainer.workspace.kept_filters import ROWS_FOLDER, write_filter_rows

        name, workspace = entry["name"], self._workspace
        known, folder = self._known.get(name), workspace.folder / ROWS_FOLDER
        # Another window with the same workspace may have removed it.
        if known is None or known[0] is not mask or not (folder / known[1]).exists():
            rows = np.flatnonzero(~mask if entry["all_but"] else mask)
            file = write_filter_rows(workspace.folder, workspace.catalogue, name, rows)
            known = self._known[name] = mask, file
        return known[1]

    def _mask(self, file: str, *, all_but: bool) -> Mask:
        from trainer.workspace.kept_filters import read_filter_rows

        mask = np.full(len(self._workspace), all_but)
        mask[
            read_filter_rows(self._workspace.folder, self._workspace.catalogue, file)
        ] = not all_but
        return mask
