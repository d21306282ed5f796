"""Catches files that are read on the window's thread, where they would freeze it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "astromask_gui"
WIDGET_ROOMS = ("widgets", "parts", "windows", "state", "rendering", "raster")
"""Code that never opens a file, whoever calls it."""
EVENTS = frozenset(("open", "os.listdir", "os.scandir"))
_CODE = (".py", ".pyc", ".so", ".pyd")
# What comes with the program or its libraries is read once, at start-up, from a local disk.
_INSTALLED = tuple(
    str(Path(folder).resolve()) for folder in (sys.prefix, sys.base_prefix, ROOT / "resources")
)
_SYSTEM = ("/dev/", "/proc/", "/sys/", "/etc/", "/usr/")

_MESSAGE = (
    'The window\'s thread reads "{path}", in {place}.\n'
    "A slow disk would freeze the window there. Let a service read it in its own thread or in the"
    " reader process, and put what it found into the state; the widget listens to that."
)


class ReadGuard:
    """Watches every file that Python opens, and HDF5 files, which Python does not see."""

    def __init__(self) -> None:
        self._seen: list[str] | None = None
        self._strict = False
        self._installed = False

    @contextmanager
    def watching(self) -> Iterator[list[str]]:
        """Collects a sentence for each read that a widget made."""
        self._install()
        seen: list[str] = []
        self._seen = seen
        try:
            yield seen
        finally:
            self._seen, self._strict = None, False

    @contextmanager
    def strict(self) -> Iterator[None]:
        """Services are watched as well."""
        self._strict = True
        try:
            yield
        finally:
            self._strict = False

    def _install(self) -> None:
        if not self._installed:
            self._installed = True
            # A hook can't be taken away again; it looks away while no test is watched.
            sys.addaudithook(self._hook)
        self._watch_hdf5()

    def _watch_hdf5(self) -> None:
        h5py = sys.modules.get("h5py")
        if h5py is None or getattr(h5py.Dataset, "is_watched", False):
            return
        read = h5py.Dataset.__getitem__

        def watched(dataset: object, *arguments: object, **options: object) -> object:
            self._note(getattr(dataset, "name", "a dataset"))
            return read(dataset, *arguments, **options)

        h5py.Dataset.__getitem__ = watched
        h5py.Dataset.is_watched = True

    def _hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._seen is None or event not in EVENTS or not arguments:
            return
        path = arguments[0]
        if isinstance(path, bytes):
            path = path.decode(errors="replace")
        if isinstance(path, str) and not _is_harmless(path):
            self._note(path)

    def _note(self, path: str) -> None:
        if self._seen is None or threading.current_thread() is not threading.main_thread():
            return
        place = self._place_of(sys._getframe())
        if place is not None:
            self._seen.append(_MESSAGE.format(path=path, place=place))

    def _place_of(self, frame: FrameType | None) -> str | None:
        """The innermost line of the window's own code; None where it has no part in this."""
        while frame is not None:
            name = frame.f_code.co_filename
            if name.startswith(str(PACKAGE)):
                room = Path(name).relative_to(PACKAGE).parts[0]
                if self._strict or room in WIDGET_ROOMS:
                    return f"{Path(name).relative_to(ROOT)}, line {frame.f_lineno}"
            elif name.startswith("<frozen importlib"):
                return None  # an import, which reads what is installed
            frame = frame.f_back
        return None


def _is_harmless(path: str) -> bool:
    full = str(Path(path).absolute())
    return full.endswith(_CODE) or full.startswith((*_INSTALLED, *_SYSTEM))
