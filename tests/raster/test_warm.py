from __future__ import annotations

from astromask_gui.raster import counting, density
from astromask_gui.raster.warm import warm_up


def test_listing_rows_and_density_are_compiled_ahead_of_use() -> None:
    warm_up()
    assert counting.rows_in_view.signatures
    # Places are of one of two types.
    assert len(density._share_out.signatures) == len(density._read.signatures) == 2
    assert density._smooth_lines.signatures
