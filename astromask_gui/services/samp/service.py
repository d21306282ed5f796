"""Sends galaxies to other programs and follows what these highlight, by SAMP."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PyQt6.QtCore import QObject

from astromask_gui.services.concurrency.errands import Errands
from astromask_gui.services.cutouts.files import CutoutFileService
from astromask_gui.services.cutouts.orders import Order
from astromask_gui.services.samp import messages as samp
from astromask_gui.services.samp.files import write_icon, write_table_of
from astromask_gui.services.samp.icon import make_icon
from astromask_gui.services.samp.link import SampLink
from astromask_gui.services.samp.messages import SentTable
from astromask_gui.services.search.finding import distance_in_words
from astromask_gui.services.search.positions import nearest_row
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_files import file_name
from astromask_gui.state.interop import (
    Program,
    SendCutout,
    Sending,
    SendPosition,
    SendSelection,
    SendTable,
)
from astromask_gui.state.neighbours import Query
from astromask_gui.state.sky_places import SkyPlace
from trainer.errors import QueryError

NEAR_ARCSEC = 30.0
"""A galaxy so far from where another program points is the one that is meant."""
_NEVER_SENT = -1


class SampService(QObject):
    """Answers the intents of `state.interop`; what came from outside is not sent back."""

    def __init__(
        self,
        state: ApplicationState,
        files: CutoutFileService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._files = state, files
        self._loaded: Loaded | None = None
        self._errands = Errands("samp", self)
        self._link: SampLink | None = None
        self._tables: dict[str, SentTable] = {}
        self._numbers = itertools.count(1)
        self._told_row = _NEVER_SENT
        """Row that the others know to be the active one."""
        interop = state.interop
        interop.connect_requested.connect(self._connect)
        interop.disconnect_requested.connect(self._disconnect)
        interop.send_requested.connect(self._send)
        state.selection.active_changed.connect(self._highlight)

    def open(self, loaded: Loaded) -> None:
        """Serve another workspace; tables that were sent are about the one before."""
        if self._loaded is None or self._loaded.facts.folder != loaded.facts.folder:
            self._tables = {}
        self._loaded = loaded

    def close(self) -> None:
        """Leave the hub."""
        link, self._link = self._link, None
        self._errands.close(link.disconnect if link is not None else _nothing)

    # -- the connection ------------------------------------------------------------------

    def _connect(self) -> None:
        post = self._errands.post
        link = SampLink(
            self._receive,
            partial(post, self._renew),
            partial(post, self._hub_ended),
            lambda sentence: post(partial(self._state.messages.warning, sentence)),
        )
        self._link = link
        self._state.interop.set_status("connecting")

        def connected(is_own: bool) -> None:
            if link is self._link:
                self._state.interop.set_status("on")
                whose = "an own SAMP hub; start TOPCAT, Aladin or ds9 now" if is_own else "SAMP"
                self._state.messages.info(f"Connected to {whose}.")
                self._renew()

        icon, folder = make_icon(), self._state.cutout_files.folder

        def work() -> bool:
            return link.connect(samp.RECEIVED, write_icon(icon, folder))

        self._errands.run(work, connected, self._lose)

    def _disconnect(self) -> None:
        link, self._link = self._link, None
        self._tables = {}
        self._state.interop.set_status("off")
        if link is not None:
            told = partial(self._tell_end, "Disconnected from SAMP.")
            self._errands.run(link.disconnect, told, self._state.messages.warning)

    def _tell_end(self, sentence: str, _: object) -> None:
        self._state.messages.info(sentence)

    def _lose(self, sentence: str) -> None:
        """The connection is gone, or never came about."""
        self._state.messages.error(sentence)
        link, self._link = self._link, None
        self._tables = {}
        self._state.interop.set_status("off")
        if link is not None:
            self._errands.run(link.disconnect, _nothing_of, _nothing_of)

    def _hub_ended(self) -> None:
        if self._link is not None:
            self._lose("The SAMP hub has ended; connect anew to start another (F6).")

    def _renew(self) -> None:
        """Look who is there."""
        link = self._link

        def take(programs: tuple[Program, ...]) -> None:
            if link is self._link:
                self._state.interop.set_status("on", programs)

        if link is not None and self._state.interop.status == "on":
            self._errands.run(link.programs, take, self._lose)

    # -- what is sent --------------------------------------------------------------------

    def _send(self, sending: Sending) -> None:
        if self._link is None or self._loaded is None:
            self._state.messages.warning("Connect to a SAMP hub and open a workspace first (F6).")
        elif isinstance(sending, SendTable):
            self._send_table(sending)
        elif isinstance(sending, SendSelection):
            self._send_selection(sending)
        elif isinstance(sending, SendCutout):
            self._send_cutout(sending.row)
        else:
            assert isinstance(sending, SendPosition)
            self._state.sky_places.ask([sending.row], self._send_position)

    def _send_table(self, sending: SendTable) -> None:
        folder, loaded = self._state.cutout_files.folder, self._loaded
        if folder is None or loaded is None or not len(sending.rows):
            self._state.messages.warning("There is no galaxy to send.")
            return
        number = next(self._numbers)
        path = folder / f"{file_name(loaded.facts.name)}-{number}.vot"
        table = SentTable(f"{path.stem}-{path.parent.parent.name}", path.as_uri(), sending.rows)
        names = {"table-id": table.identity, "url": table.url, "name": loaded.facts.name}

        def written(_: object) -> None:
            if self._is_open(loaded):
                self._tables = {**self._tables, table.identity: table}
            self._tell(samp.LOAD_TABLE, names, f"A table of {len(table.rows):,} galaxies")

        self._state.messages.info(f"Writing a table of {len(sending.rows):,} galaxies …")
        work = partial(write_table_of, loaded, sending, path)
        self._errands.run(work, written, self._state.messages.error)

    def _send_selection(self, sending: SendSelection) -> None:
        if not self._tables:
            names = tuple(self._state.columns.names())
            self._send_table(SendTable(sending.rows, names))
            return
        table = list(self._tables.values())[-1]
        places = np.flatnonzero(np.isin(table.rows, sending.rows)).tolist()
        parameters = {
            "table-id": table.identity,
            "url": table.url,
            "row-list": [str(place) for place in places],
        }
        self._tell(samp.SELECT_ROWS, parameters, f"A selection of {len(places):,} galaxies")

    def _send_cutout(self, row: int) -> None:
        def named(places: list[SkyPlace]) -> None:
            name = places[0].object_id
            path = self._state.cutout_files.path_of(row, name)
            if path is not None:
                self._files.write({row: path}, partial(self._send_image, name))

        self._state.sky_places.ask([row], named)

    def _send_image(self, name: str, order: Order) -> None:
        for sentence in order.failed.values():
            self._state.messages.error(sentence)
        for path in order.written.values():
            parameters = {"url": path.as_uri(), "image-id": path.as_uri(), "name": name}
            self._tell(samp.LOAD_IMAGE, parameters, f"The cutout of {name}")

    def _send_position(self, places: list[SkyPlace]) -> None:
        place = places[0].position
        if place is None:
            self._state.messages.info("The galaxy has no coordinates.")
        else:
            parameters = {"ra": repr(place[0]), "dec": repr(place[1])}
            self._tell(samp.POINT_AT, parameters, f"The position of {places[0].object_id}")

    def _highlight(self, row: int | None) -> None:
        """Tell the others which galaxy is active, unless they said so."""
        is_known = row == self._told_row
        self._told_row = _NEVER_SENT if row is None else row
        if row is None or is_known or not self._tables or not self._state.interop.is_linked:
            return
        table = list(self._tables.values())[-1]
        (places,) = np.nonzero(table.rows == row)
        if len(places):
            parameters = {"table-id": table.identity, "url": table.url, "row": str(places[0])}
            self._tell(samp.HIGHLIGHT_ROW, parameters, "")

    def _tell(self, mtype: str, parameters: dict[str, Any], what: str) -> None:
        """Send a message; `what` was sent is told, where it is not empty."""
        link, recipient, messages = self._link, self._state.interop.recipient, self._state.messages
        if link is None:
            return

        def sent(count: int) -> None:
            if not what:
                return
            if count:
                programs = "program" if count == 1 else "programs"
                messages.info(f"{what} was sent to {count} {programs}.")
            else:
                messages.warning(f"{what} was not sent: no program there takes it ({mtype}).")

        def failed(sentence: str) -> None:
            if link is self._link:
                self._lose(sentence)

        answered = mtype in (samp.LOAD_TABLE, samp.LOAD_IMAGE)
        work = partial(link.send, mtype, parameters, recipient, answered=answered)
        self._errands.run(work, sent, failed)

    # -- what is received, in the client's threads -----------------------------------------

    def _receive(self, sender: str, mtype: str, parameters: dict[str, Any]) -> None:
        tables, loaded = self._tables, self._loaded
        if loaded is None:
            raise QueryError("No workspace is open.")

        def post(answer: Callable[[], None]) -> None:
            # By the time the window comes to it, another workspace may be open.
            self._errands.post(lambda: answer() if self._is_open(loaded) else None)

        if mtype == samp.HIGHLIGHT_ROW:
            post(partial(self._follow, samp.table_of(parameters, tables).row(parameters)))
        elif mtype == samp.SELECT_ROWS:
            rows = samp.table_of(parameters, tables).selected(parameters)
            post(partial(self._select, sender, rows))
        elif mtype == samp.POINT_AT:
            post(partial(self._look, sender, samp.position_of(parameters)))
        else:
            post(partial(self._seek, sender, samp.image_of(parameters)))

    # -- and on the window's ----------------------------------------------------------------

    def _is_open(self, loaded: Loaded) -> bool:
        return self._loaded is not None and self._loaded.facts.folder == loaded.facts.folder

    def _follow(self, row: int) -> None:
        if self._state.interop.is_linked and row < self._state.selection.size:
            self._told_row = row
            self._state.selection.set_active(row)

    def _select(self, sender: str, rows: np.ndarray) -> None:
        rows = rows[rows < self._state.selection.size]
        self._state.selection.select_rows(rows)
        self._state.messages.info(f"{sender} selected {len(rows):,} galaxies.")

    def _look(self, sender: str, position: tuple[float, float]) -> None:
        if self._loaded is None:
            return
        loaded = self._loaded

        def take(nearest: tuple[int, float] | None) -> None:
            messages = self._state.messages
            if nearest is None or nearest[0] >= self._state.selection.size:
                messages.info(f"{sender} points at the sky; no galaxy here has coordinates.")
            elif nearest[1] > NEAR_ARCSEC:
                far = distance_in_words(nearest[1])
                messages.info(f"{sender} points at the sky; the nearest galaxy is {far} away.")
            else:
                self._state.selection.set_active(nearest[0])

        def work() -> tuple[int, float] | None:
            return nearest_row(*loaded.workspace.catalogue.coordinates(), position)

        self._errands.run(work, take, self._state.messages.error)

    def _seek(self, sender: str, path: Path) -> None:
        caption = f"{path.name}, from {sender}"
        self._state.neighbours.set_query(Query("file", path=path, caption=caption))


def _nothing() -> None:
    pass


def _nothing_of(_: object) -> None:
    pass
