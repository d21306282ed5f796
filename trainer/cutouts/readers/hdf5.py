"""What the readers of HDF5 layouts share: a layout says where things are, this reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from trainer.cutouts import hdf5_columns, hdf5_file, stored_wcs
from trainer.cutouts.axes import WHITE, band_axis, bands_second, cutout_shape, is_picture, upright
from trainer.cutouts.bands import order_warning, settle_bands, short_name, short_names, split_names
from trainer.cutouts.coordinates import clean_coordinates, in_degrees
from trainer.cutouts.files import check_rows
from trainer.cutouts.protocol import Extras, Layout
from trainer.cutouts.text import text_array
from trainer.errors import FormatError

BANDS_ATTRIBUTES = ("bands", "band_names", "band_order")
PIXEL_SCALE_ATTRIBUTES = ("pixel_scale", "pixscale", "pxscale")
ZERO_POINT_ATTRIBUTES = ("zero_points", "zero_point", "zeropoints", "zeropoint", "magzp")
_IVAR_NAMES = ("ivar", "inverse_variance")
_MASK_NAMES = ("mask", "pixel_mask")
_PSF_NAMES = ("psf_fwhm",)
_BESIDE = frozenset((*_IVAR_NAMES, *_MASK_NAMES, *_PSF_NAMES, *ZERO_POINT_ATTRIBUTES))


@dataclass(frozen=True)
class Found:
    """Where a layout keeps its things; what the file's own attributes say wins over this."""

    name: str
    sentence: str
    images: str
    bands: tuple[str, ...] | None = None
    bands_guessed: bool = False
    pixel_scale: float | None = None
    zero_points: Mapping[str, float] | None = None
    """AB magnitude of one count by short band name."""
    id_column: str | None = None
    not_columns: frozenset[str] = field(default_factory=frozenset)
    warnings: tuple[str, ...] = ()


