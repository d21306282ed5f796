"""SAMP over loopback: a real hub, a second client, both directions, and a hub that goes away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from pytestqt.qtbot import QtBot

from astromask_gui.services.samp.messages import SentTable, image_of, position_of, table_of
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.interop import SendCutout, SendPosition, SendSelection, SendTable
from tests.services.small_survey import BANDS, SIDE
from trainer.errors import QueryError

samp = pytest.importorskip("pyvo.samp")
PATIENCE = 20_000
ALL = ("table.load.votable", "image.load.fits", "table.highlight.row", "table.select.rowList",
       "coord.pointAt.sky")  # fmt: skip


class Other:
    """Another program: notes what it is sent, and can send."""

    def __init__(self) -> None:
        self.received: list[tuple[str, dict[str, Any]]] = []
        self.replies: list[dict[str, Any]] = []
        self.client = samp.SAMPIntegratedClient(name="Other", addr="127.0.0.1")
        self.client.connect()
        for mtype in ALL:
            self.client.bind_receive_message(mtype, self._take)
        self.client.bind_receive_response("tag", self._reply)

    def _take(self, key: str, sender: str, message: str, mtype: str, params: dict, _: Any) -> None:
        self.received.append((mtype, params))
        if message is not None:
            self.client.ereply(message, "samp.ok", result={})

    def _reply(self, key: str, sender: str, tag: str, response: dict) -> None:
        self.replies.append(response)

    def of(self, mtype: str) -> list[dict[str, Any]]:
        return [params for found, params in self.received if found == mtype]


@pytest.fixture
def hub(own_user_folders: Path) -> Iterator[Any]:
    own_user_folders.mkdir(exist_ok=True)
    samp.conf.use_internet = False
    made = samp.SAMPHubServer(web_profile=False, addr="127.0.0.1")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def other(hub: Any) -> Iterator[Other]:
    made = Other()
    yield made
    if hub.is_running:
        made.client.disconnect()
    else:
        made.client.client.stop()


@pytest.fixture
def linked(opened: ApplicationState, other: Other, qtbot: QtBot) -> ApplicationState:
    """The small survey open, connected to the hub where the other program is."""
    qtbot.waitUntil(lambda: opened.cutout_files.folder is not None, timeout=PATIENCE)
    opened.interop.toggle()
    qtbot.waitUntil(lambda: bool(opened.interop.programs), timeout=PATIENCE)
    return opened


ROWS = np.array([4, 9, 2, 30], np.uint32)


@pytest.fixture
def with_table(linked: ApplicationState, other: Other, qtbot: QtBot) -> ApplicationState:
    linked.interop.send(SendTable(ROWS, ("object_id", "ra", "dec")))
    qtbot.waitUntil(lambda: bool(other.of("table.load.votable")), timeout=PATIENCE)
    return linked


def path_of(url: str) -> Path:
    return Path(urlparse(url).path)


def said(state: ApplicationState) -> str:
    return " | ".join(message.text for message in state.messages.history)


# What is sent.


def test_the_other_program_is_listed_and_the_hub_is_not(linked: ApplicationState) -> None:
    assert [program.name for program in linked.interop.programs] == ["Other"]
    assert set(ALL) <= linked.interop.programs[0].takes


def test_a_table_arrives_with_its_columns_in_the_order_sent(
    with_table: ApplicationState, other: Other, qtbot: QtBot
) -> None:
    (params,) = other.of("table.load.votable")
    table = Table.read(path_of(params["url"]), format="votable")
    assert set(table.colnames) == {"object_id", "ra", "dec"}
    np.testing.assert_allclose(table["ra"], 150 + 0.01 * ROWS)
    assert params["table-id"] and params["name"] == "survey"
    qtbot.waitUntil(lambda: "sent to 1 program" in said(with_table), timeout=PATIENCE)


def test_a_selection_is_told_by_rows_of_the_table(
    with_table: ApplicationState, other: Other, qtbot: QtBot
) -> None:
    with_table.interop.send(SendSelection(np.array([2, 4, 11], np.uint32)))
    qtbot.waitUntil(lambda: bool(other.of("table.select.rowList")), timeout=PATIENCE)
    (params,) = other.of("table.select.rowList")
    assert params["row-list"] == ["0", "2"]
    assert params["table-id"] == other.of("table.load.votable")[0]["table-id"]


def test_a_cutout_arrives_as_an_image_and_a_position_as_text(
    linked: ApplicationState, other: Other, qtbot: QtBot
) -> None:
    linked.interop.send(SendCutout(7))
    linked.interop.send(SendPosition(7))
    qtbot.waitUntil(lambda: len(other.received) == 2, timeout=PATIENCE)
    (image,), (place,) = other.of("image.load.fits"), other.of("coord.pointAt.sky")
    assert fits.getdata(path_of(image["url"])).shape == (len(BANDS), SIDE, SIDE)
    assert image["name"] == "G5-7"
    np.testing.assert_allclose([float(place["ra"]), float(place["dec"])], [150.07, 2.0])


def test_the_active_galaxy_is_highlighted_where_the_table_has_it(
    with_table: ApplicationState, other: Other, qtbot: QtBot
) -> None:
    with_table.selection.set_active(11)
    with_table.selection.set_active(30)
    qtbot.waitUntil(lambda: bool(other.of("table.highlight.row")), timeout=PATIENCE)
    assert [params["row"] for params in other.of("table.highlight.row")] == ["3"]


def test_what_nobody_takes_is_said(linked: ApplicationState, other: Other, qtbot: QtBot) -> None:
    other.client.client.unbind_receive_notification("coord.pointAt.sky")
    other.client.client.unbind_receive_call("coord.pointAt.sky")
    linked.interop.send(SendPosition(7))
    qtbot.waitUntil(lambda: "no program there takes it" in said(linked), timeout=PATIENCE)


# What is received.


def highlight(other: Other, row: str, **others: str) -> None:
    (table,) = other.of("table.load.votable")
    parameters = {"table-id": table["table-id"], "row": row, **others}
    other.client.ecall_all("tag", "table.highlight.row", **parameters)


def test_a_row_highlighted_there_is_active_here_and_not_sent_back(
    with_table: ApplicationState, other: Other, qtbot: QtBot
) -> None:
    highlight(other, "1")
    qtbot.waitUntil(lambda: with_table.selection.active == 9, timeout=PATIENCE)
    # Messages are sent in order: were the row sent back, it would be before this one.
    with_table.selection.set_active(2)
    qtbot.waitUntil(lambda: bool(other.of("table.highlight.row")), timeout=PATIENCE)
    assert [params["row"] for params in other.of("table.highlight.row")] == ["2"]


def test_rows_selected_there_become_the_selection(
    with_table: ApplicationState, other: Other, qtbot: QtBot
) -> None:
    (table,) = other.of("table.load.votable")
    parameters = {"url": table["url"], "row-list": ["3", "0"]}
    other.client.enotify_all("table.select.rowList", **parameters)
    qtbot.waitUntil(lambda: with_table.selection.count == 2, timeout=PATIENCE)
    assert with_table.selection.rows().tolist() == [4, 30]


def test_a_position_makes_the_nearest_galaxy_active(
    linked: ApplicationState, other: Other, qtbot: QtBot
) -> None:
    other.client.enotify_all("coord.pointAt.sky", ra="150.1301", dec="2.0001")
    qtbot.waitUntil(lambda: linked.selection.active == 13, timeout=PATIENCE)
    other.client.enotify_all("coord.pointAt.sky", ra="10", dec="-40")
    qtbot.waitUntil(lambda: "nearest galaxy is" in said(linked), timeout=PATIENCE)
    assert linked.selection.active == 13


def test_an_image_becomes_a_query(
    linked: ApplicationState, other: Other, tmp_path: Path, qtbot: QtBot
) -> None:
    url = (tmp_path / "some galaxy.fits").as_uri()
    other.client.enotify_all("image.load.fits", url=url)
    qtbot.waitUntil(
        lambda: linked.neighbours.query is not None and linked.neighbours.query.kind == "file",
        timeout=PATIENCE,
    )
    assert linked.neighbours.query is not None
    assert linked.neighbours.query.path == tmp_path / "some galaxy.fits"


def test_a_malformed_message_is_refused_in_a_sentence_on_both_sides(
    with_table: ApplicationState, other: Other, qtbot: QtBot
) -> None:
    highlight(other, "99")
    qtbot.waitUntil(lambda: bool(other.replies), timeout=PATIENCE)
    reply = other.replies[0]
    assert reply["samp.status"] == "samp.error"
    assert "rows 0 to 3" in reply["samp.error"]["samp.errortxt"]
    qtbot.waitUntil(lambda: "can't be used" in said(with_table), timeout=PATIENCE)
    assert with_table.selection.active is None


def test_the_environment_is_told_to_nobody(linked: ApplicationState, other: Other) -> None:
    (program,) = [c for c in other.client.get_registered_clients()
                  if other.client.get_metadata(c).get("samp.name") == "AstroMASK"]  # fmt: skip
    assert "client.env.get" not in other.client.get_subscriptions(program)


# The hub.


def test_where_no_hub_runs_one_is_started_and_ended_again(
    opened: ApplicationState, own_user_folders: Path, qtbot: QtBot
) -> None:
    own_user_folders.mkdir(exist_ok=True)
    opened.interop.toggle()
    qtbot.waitUntil(lambda: opened.interop.status == "on", timeout=PATIENCE)
    lock = (own_user_folders / ".samp").read_text()
    assert "127.0.0.1" in lock
    opened.interop.toggle()
    assert opened.interop.status == "off"
    qtbot.waitUntil(lambda: not (own_user_folders / ".samp").exists(), timeout=PATIENCE)
    qtbot.waitUntil(lambda: "Disconnected" in said(opened), timeout=PATIENCE)


def test_a_hub_that_ends_is_told_and_can_be_replaced(
    linked: ApplicationState, hub: Any, qtbot: QtBot
) -> None:
    stopping = threading.Thread(target=hub.stop)
    stopping.start()
    qtbot.waitUntil(lambda: linked.interop.status == "off", timeout=PATIENCE)
    stopping.join()
    assert "hub" in linked.messages.history[-1].text
    linked.interop.send(SendPosition(1))
    assert "Connect to a SAMP hub" in linked.messages.history[-1].text


# Messages as such.


TABLE = SentTable("t1", "file:///x.vot", ROWS)


@pytest.mark.parametrize(
    "value", ["-1", "4", "1.0", " 1", "1_0", "", "٣x", "9" * 400, 1, None, ["1"]]
)
def test_a_row_that_is_none_is_refused(value: Any) -> None:
    with pytest.raises(QueryError):
        TABLE.row({"row": value})


@pytest.mark.parametrize("value", ["3", None, {"0": "1"}, ["0", "x"], [["0"]]])
def test_a_list_that_is_none_is_refused(value: Any) -> None:
    with pytest.raises(QueryError):
        TABLE.selected({"row-list": value})


@pytest.mark.parametrize("parameters", [{}, {"table-id": "t2"}, {"url": "file:///y"}])
def test_a_foreign_table_is_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(QueryError):
        table_of(parameters, {"t1": TABLE})


@pytest.mark.parametrize(
    ("ra", "dec"), [("nan", "1"), ("10", "91"), ("10", "inf"), ("ten", "1"), (10.0, "1")]
)
def test_a_position_that_is_none_is_refused(ra: Any, dec: Any) -> None:
    with pytest.raises(QueryError):
        position_of({"ra": ra, "dec": dec})


@pytest.mark.parametrize("url", ["http://x.org/a.fits", "file://other/a.fits", "/a.fits", None])
def test_only_files_of_this_machine_are_read(url: Any) -> None:
    with pytest.raises(QueryError):
        image_of({"url": url})
