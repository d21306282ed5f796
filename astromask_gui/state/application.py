"""Everything that is open, active, selected, filtered, coloured, displayed or labelled."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from astromask_gui.state.cells import Cells
from astromask_gui.state.columns import Columns
from astromask_gui.state.conditions import Conditions
from astromask_gui.state.cutout import CutoutState
from astromask_gui.state.cutout_files import CutoutFiles
from astromask_gui.state.cutout_view import CutoutView
from astromask_gui.state.display import Display
from astromask_gui.state.exports import Exports
from astromask_gui.state.filters import Filters
from astromask_gui.state.gallery import Gallery
from astromask_gui.state.histograms import Histograms
from astromask_gui.state.identifiers import Identifiers
from astromask_gui.state.interop import Interop
from astromask_gui.state.jobs import Jobs
from astromask_gui.state.joins import Joins
from astromask_gui.state.labels import Labels
from astromask_gui.state.light import Light
from astromask_gui.state.maps import Maps
from astromask_gui.state.measure import Measure
from astromask_gui.state.messages import Messages
from astromask_gui.state.neighbours import NeighboursState
from astromask_gui.state.own_colours import OwnColours
from astromask_gui.state.patch_maps import PatchMaps
from astromask_gui.state.pins import Pins
from astromask_gui.state.portraits import Portraits
from astromask_gui.state.preferences import Preferences
from astromask_gui.state.reconstruction import ReconstructionState
from astromask_gui.state.saved import SavedSelections
from astromask_gui.state.selection import Selection
from astromask_gui.state.session import Session
from astromask_gui.state.sheets import Sheets
from astromask_gui.state.sky_places import SkyPlaces
from astromask_gui.state.table import Table
from astromask_gui.state.thumbnails import SHARP_SIDE, Thumbnails
from astromask_gui.state.undo import UndoStack


class ApplicationState(QObject):
    """One object of each kind; widgets and services are handed those they need."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo = UndoStack(self)
        self.session = Session(self)
        self.selection = Selection(self.undo, self)
        self.saved = SavedSelections(self)
        self.filters = Filters(self.undo, self)
        self.histograms = Histograms(self)
        self.conditions = Conditions(self)
        self.display = Display(self)
        self.maps = Maps(self)
        self.view = self.maps.first
        self.columns = Columns(self)
        self.cells = Cells(parent=self)
        self.table = Table(self)
        self.own_colours = OwnColours(self.undo, self)
        self.thumbnails = Thumbnails(parent=self)
        self.sharp_thumbnails = Thumbnails(parent=self, side=SHARP_SIDE)
        self.identifiers = Identifiers(parent=self)
        self.cutout = CutoutState(self)
        self.cutout_view = CutoutView(self)
        self.cutout_files = CutoutFiles(self)
        self.sky_places = SkyPlaces(self)
        self.light = Light(self)
        self.interop = Interop(self)
        self.measure = Measure(self)
        self.pins = Pins(self)
        self.reconstruction = ReconstructionState(self)
        self.patch_maps = PatchMaps(self)
        self.neighbours = NeighboursState(self)
        self.gallery = Gallery(self)
        self.labels = Labels(self)
        self.jobs = Jobs(self)
        self.joins = Joins(self)
        self.exports = Exports(self)
        self.sheets = Sheets(self)
        self.messages = Messages(self)
        self.preferences = Preferences(self)
        self.portraits = Portraits(self)

    def with_active(self, deed: Callable[[int], object]) -> None:
        """Do something with the row of the active galaxy, or say that none is active."""
        row = self.selection.active
        if row is None:
            self.messages.info("Click a galaxy on the map first.")
        else:
            deed(row)

    def list_in_use(self) -> NDArray[np.uint32] | None:
        """(n,) uint32: the rows that "next" goes through; the neighbours where nothing else is."""
        if self.cutout.order is not None:
            return self.cutout.order
        results = self.neighbours.results
        return None if results is None else results.rows

    def next_row(self, by: int) -> int | None:
        """The row so many places on in the list in use, its ends held; None without a list.

        From a galaxy outside the list its first is next.
        """
        rows, active = self.list_in_use(), self.selection.active
        if rows is None or not len(rows):
            return None
        places = [] if active is None else np.flatnonzero(rows == active).tolist()
        place = min(max(places[0] + by, 0), len(rows) - 1) if places else 0
        return int(rows[place])

    def step(self, by: int) -> bool:
        """Make the galaxy so many places on in the list in use active; False without a list.

        What was found stays found while it is looked through.
        """
        row, order, gallery = self.next_row(by), self.cutout.order, self.gallery
        if row is None:
            return False
        among_found = order is None or (
            order is gallery.rows and gallery.listing.kind == "neighbours"
        )
        with self.neighbours.held() if among_found else nullcontext():
            self.selection.set_active(row)
        return True
