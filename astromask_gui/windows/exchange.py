"""How galaxies leave the window and come back: menus on them, drags of them, their picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QPoint, QRectF
from PyQt6.QtWidgets import QMenu

from astromask_gui.parts.galaxy_deeds import Rows
from astromask_gui.parts.galaxy_menu import GalaxyMenu
from astromask_gui.parts.row_drop import RowDrop
from astromask_gui.parts.row_files import PictureDrag
from astromask_gui.parts.tiles import ROW_ROLE
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_files import MOST_HANDED_OUT
from astromask_gui.widgets.cutout.figure import CutoutScene

if TYPE_CHECKING:
    from astromask_gui.windows.main_window import MainWindow


class Exchange:
    """Wires what panels show to what can be done with galaxies anywhere."""

    def __init__(self, window: MainWindow, state: ApplicationState) -> None:
        self._window, self._state = window, state
        picture, strip = window.cutout.picture, window.neighbours.strip
        viewport = strip.viewport()
        assert viewport is not None
        self.picture_menu = GalaxyMenu(picture, state, self._shown, self._add_picture)
        self.tile_menu = GalaxyMenu(viewport, state, self._tile_at)
        gallery = window.gallery.view.viewport()
        assert gallery is not None
        self.gallery_menu = GalaxyMenu(gallery, state, self._in_gallery)
        PictureDrag(picture, state)
        RowDrop(window.cutout, state.selection, self._show)
        RowDrop(window.saved, state.selection, self._keep)
        state.neighbours.changed.connect(self._ask_for_names)

    def _shown(self, _: QPoint) -> list[int]:
        cutout = self._state.cutout.cutout
        return [] if cutout is None else [cutout.row]

    def _tile_at(self, place: QPoint) -> list[int]:
        index = self._window.neighbours.strip.indexAt(place)
        return [int(index.data(ROW_ROLE))] if index.isValid() else []

    def _in_gallery(self, place: QPoint) -> Rows:
        """The tile there; where it is selected, all that are."""
        position, selection = self._window.gallery.view.position_at(place), self._state.selection
        rows = self._state.gallery.rows
        if position is None or position >= len(rows):
            return []
        row = int(rows[position])
        return selection.rows() if selection.mask[row] else [row]

    def _show(self, rows: list[int]) -> None:
        self._state.selection.set_active(rows[0])

    def _keep(self, rows: list[int]) -> None:
        mask = np.zeros(self._state.selection.size, bool)
        mask[rows] = True
        self._state.saved.save(self._state.saved.free_name(), mask)

    def _ask_for_names(self) -> None:
        """Know how the files of tiles are called before these are dragged."""
        results = self._state.neighbours.results
        for row in [] if results is None else results.rows[:MOST_HANDED_OUT].tolist():
            self._state.identifiers.get(row)

    # -- the picture ---------------------------------------------------------------------

    def _add_picture(self, menu: QMenu, rows: Rows) -> None:
        menu.addSeparator()
        for text in ("Copy p&icture", "Save the &picture …"):
            menu.addAction(self._window.action(text))

    def save_picture(self) -> None:
        """Ask how the picture of the active galaxy is to be saved."""
        # Not needed to start.
        from astromask_gui.windows.picture_dialog import PictureDialog

        scene = self.scene()
        if scene is None:
            self._state.messages.info("There is no picture to save yet.")
        else:
            PictureDialog(self._state.exports, scene, self._window).open()

    def scene(self) -> CutoutScene | None:
        """The picture as the viewer shows it now; None without one."""
        picture, cutout = self._window.cutout.picture, self._state.cutout.cutout
        if picture.image is None or cutout is None:
            return None
        whole = picture.picture_rectangle()
        shown = whole.intersected(QRectF(picture.rect())).translated(-whole.topLeft())
        scale, grid = picture.picture_scale(), self._state.cutout.grid
        part = QRectF(shown.topLeft() / scale, shown.size() / scale).toAlignedRect()
        return CutoutScene(
            picture.image,
            cutout.object_id,
            part.intersected(picture.image.rect()),
            self._state.display.survey.pixel_scale,
            () if grid is None or not grid.stated else tuple(grid.directions()),
        )

    def save_selected(self) -> None:
        """Ask where the cutouts of the selected galaxies are to be saved."""
        from astromask_gui.parts.galaxy_deeds import save_fits

        save_fits(self._state, self._state.selection.rows(), self._window)
