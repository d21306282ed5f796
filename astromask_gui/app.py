"""The composition root: reads the command line, builds state, services and window."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

from astromask_gui.arguments import Arguments, parse_arguments
from astromask_gui.display_server import why_no_window
from astromask_gui.leaving import keep, leave
from astromask_gui.memory import collect_later, return_freed_memory

if TYPE_CHECKING:
    from astromask_gui.program import Program


def main() -> NoReturn:
    """The program `astromask-gui`: exit code 0, or 2 with a sentence on standard error."""
    leave(_run())


def _run() -> int:
    arguments = parse_arguments()
    if arguments.screenshot is not None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    elif (sentence := why_no_window()) is not None:
        print(sentence, file=sys.stderr)
        return 2
    try:
        import PyQt6.QtGui  # noqa: F401
    except ImportError as error:
        print(
            f"Qt can't be loaded ({error}): a system library is missing. On Debian and Ubuntu"
            " `sh resources/setup/system-libraries.sh` in the project's folder installs it.",
            file=sys.stderr,
        )
        return 2
    return start(arguments).run()


def start(arguments: Arguments) -> Program:
    """Build the program, its window not yet shown."""
    from astromask_gui.services.concurrency.cores import hand_over_quickly, wait_passively
    from astromask_gui.services.workspace.reader import start_reader

    wait_passively()
    hand_over_quickly()
    return_freed_memory()
    collect_later()
    # The reader's own start runs beside that of the window.
    reader = start_reader()
    from astromask_gui.program import Program

    program = Program(arguments, reader)
    keep(program)
    return program


if __name__ == "__main__":
    main()
