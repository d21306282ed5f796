"""What the viewer says of a galaxy, from the catalogue."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from astromask_gui.services.workspace.describing import Describer
from trainer.workspace.catalogue import write_catalogue


def test_a_galaxy_is_described_by_its_kind_first_with_units_and_without_what_is_missing(
    tmp_path: Path,
) -> None:
    columns: dict[str, pa.Array] = {
        "object_id": pa.array(["G-1", "G-2"]),
        "ra": pa.array([150.0, np.nan]),
        "dec": pa.array([2.0, np.nan]),
        "tile": pa.array(["T1", "T1"]),
        "radius": pa.array([2.5, np.nan]),
        "mag_r": pa.array([18.1, 18.1]),
        "sdss_type": pa.array([True, None]),
    }
    fields = [
        pa.field(name, array.type, metadata={"unit": "mag"} if name == "mag_r" else None)
        for name, array in columns.items()
    ]
    table = pa.table(list(columns.values()), schema=pa.schema(fields))
    describer = Describer(write_catalogue(tmp_path, table))
    first, second = describer.describe(0), describer.describe(1)
    assert list(first.facts.items()) == [
        ("sdss_type", "yes"),
        ("mag_r", "18.10 mag"),
        ("radius", "2.500"),
        ("tile", "T1"),
    ]
    assert (first.object_id, first.ra, second.dec) == ("G-1", 150.0, None)
    assert list(second.facts) == ["mag_r", "tile"]
