"""The table of a million galaxies: sorting by each kind of column, scrolling, memory."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.results import Result

if TYPE_CHECKING:
    import pyarrow as pa

    from astromask_gui.widgets.table.panel import TablePanel
    from trainer.workspace.columns import ColumnStore

_SMALL = 20_000
_RUNS, _FRAMES = 5, 120
_SORT_MS, _FRAME_MS = 300.0, 16.7
_KINDS = ("float64", "float32", "int64", "category", "text")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many galaxies."""
    parser.add_argument("--n", type=int, default=1_000_000, help="Galaxies (1,000,000).")


def run(args: argparse.Namespace) -> list[Result]:
    """Sort a catalogue on disk as the service does, then scroll the panel through it."""
    from trainer.workspace.catalogue import write_catalogue
    from trainer.workspace.columns import ColumnStore

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    count = _SMALL if args.small else args.n
    with tempfile.TemporaryDirectory(prefix="astromask-table-") as home:
        folder = Path(home)
        catalogue = write_catalogue(folder, _catalogue(count))
        store = ColumnStore(catalogue, folder / "scores", folder / "labels")
        sorts = [_sort(store, name) for name in _KINDS]
        scrolling = _scroll(store, count)
    return [Result("galaxies", count, ""), *sorts, *scrolling]


def _catalogue(count: int) -> pa.Table:
    import pyarrow as pa

    random = np.random.default_rng(0)
    return pa.table(
        {
            "object_id": [f"SIM-{number:09d}" for number in range(count)],
            "float64": random.normal(size=count),
            "float32": random.normal(20, 2, count).astype(np.float32),
            "int64": random.integers(0, 2**60, count),
            "category": random.choice(["spiral", "elliptical", "lens"], count),
            "text": [f"tile-{number:08d}" for number in random.permutation(count)],
        }
    )


def _sort(store: ColumnStore, name: str) -> Result:
    from trainer.workspace.ordering import column_order

    def once() -> float:
        start = perf_counter()
        column_order(store, name, descending=True)
        return (perf_counter() - start) * 1000

    once()  # The values are read when first asked for.
    median = statistics.median(once() for _ in range(_RUNS))
    return Result.at_most(f"sort by a column of {name}, median", median, "ms", _SORT_MS)


def _scroll(store: ColumnStore, count: int) -> list[Result]:
    from PyQt6.QtWidgets import QApplication

    from astromask_gui.state.application import ApplicationState
    from astromask_gui.style import apply_style
    from astromask_gui.widgets.table.panel import TablePanel

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    apply_style(application, "dark")
    state = ApplicationState()
    _fill(state, store, count)
    before = _memory()
    panel = TablePanel(state)
    panel.resize(1600, 900)
    panel.show()
    first = _timed(lambda: state.table.set_rows(np.arange(count, dtype=np.uint32)))
    application.processEvents()
    orders = [np.random.default_rng(1).permutation(count).astype(np.uint32) for _ in range(_RUNS)]
    others = [_timed(lambda rows=rows: _show(state, application, rows)) for rows in orders]
    frames = _frames(panel, application)
    memory = _memory() - before
    panel.close()
    return [
        Result("rows first listed", first, "ms"),
        Result("another order shown, median", statistics.median(others), "ms"),
        Result.at_most(
            "frame while scrolling, 1600×900, median", statistics.median(frames), "ms", _FRAME_MS
        ),
        Result("its 95th percentile", float(np.percentile(frames, 95)), "ms"),
        Result("memory of panel and orders, beside the columns", memory, "MiB"),
    ]


def _fill(state: object, store: ColumnStore, count: int) -> None:
    from astromask_gui.state.application import ApplicationState
    from astromask_gui.state.columns import Column

    assert isinstance(state, ApplicationState)
    state.selection.reset(count)
    state.filters.reset(count)
    infos = [store.info(name) for name in store.names()]
    state.columns.set_columns(
        Column(info.name, info.kind, categories=tuple(info.categories or ())) for info in infos
    )
    for name in ("float64", "float32", "int64", "category"):
        state.columns.set_values(name, store.values(name))
    answer: Callable[[str, list[int]], None] = partial(_answer, state)
    state.cells.wanted.connect(answer)


def _answer(state: object, name: str, rows: list[int]) -> None:
    from astromask_gui.state.application import ApplicationState

    assert isinstance(state, ApplicationState)
    state.cells.put(name, rows, [f"{name}-{row:09d}" for row in rows])


def _show(state: object, application: object, rows: np.ndarray) -> None:
    from PyQt6.QtWidgets import QApplication

    from astromask_gui.state.application import ApplicationState

    assert isinstance(state, ApplicationState) and isinstance(application, QApplication)
    state.table.set_rows(rows)
    application.processEvents()


def _frames(panel: TablePanel, application: object) -> list[float]:
    from PyQt6.QtWidgets import QApplication

    assert isinstance(application, QApplication)
    bar = panel.view.verticalScrollBar()
    viewport = panel.view.viewport()
    assert bar is not None and viewport is not None
    places = np.linspace(0, bar.maximum(), _FRAMES).astype(int).tolist()

    def frame(place: int) -> None:
        bar.setValue(place)
        viewport.repaint()

    found = []
    for place in places:
        found.append(_timed(lambda place=place: frame(place)))
        application.processEvents()
    return found


def _timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000


def _memory() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
