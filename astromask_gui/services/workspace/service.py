"""Opens workspaces, and takes in what jobs add to the open one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.concurrency.worker import Request, Worker
from astromask_gui.services.workspace.demo import copy_demo
from astromask_gui.services.workspace.filling import empty_state, fill_state, update_state
from astromask_gui.services.workspace.loading import Loaded, load_workspace, workspace_folder
from astromask_gui.services.workspace.noise import noise_by_band, sample_rows
from astromask_gui.services.workspace.offering import create_workspace, describe_path
from astromask_gui.services.workspace.placed_columns import placed_values
from astromask_gui.services.workspace.places import Places, place_galaxies
from astromask_gui.services.workspace.reader import OPENING, open_message, sample_message
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.plane import Layout
from astromask_gui.state.view import MapView

_PROJECTION_LANES = ("projection", "second projection")


class WorkspaceService(QObject):
    """Answers `session.open`, `create`, `demo` and `store`; loads layouts of maps, and columns."""

    changing = pyqtSignal()
    """The reader has another survey open, which the window's state is about to show."""
    closed = pyqtSignal()
    """Nothing is open any more."""
    loaded_changed = pyqtSignal(object)
    """`Loaded`: another workspace, another of its stores, or the same with something new."""

    def __init__(
        self,
        state: ApplicationState,
        background: Background,
        reader: Worker,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._background, self._reader = state, background, reader
        self._loaded: Loaded | None = None
        self._coming: Loaded | None = None
        """What is shown next, once its noise is known; what is open is served until then."""
        self._opened: dict[str, Any] | None = None
        """What the reader was last asked to open."""
        state.session.open_requested.connect(self.open)
        state.session.demo_requested.connect(self.open_demo)
        state.session.store_requested.connect(self._switch_store)
        state.session.create_requested.connect(self._create)
        state.session.changed.connect(self._follow_closing)
        # Methods, not partials of one: these would hold this object, and in a cycle that the
        # collector may meet in a thread where Qt's objects can't be deleted.
        state.maps.first.layout_requested.connect(self._load_first)
        state.maps.second.layout_requested.connect(self._load_second)
        state.columns.requested.connect(self._load_column)
        reader.died.connect(lambda sentence, _: state.messages.error(sentence))

    @property
    def loaded(self) -> Loaded | None:
        """What is open."""
        return self._loaded

    def open(self, path: Path) -> None:
        """Open the workspace at `path`, or offer to make one of the cutouts there."""
        self._state.session.set_opening(f"Opening {path.name or path} …")
        self._run_opening(partial(_look_at, path))

    def open_demo(self) -> None:
        """Open the user's copy of the demo survey."""
        self._state.session.set_opening("Opening the demo survey …")
        self._run_opening(lambda: load_workspace(copy_demo(), is_demo=True))

    def refresh(self, done: Callable[[], None]) -> None:
        """Read the open workspace again, keep what the user looks at, then call `done`."""
        if self._loaded is None:
            return
        facts, projection = self._loaded.facts, self._state.view.projection
        self._background.run(
            partial(load_workspace, facts.folder, facts.store, projection, is_demo=facts.is_demo),
            partial(self._take_new, done),
            self._state.messages.error,
            lane="refresh",
        )

    def _follow_closing(self) -> None:
        if self._state.session.workspace is None and self._loaded is not None:
            self._loaded = self._coming = None
            for lane in ("open", "refresh", "noise", *_PROJECTION_LANES):
                self._background.drop(lane)
            self.closed.emit()
            empty_state(self._state)

    def _run_opening(self, work: Callable[[], Loaded | dict[str, Any]]) -> None:
        # What was being opened or taken in is no longer wanted.
        self._coming = None
        self._background.drop("refresh")
        self._background.run(work, self._take_look, self._state.session.set_error, lane="open")

    def _create(self, arguments: dict[str, Any]) -> None:
        folder = Path(str(arguments["folder"]))
        self._state.session.set_opening(f"Making the workspace {folder.name} …")

        def make() -> Loaded:
            made, warnings = create_workspace(arguments)
            return load_workspace(made, notes=warnings)

        self._run_opening(make)

    def _take_look(self, found: Loaded | dict[str, Any]) -> None:
        if isinstance(found, dict):
            self._state.session.offer_cutouts(found)
        else:
            self._coming = found
            self._measure_noise(found)

    def _open_reader(self, loaded: Loaded) -> None:
        message = open_message(loaded)
        if message != self._opened:
            self._opened = message
            self._reader.introduce([Request(message)])

    def _measure_noise(self, loaded: Loaded) -> None:
        """Measure the sky, so that the first picture is stretched as all later ones are."""
        shape = (len(loaded.facts.bands), *loaded.workspace.settings.image_size)
        rows = sample_rows(loaded.facts.count, shape)

        def measure(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
            if loaded is not self._coming:
                return
            fill = partial(self._fill, loaded, header["white"])
            work = partial(noise_by_band, arrays["pixels"], arrays["missing"].astype(bool))
            self._background.run(work, fill, go_without, lane="noise")

        def go_without(sentence: str) -> None:
            if loaded is self._coming:
                self._state.messages.error(sentence)
                self._fill(loaded, None, ())

        request = Request(sample_message(loaded, rows.tolist()), {}, measure, go_without)
        self._reader.ask(OPENING, request)

    def _fill(self, loaded: Loaded, white: float | None, noise: tuple[float, ...]) -> None:
        if loaded is not self._coming:
            return
        self._loaded, self._coming = loaded, None
        self._open_reader(loaded)
        self.changing.emit()
        fill_state(self._state, loaded, noise, white)
        for note in loaded.notes:
            self._state.messages.warning(note)
        self.loaded_changed.emit(loaded)

    def _switch_store(self, name: str) -> None:
        if self._loaded is None:
            return
        facts = self._loaded.facts
        self._background.run(
            partial(load_workspace, facts.folder, name, is_demo=facts.is_demo),
            partial(self._take_new, lambda: None),
            self._state.messages.error,
            lane="refresh",
        )

    def _take_new(self, done: Callable[[], None], loaded: Loaded) -> None:
        before = self._loaded
        if before is None or before.facts.folder != loaded.facts.folder:
            return
        # What is about to leave the window needs nothing new.
        if self._coming is not None:
            return
        self._loaded = loaded
        self._open_reader(loaded)
        update_state(self._state, before, loaded)
        for note in loaded.notes:
            if note not in before.notes:
                self._state.messages.warning(note)
        self.loaded_changed.emit(loaded)
        done()

    def _load_first(self, layout: Layout) -> None:
        self._load_layout(self._state.maps.first, layout)

    def _load_second(self, layout: Layout) -> None:
        self._load_layout(self._state.maps.second, layout)

    def _load_layout(self, view: MapView, layout: Layout) -> None:
        if self._loaded is None:
            return
        loaded = self._loaded

        def take(places: Places) -> None:
            if not _is_open(loaded, self._loaded) or view not in self._state.maps.shown:
                return
            if not _shows(view, layout, places):
                view.set_layout(layout, places.coordinates, places.axes, places.placed)

        def refuse(sentence: str) -> None:
            view.refuse_layout()
            self._state.messages.error(sentence)

        work = partial(place_galaxies, loaded, layout)
        self._background.run(work, take, refuse, lane=_lane_of(self._state, view))

    def _load_column(self, name: str) -> None:
        if self._loaded is None:
            return
        loaded = self._loaded

        def take(values: NDArray[np.generic]) -> None:
            if _is_open(loaded, self._loaded):
                self._state.columns.set_values(name, values)

        self._background.run(
            partial(_column_values, loaded, name), take, self._state.messages.error
        )


def _is_open(asked: Loaded, now: Loaded | None) -> bool:
    """Whether an answer about one workspace fits what is open when it comes."""
    if now is None:
        return False
    return (asked.facts.folder, asked.facts.count) == (now.facts.folder, now.facts.count)


def _column_values(loaded: Loaded, name: str) -> NDArray[np.generic]:
    placed = placed_values(loaded, name)
    if placed is not None:
        return placed
    values: NDArray[np.generic] = loaded.workspace.columns.values(name)
    return values


def _shows(view: MapView, layout: Layout, places: Places) -> bool:
    """Whether a map shows the very same already, as after a reload without a change."""
    same_plane = (layout, places.axes) == (view.layout, view.axes)
    known = view.coordinates
    if known is None or not same_plane:
        return False
    return np.array_equal(places.coordinates, known, equal_nan=True)


def _lane_of(state: ApplicationState, view: MapView) -> str:
    """Each map's own lane: what one waits for is not replaced by the other's wish."""
    return _PROJECTION_LANES[0 if view is state.maps.first else 1]


def _look_at(path: Path) -> Loaded | dict[str, Any]:
    folder = workspace_folder(path)
    return describe_path(path) if folder is None else load_workspace(folder)
