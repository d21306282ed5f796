"""What the table shows, read from the open workspace; slow, so never on the window's thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.services.workspace.placed_columns import placed_values
from astromask_gui.state.table import Sort, TablePart

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST_CELL = 200
"""Letters of a text that the window is given."""
_KEPT_ORDERS = 6
_KEPT_COLUMNS = 8
_KEPT_BYTES = 128 * 2**20


class TableContent:
    """One workspace's rows in order and cells as text. For one thread at a time."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._orders: OrderedDict[Hashable, NDArray[np.uint32]] = OrderedDict()
        self._columns: OrderedDict[Hashable, pa.ChunkedArray] = OrderedDict()

    def rows(
        self, mask: NDArray[np.bool_] | None, sort: Sort | None, version: int = 0
    ) -> NDArray[np.uint32]:
        """(n,) rows where `mask` (N,) holds, all where it is None, in the order of `sort`.

        Orders are kept, until a column has another `version`. Raises `AstroMaskError`.
        """
        if sort is None:
            count = self._loaded.facts.count
            chosen = np.arange(count) if mask is None else np.flatnonzero(mask)
            return chosen.astype(np.uint32)
        order = self._order(sort, version)
        return order if mask is None else order[mask[order]]

    def cells(self, name: str, rows: list[int], version: int = 0) -> list[str]:
        """Some cells of a column in one line each, "" where missing. Raises `AstroMaskError`."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if name == "object_id":
            return self._loaded.workspace.catalogue.object_ids(np.array(rows))
        found = self._column(name, version).take(pa.array(rows, pa.int64()))
        texts = pc.utf8_slice_codeunits(found.cast(pa.large_string()), 0, LONGEST_CELL + 1)
        return [_one_line(text or "") for text in texts.to_pylist()]

    def table(self, part: TablePart) -> pa.Table:
        """Rows and columns as an Arrow table with units. Raises `AstroMaskError`."""
        import pyarrow as pa

        from trainer.workspace.tables import beside

        index = pa.array(part.rows)
        return beside([self._piece(name).take(index) for name in part.columns])

    def tab_separated(self, part: TablePart) -> str:
        """Rows and columns as text below their names, a single cell as it is; every digit."""
        import pyarrow as pa

        table = self.table(part)
        if table.shape == (1, 1):
            value = table.column(0)[0].as_py()
            return "" if value is None else str(value)
        # Arrow's own writer puts every text in quotes, which are pasted along.
        columns = [column.cast(pa.string()).fill_null("").to_pylist() for column in table.columns]
        rows = [part.columns, *zip(*columns, strict=True)]
        return "".join("\t".join(map(_without_breaks, row)) + "\n" for row in rows)

    def _order(self, sort: Sort, version: int) -> NDArray[np.uint32]:
        from trainer.workspace.ordering import column_order, missing_in, value_order

        key = (sort, version)
        if key not in self._orders:
            placed = placed_values(self._loaded, sort.column)
            if placed is None:
                store = self._loaded.workspace.columns
                order = column_order(store, sort.column, descending=sort.descending)
            else:
                order = value_order(placed, missing_in(placed), descending=sort.descending)
            self._orders[key] = order
            if len(self._orders) > _KEPT_ORDERS:
                self._orders.popitem(last=False)
        self._orders.move_to_end(key)
        return self._orders[key]

    def _column(self, name: str, version: int) -> pa.ChunkedArray:
        key = (name, version)
        if key not in self._columns:
            self._columns[key] = self._piece(name).column(0)
            while len(self._columns) > 1 and (
                len(self._columns) > _KEPT_COLUMNS
                or sum(column.nbytes for column in self._columns.values()) > _KEPT_BYTES
            ):
                self._columns.popitem(last=False)
        self._columns.move_to_end(key)
        return self._columns[key]

    def _piece(self, name: str) -> pa.Table:
        import pyarrow as pa

        placed = placed_values(self._loaded, name)
        if placed is None:
            return self._loaded.workspace.columns.table([name])
        return pa.table({name: pa.array(placed == 1, mask=placed < 0)})


def _one_line(text: str) -> str:
    cut = text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + "…"
    return _without_breaks(cut)


def _without_breaks(text: str) -> str:
    """A text that stays in its cell; whatever its length."""
    return text if text.isprintable() else " ".join(text.split())
