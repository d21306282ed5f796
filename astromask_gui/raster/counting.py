"""How many points a view holds, and which, without looking at all of them."""

from __future__ import annotations

from astromask_gui.raster.jit import exact_kernel


@exact_kernel
def _count_run(x, y, codes, threshold, first, last, view):  # type: ignore[no-untyped-def]
    count = 0
    for i in range(first, last):
        inside = x[i] >= view[0] and x[i] <= view[1] and y[i] >= view[2] and y[i] <= view[3]
        if inside and codes[i] >= threshold:
            count += 1
    return count


@exact_kernel
def count_in_view(x, y, codes, threshold, starts, counted, columns, cells, view):  # type: ignore[no-untyped-def]
    """Number of points in `view` (x0, x1, y0, y1) with a code of at least `threshold`.

    `counted` is like `starts` for such points alone: only the cells at the view's border hold
    points outside it and are looked at one by one.
    """
    count = 0
    for row in range(cells[0], cells[1] + 1):
        left, right = row * columns + cells[2], row * columns + cells[3]
        if row == cells[0] or row == cells[1] or left == right:
            count += _count_run(x, y, codes, threshold, starts[left], starts[right + 1], view)
            continue
        count += counted[right] - counted[left + 1]
        for cell in (left, right):
            count += _count_run(x, y, codes, threshold, starts[cell], starts[cell + 1], view)
    return count


@exact_kernel
def rows_in_view(x, y, rows, codes, threshold, starts, columns, cells, view, found):  # type: ignore[no-untyped-def]
    """Write the rows of the points that `count_in_view` counts to `found`, which holds them all."""
    place = 0
    for row in range(cells[0], cells[1] + 1):
        for i in range(starts[row * columns + cells[2]], starts[row * columns + cells[3] + 1]):
            inside = x[i] >= view[0] and x[i] <= view[1] and y[i] >= view[2] and y[i] <= view[3]
            if inside and codes[i] >= threshold:
                found[place] = rows[i]
                place += 1
