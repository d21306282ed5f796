"""Any HDF5 file with one dataset of four dimensions."""

from __future__ import annotations

import h5py

from trainer.cutouts.readers.hdf5 import Found, Hdf5Reader
from trainer.errors import FormatError

_USUAL_NAMES = ("images", "cutouts", "image", "data", "flux")
_ID_NAMES = ("object_id", "id_str", "objid", "id", "known_id", "unique_id", "targetids")


class Hdf5ArrayReader(Hdf5Reader):
    """(N, B, H, W) or (N, H, W, B) under any name; the bands are the user's to say."""

    @staticmethod
    def recognises(file: h5py.File) -> bool:
        """At least one dataset of four dimensions at the top."""
        return bool(_four_dimensional(file))

    def find(self, file: h5py.File) -> Found:
        """The one dataset of four dimensions, or the one of several with a usual name."""
        names = _four_dimensional(file)
        chosen = names if len(names) == 1 else [name for name in _USUAL_NAMES if name in names]
        if not chosen:
            raise FormatError(
                f"{self.path} holds several datasets of four dimensions ({', '.join(names)});"
                f" expected one, or one called {', '.join(_USUAL_NAMES)}."
            )
        lower = {name.lower(): name for name in file}
        ids = [lower[name] for name in _ID_NAMES if name in lower]
        return Found(
            name="hdf5_array",
            sentence=f"A plain array of cutouts, the four-dimensional dataset `{chosen[0]}`.",
            images=chosen[0],
            id_column=ids[0] if ids else None,
        )


def _four_dimensional(file: h5py.File) -> list[str]:
    return [
        name
        for name, item in file.items()
        if isinstance(item, h5py.Dataset) and item.ndim == 4 and item.dtype.kind in "biuf"
    ]