class Hdf5Reader:
    """Cutouts in one dataset of an HDF5 file, with columns beside it.

    A subclass finds its parts in `find`. `bands` is the user's word on the planes' names.
    """

    def __init__(
        self, path: Path, bands: Sequence[str] | None = None, file: h5py.File | None = None
    ) -> None:
        self.path = path
        self._file = file if file is not None else hdf5_file.open_hdf5(path)
        with ExitStack() as on_failure, hdf5_file.reading(path):
            on_failure.callback(self.close)
            self._found = self.find(self._file)
            self._images = self._open_images()
            self.layout = self._make_layout(bands)
            on_failure.pop_all()

    @staticmethod
    def recognises(file: h5py.File) -> bool:
        """Whether the file bears this layout's signature."""
        raise NotImplementedError

    def find(self, file: h5py.File) -> Found:
        """Where this layout keeps its things in `file`."""
        raise NotImplementedError

    def __len__(self) -> int:
        """Number of cutouts."""
        return int(self._images.shape[0])

    @property
    def cache_bytes(self) -> int:
        """Memory that HDF5 may keep for this file's chunks while it is open."""
        needed = hdf5_file.decoded_bytes(self._images)
        return needed if needed <= hdf5_file.CHUNK_CACHE_BYTES else 2**20

    def ids(self) -> np.ndarray:
        """(N,) int64 or text; row numbers as text where the file has none."""
        name = self._found.id_column
        with hdf5_file.reading(self.path):
            if name is None or name not in self._per_row:
                return np.arange(len(self)).astype(np.str_)
            values = hdf5_file.column_values(self._file[name])
        if values.dtype.kind == "f" and np.all(values == np.rint(values)):
            return values.astype(np.int64)
        return values.astype(np.int64) if values.dtype.kind in "iu" else values.astype(np.str_)

    def coordinates(self) -> tuple[np.ndarray, np.ndarray] | None:
        """(ra, dec) in degrees, NaN where unknown or outside the sphere; None where absent."""
        with hdf5_file.reading(self.path):
            names = [self._coordinate_name(kind) for kind in ("ra", "dec")]
            if names[0] is None or names[1] is None:
                return None
            ra, dec = (
                in_degrees(self._file[name][()], hdf5_columns.unit_of(self._file[name]))
                for name in names
            )
        return clean_coordinates(ra, dec)

    def columns(self) -> dict[str, np.ndarray]:
        """The other datasets of one value (or up to eight) a cutout, by name."""
        with hdf5_file.reading(self.path):
            return hdf5_columns.read_columns(self._file, self._column_names())

    def units(self) -> dict[str, str]:
        """By the attribute `unit` or `units` of a column's dataset."""
        with hdf5_file.reading(self.path):
            return hdf5_columns.read_units(self._file, self._column_names())

    def read(self, rows: np.ndarray) -> np.ndarray:
        """(n, B, H, W) float32 as stored, in the order of `rows`; pictures from below."""
        rows = check_rows(rows, len(self), self.path)
        with hdf5_file.reading(self.path):
            pixels = hdf5_file.read_rows(self._images, rows)
        return self._to_flux(self._arranged(pixels))

    def extras(self, rows: np.ndarray) -> Extras:
        """Zero-points of the layout or by row; all else that stands beside the images, by row."""
        rows = check_rows(rows, len(self), self.path)
        zero_points = self._beside(ZERO_POINT_ATTRIBUTES, rows, 2)
        if zero_points is None and self.layout.zero_points is not None:
            known = np.asarray(self.layout.zero_points, np.float32)
            zero_points = np.tile(known, (len(rows), 1))
        mask = self._beside(_MASK_NAMES, rows, 4)
        return Extras(
            inverse_variance=self._beside(_IVAR_NAMES, rows, 4),
            pixel_mask=None if mask is None else mask != 0,
            psf_fwhm=self._beside(_PSF_NAMES, rows, 2),
            zero_points=zero_points,
            wcs_headers=self._wcs_headers(rows),
        )

    def metadata(self) -> dict[str, Any]:
        """Storage of the images, and the file's attributes."""
        with hdf5_file.reading(self.path):
            facts = hdf5_file.storage_facts(self._images)
            attributes = {**self._file.attrs, **self._images.attrs}
        facts["attributes"] = {name: _plain(value) for name, value in attributes.items()}
        return facts

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def _open_images(self) -> h5py.Dataset:
        images = self._file[self._found.images]
        if not isinstance(images, h5py.Dataset) or images.ndim != 4:
            shape = getattr(images, "shape", "a group")
            raise FormatError(
                f"`{self._found.images}` of {self.path} was expected to have four dimensions"
                f" (cutouts, bands, height, width); found {shape}."
            )
        if images.dtype.kind not in "biuf":
            raise FormatError(
                f"`{self._found.images}` of {self.path} was expected to hold numbers; found"
                f" values of type {images.dtype}."
            )
        if 0 in images.shape:
            raise FormatError(
                f"{self.path} holds no cutouts: `{self._found.images}` has shape {images.shape}."
            )
        self._band_axis = band_axis(images.shape)
        del images  # HDF5 gives a dataset that is still open its old cache.
        return hdf5_file.dataset_for_rows(self._file, self._found.images)

    def _make_layout(self, users_word: Sequence[str] | None) -> Layout:
        found, images = self._found, self._images
        shape = cutout_shape(images.shape)
        own = self._attribute(BANDS_ATTRIBUTES)
        names = short_names(_name_list(own)) if own is not None else found.bands
        bands, guessed = settle_bands(
            self.path, shape[0], names, found.bands_guessed and own is None, users_word
        )
        scale, odd_scale = self._stated(PIXEL_SCALE_ATTRIBUTES, 1, least=np.nextafter(0.0, 1.0))
        zero_points, odd_points = self._stated(ZERO_POINT_ATTRIBUTES, len(bands))
        slow = hdf5_file.slow_rows_warning(images)
        return Layout(
            name=found.name,
            sentence=found.sentence,
            bands=bands,
            shape=shape,
            dtype=images.dtype,
            bands_guessed=guessed,
            pixel_scale=found.pixel_scale if scale is None else scale[0],
            zero_points=zero_points or self._usual_zero_points(bands),
            white=WHITE if is_picture(images.shape, images.dtype) else None,
            warnings=(
                *found.warnings,
                *odd_scale,
                *odd_points,
                *order_warning(bands, names),
                *hdf5_columns.left_out(self._file, len(self), self._not_columns),
                *([slow] if slow else []),
            ),
        )

    def _stated(
        self, names: Sequence[str], count: int, least: float = -np.inf
    ) -> tuple[tuple[float, ...] | None, list[str]]:
        """`count` numbers that an attribute of one of these names states, alike or each; None, and
        perhaps a sentence, where there are none of use."""
        value = self._attribute(names)
        if value is None:
            return None, []
        try:
            numbers = np.broadcast_to(np.asarray(value, float).ravel(), count)
        except (ValueError, TypeError):
            numbers = np.full(count, np.nan)
        if np.isfinite(numbers).all() and (numbers >= least).all():
            return tuple(numbers.tolist()), []
        what = names[0].replace("_", " ")
        return None, [f"Its {what} can't be {str(value)[:60]}, which was left aside."]

    def _usual_zero_points(self, bands: Sequence[str]) -> tuple[float, ...] | None:
        known = self._found.zero_points
        if known is None or any(short_name(band) not in known for band in bands):
            return None
        return tuple(known[short_name(band)] for band in bands)

    def _beside(self, names: Sequence[str], rows: np.ndarray, dimensions: int) -> np.ndarray | None:
        """(n, B, H, W) or (n, B) float32: rows of the dataset of one of these names that goes
        with the images band by band; None where there is none."""
        with hdf5_file.reading(self.path):
            for name in names:
                dataset = self._file.get(name)
                if self._goes_with_images(dataset) and dataset.ndim == dimensions:
                    values = hdf5_file.read_rows(dataset, rows)
                    return values if dimensions == 2 else self._arranged(values)
        return None

    def _arranged(self, values: np.ndarray) -> np.ndarray:
        """(n, B, H, W), row 0 the lowest, of what is stored pixel by pixel."""
        planes = bands_second(values, self._band_axis)
        return upright(planes) if is_picture(self._images.shape, self._images.dtype) else planes

    def _wcs_headers(self, rows: np.ndarray) -> list[str] | None:
        with hdf5_file.reading(self.path):
            if not stored_wcs.is_stored(self._file, len(self)):
                return None
            return stored_wcs.read_headers(self._file, rows)

    def _goes_with_images(self, item: Any) -> bool:
        by_band = (len(self), self._images.shape[self._band_axis])
        fits = isinstance(item, h5py.Dataset) and item.shape in (self._images.shape, by_band)
        return fits and item.dtype.kind in "biuf"

    def _attribute(self, names: Sequence[str]) -> Any | None:
        for name in names:
            for holder in (self._images.attrs, self._file.attrs):
                if name in holder:
                    return holder[name]
        return None

    def _to_flux(self, pixels: np.ndarray) -> np.ndarray:
        """Undo the packing into integers that the attributes state (netCDF's convention)."""
        factor, offset = (self._attribute((name,)) for name in ("scale_factor", "add_offset"))
        for operation, value in ((np.multiply, factor), (np.add, offset)):
            if value is not None:
                value = np.asarray(value, np.float32).reshape(1, -1, 1, 1)
                pixels = operation(pixels, value)
        return pixels

    def _coordinate_name(self, kind: str) -> str | None:
        for name in self._per_row:
            if name.lower() == kind and self._file[name].ndim == 1:
                return name
        return None

    def _column_names(self) -> list[str]:
        used = {self._found.id_column, *map(self._coordinate_name, ("ra", "dec"))}
        return [name for name in self._per_row if name not in used]

    @cached_property
    def _not_columns(self) -> frozenset[str]:
        """What is no column although its length may be right."""
        beside = {name for name in _BESIDE if self._goes_with_images(self._file.get(name))}
        if stored_wcs.is_stored(self._file, len(self)):
            beside.add(stored_wcs.WCS_NAME)
        return frozenset({self._found.images, *self._found.not_columns, *beside})

    @cached_property
    def _per_row(self) -> list[str]:
        """Names of the datasets that have one entry a cutout."""
        return hdf5_columns.column_names(self._file, len(self), self._not_columns)


def _name_list(value: Any) -> tuple[str, ...]:
    if isinstance(value, (str, bytes)) or np.ndim(value) == 0:
        return split_names(str(text_array(np.array([value], object))[0]))
    return tuple(text_array(value).tolist())


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.ndarray):
        return [_plain(item) for item in value.tolist()]
    if isinstance(value, np.generic):
        return value.item()
    return value if isinstance(value, (str, int, float, bool)) else str(value)
