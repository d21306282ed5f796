"""The pictures of the viewer: the galaxy large, its bands beside each other, or those pinned."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QStackedLayout, QWidget

from astromask_gui.parts.linked_picture import LinkedPicture
from astromask_gui.parts.rendering_thread import RenderingThread
from astromask_gui.rendering.picture import render_cutout
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout import Cutout
from astromask_gui.state.cutout_view import Layout
from astromask_gui.state.display import DisplaySettings
from astromask_gui.widgets.cutout.grid import CutoutGrid, Tile

_PAGES: dict[Layout, int] = {"one": 0, "bands": 1, "pinned": 2}
_RGB = -1
"""Key of the colour picture among the bands."""


class CutoutPictures(QWidget):
    """Renders what `state` says into the layout in force; clicks change `state` alone."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._view, self._display = state, state.cutout_view, state.display
        self._renderer = RenderingThread(self)
        self.picture = LinkedPicture(state.cutout_view, smallest=56)
        self.bands = CutoutGrid(state.cutout_view)
        self.pinned = CutoutGrid(state.cutout_view)
        self._blink = QTimer(self)
        self._shows_other = False
        self._stack = QStackedLayout(self)
        for page in (self.picture, self.bands, self.pinned):
            self._stack.addWidget(page)
        self._connect_signals()
        self._follow_layout()

    def _connect_signals(self) -> None:
        self._view.layout_changed.connect(self._follow_layout)
        self._view.blink_changed.connect(self._follow_blink)
        self._display.changed.connect(self.draw)
        self._state.pins.changed.connect(self.draw)
        self._state.light.changed.connect(self.draw)
        self._blink.timeout.connect(self._turn)
        self.bands.clicked.connect(self._choose_band)
        self.pinned.clicked.connect(self._state.selection.set_active)

    # -- from state ----------------------------------------------------------------------

    def draw(self) -> None:
        """Draw the active galaxy, or what stands for it."""
        cutout = self._state.cutout.cutout
        self._shows_other = False
        if cutout is None:
            return
        self._draw_one(cutout, self._display.settings)
        if self._view.layout == "bands":
            self._draw_bands(cutout)
        elif self._view.layout == "pinned":
            self._draw_pinned()

    def _follow_layout(self) -> None:
        self._stack.setCurrentIndex(_PAGES[self._view.layout])
        self.draw()

    def _draw_one(self, cutout: Cutout, settings: DisplaySettings, caption: str = "") -> None:
        sentence = absent_sentence(cutout, settings, self._display.survey.bands)
        whole = sentence if sentence.endswith(".") else ""
        cutout, settings, light = self._in_light(cutout, settings)
        self.picture.set_caption(caption or ("" if whole else light or sentence))
        self.picture.set_sentence(whole)
        if whole:
            self.picture.set_picture(None)
            return
        self._render("one", cutout, settings, self.picture.set_picture)

    def _draw_bands(self, cutout: Cutout) -> None:
        settings, names = self._display.settings, self._display.survey.bands
        keys = [_RGB, *range(min(len(names), len(cutout.pixels)))]
        shown = [key for key in keys if key not in settings.hidden]
        tiles = []
        for key in shown:
            as_shown = _alone(settings, key)
            text = names[key] if key != _RGB else "colour" if len(names) > 1 else "grey"
            absent = absent_sentence(cutout, as_shown, names)
            current = key == (_RGB if settings.mode == "rgb" else settings.band)
            tiles.append(Tile(key, text, absent if absent.endswith(".") else "", current))
        self.bands.set_tiles(tiles)
        for tile in tiles:
            if not tile.sentence:
                assert isinstance(tile.key, int)
                put = partial(self.bands.set_image, tile.key)
                cutout = self._in_light(cutout, settings)[0]
                self._render(
                    ("band", tile.key), cutout, _alone(settings, tile.key), put, len(tiles)
                )

    def _draw_pinned(self) -> None:
        settings, names = self._display.settings, self._display.survey.bands
        tiles = []
        for cutout in self._state.pins.cutouts:
            absent = absent_sentence(cutout, settings, names)
            current = cutout.row == self._state.selection.active
            sentence = absent if absent.endswith(".") else ""
            tiles.append(Tile(cutout.row, cutout.object_id, sentence, current))
        self.pinned.set_tiles(tiles)
        for cutout, tile in zip(self._state.pins.cutouts, tiles, strict=True):
            if not tile.sentence:
                put = partial(self.pinned.set_image, cutout.row)
                self._render(("pin", cutout.row), cutout, settings, put, len(tiles))

    def _render(
        self, key: object, cutout: Cutout, settings: DisplaySettings, put: object, count: int = 1
    ) -> None:
        """Render one of `count` pictures; many, or large ones, are not waited for."""
        survey = self._display.survey
        work = partial(render_cutout, cutout.pixels, cutout.missing, settings, survey)
        pixels = count * int(np.prod(cutout.pixels.shape[1:]))
        self._renderer.render(key, pixels, work, put)  # type: ignore[arg-type]

    def _in_light(
        self, cutout: Cutout, settings: DisplaySettings
    ) -> tuple[Cutout, DisplaySettings, str]:
        """What is left of a galaxy whose light is taken away, how it is shown, and what it is."""
        answer = self._state.light.answer_for(cutout)
        if answer is None:
            return cutout, settings, ""
        if answer.band is not None:
            settings = _alone(settings, answer.band)
        return replace(cutout, pixels=answer.pixels), settings, answer.caption

    # -- blinking ------------------------------------------------------------------------

    def _follow_blink(self) -> None:
        blink = self._view.blink
        if blink.on:
            self._blink.start(round(1000 / max(blink.rate, 0.1)))
        else:
            self._blink.stop()
            self.draw()

    def _turn(self) -> None:
        """Show the other of the two pictures."""
        cutout, settings = self._state.cutout.cutout, self._display.settings
        if cutout is None or self._view.layout != "one":
            return
        self._shows_other = not self._shows_other
        band, other = self._view.blink.band, self._state.cutout.previous
        names = self._display.survey.bands
        if band is not None and band < len(names):
            here = "colour" if settings.mode == "rgb" else names[settings.band]
            caption = names[band] if self._shows_other else here
            self._draw_one(
                cutout, _alone(settings, band) if self._shows_other else settings, caption
            )
        elif other is not None:
            shown = other if self._shows_other else cutout
            self._draw_one(shown, settings, shown.object_id)

    # -- intents -------------------------------------------------------------------------

    def _choose_band(self, key: int) -> None:
        self._display.set_settings(_alone(self._display.settings, key))

    def image(self) -> QImage | None:
        """The large picture as shown, one image pixel a cutout pixel."""
        return self.picture.image


def _alone(settings: DisplaySettings, key: int) -> DisplaySettings:
    """Settings that show one band, or colour."""
    if key == _RGB:
        return replace(settings, mode="rgb")
    return replace(settings, mode="band", band=key)


def absent_sentence(cutout: Cutout, settings: DisplaySettings, names: tuple[str, ...]) -> str:
    """What of a picture's bands is missing: "" where nothing, a sentence where all of it."""
    bands = (settings.band,) if settings.mode == "band" else settings.rgb
    absent = [band for band in dict.fromkeys(bands) if cutout.missing[band]]
    words = [names[band] if band < len(names) else str(band) for band in absent]
    if not absent:
        return ""
    if cutout.missing.all():
        return "The file has no data of this galaxy in any band."
    if len(absent) < len(set(bands)):
        return f"{', '.join(words)} missing"
    if len(absent) == 1:
        return f"The file has no {words[0]} band of this galaxy."
    return f"The file has none of the bands {', '.join(words)} of this galaxy."
