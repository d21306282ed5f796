"""The actions on other programs that are reached by SAMP."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtGui import QActionGroup
from PyQt6.QtWidgets import QMenu

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.interop import SendCutout, SendPosition, SendSelection
from astromask_gui.windows.actions import ActionSpec

if TYPE_CHECKING:
    from astromask_gui.windows.main_window import MainWindow

MENU = "&Interop"


def interop_specs(window: MainWindow, state: ApplicationState) -> list[ActionSpec]:
    """Connect, and send what is shown."""
    make = partial(ActionSpec, MENU)
    interop = state.interop

    def send_table() -> None:
        # Not needed to start.
        from astromask_gui.windows.send_dialog import SendDialog

        if state.session.workspace is not None:
            SendDialog(state, window).open()

    def send_selection() -> None:
        if state.selection.count:
            interop.send(SendSelection(state.selection.rows()))
        else:
            state.messages.info("Select some galaxies before you send them.")

    def send_active(kind: Callable[[int], SendCutout | SendPosition]) -> None:
        state.with_active(lambda row: interop.send(kind(row)))

    def toggle_linked() -> None:
        interop.set_linked(not interop.is_linked)
        words = "follow each other" if interop.is_linked else "go their own ways"
        state.messages.info(f"This window and the other programs {words}.")

    return [
        make("&Connect to other programs", "Reach TOPCAT, Aladin or ds9 by SAMP; a hub is started"
             " where none runs", interop.toggle, "F6", is_on=lambda: interop.status != "off",
             needs_survey=False),
        make("&Follow each other", "The active galaxy is highlighted there, and a row highlighted"
             " there is active here", toggle_linked, "Shift+F6", is_on=lambda: interop.is_linked,
             needs_survey=False),
        make("Send a &table …", "The visible or the selected galaxies with chosen columns",
             send_table, "F7", True),
        make("Send the &selection", "Which rows of the table sent last are selected",
             send_selection, "F8"),
        make("Send the c&utout", "The active galaxy in all bands, as a FITS image",
             partial(send_active, SendCutout), "F9"),
        make("Send the &position", "Have the other programs look at the active galaxy",
             partial(send_active, SendPosition), "Shift+F9"),
    ]  # fmt: skip


def recipient_menu(state: ApplicationState, parent: MainWindow) -> QMenu:
    """The choice of who is sent to; filled when it opens."""
    menu = QMenu("Send t&o", parent)

    def fill() -> None:
        menu.clear()
        group = QActionGroup(menu)
        choices: list[tuple[str | None, str]] = [(None, "All programs")]
        choices += [(program.identity, program.name) for program in state.interop.programs]
        for identity, name in choices:
            action = menu.addAction(name)
            assert action is not None
            action.setCheckable(True)
            action.setChecked(identity == state.interop.recipient)
            action.triggered.connect(
                lambda _checked, chosen=identity: state.interop.set_recipient(chosen)
            )
            group.addAction(action)

    menu.aboutToShow.connect(fill)
    return menu
