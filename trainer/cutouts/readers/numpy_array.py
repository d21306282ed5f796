"""A NumPy array of cutouts in a `.npy` or `.npz` file."""

from __future__ import annotations

import shutil
import struct
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from trainer.cutouts.axes import WHITE, band_axis, bands_second, cutout_shape, is_picture, upright
from trainer.cutouts.bands import settle_bands, short_names
from trainer.cutouts.coordinates import clean_coordinates
from trainer.cutouts.files import check_rows, require_file
from trainer.cutouts.npy import NPY_DAMAGE, read_header
from trainer.cutouts.protocol import Extras, Layout
from trainer.cutouts.text import text_array
from trainer.errors import AstroMaskError, FormatError

_USUAL_NAMES = ("images", "cutouts", "image", "data", "x", "arr_0")
_ID_NAMES = ("object_id", "ids", "id")
_BAND_NAMES = ("bands", "band_names")
_LOCAL_HEADER = struct.Struct("<26xHH")


class NumpyReader:
    """(N, B, H, W) or (N, H, W, B); of three dimensions, one cutout or N of one band.

    Pixels are memory-mapped. A compressed `.npz` is unpacked into a temporary file first,
    which goes when the reader is closed. Nothing is ever unpickled.
    """

    def __init__(self, path: Path, bands: Sequence[str] | None = None) -> None:
        require_file(path)
        self.path = path
        self._warnings: list[str] = []
        self._others: dict[str, np.ndarray] = {}
        self._cleanup = ExitStack()
        with ExitStack() as on_failure:
            on_failure.callback(self._cleanup.close)
            with _reading(path):
                self._array = self._open()
            self.layout = self._make_layout(bands)
            on_failure.pop_all()

    def __len__(self) -> int:
        """Number of cutouts."""
        return int(self._array.shape[0])

    def ids(self) -> np.ndarray:
        """(N,) from an `.npz`'s `object_id` or `ids`; else row numbers as text."""
        for name in _ID_NAMES:
            if name in self._others and self._others[name].shape == (len(self),):
                values = self._others[name]
                return values.astype(np.int64) if values.dtype.kind in "iu" else text_array(values)
        return np.arange(len(self)).astype(np.str_)

    def coordinates(self) -> tuple[np.ndarray, np.ndarray] | None:
        """(ra, dec) from an `.npz`'s arrays of these names."""
        pair = [self._others.get(name) for name in ("ra", "dec")]
        if any(values is None or values.shape != (len(self),) for values in pair):
            return None
        return clean_coordinates(*pair)  # type: ignore[arg-type]

    def columns(self) -> dict[str, np.ndarray]:
        """An `.npz`'s other arrays with one entry a cutout."""
        used = {*_ID_NAMES, *_BAND_NAMES, "ra", "dec"}
        return {
            name: text_array(values) if values.dtype.kind in "SU" else values
            for name, values in self._others.items()
            if name not in used and values.shape == (len(self),)
        }

    def units(self) -> dict[str, str]:
        """None: an array says nothing of units."""
        return {}

    def read(self, rows: np.ndarray) -> np.ndarray:
        """(n, B, H, W) float32 as stored, in the order of `rows`; pictures from below."""
        rows = check_rows(rows, len(self), self.path)
        with np.errstate(over="ignore"):
            pixels = np.asarray(self._array[rows], np.float32)
        planes = bands_second(pixels, band_axis(self._array.shape))
        return upright(planes) if is_picture(self._array.shape, self._array.dtype) else planes

    def extras(self, rows: np.ndarray) -> Extras:
        """None: an array has nothing beside it."""
        return Extras()

    def metadata(self) -> dict[str, Any]:
        """The array as it is stored."""
        return {"array_shape": list(self._array.shape), "order": _order(self._array)}

    def close(self) -> None:
        """Let go of the mapped file, and remove the unpacked copy if there is one."""
        self._array = np.empty((0, *self._array.shape[1:]), self._array.dtype)
        self._cleanup.close()

    def _open(self) -> np.ndarray:
        with self.path.open("rb") as file:
            is_archive = file.read(2) == b"PK"
        if not is_archive:
            return self._as_stack(np.load(self.path, mmap_mode="r", allow_pickle=False))
        with zipfile.ZipFile(self.path) as archive:
            headers = {
                member.filename.removesuffix(".npy"): (member, _header(archive, member))
                for member in archive.infolist()
                if member.filename.endswith(".npy")
            }
            name = self._choose({name: shape for name, (_, (shape, _)) in headers.items()})
            rows = headers[name][1][0][0]
            for other, (member, (shape, dtype)) in headers.items():
                wanted = shape == (rows,) or other in _BAND_NAMES
                if other != name and wanted and dtype.kind in "biufSU":
                    with archive.open(member) as stream:
                        self._others[other] = np.lib.format.read_array(stream, allow_pickle=False)
            return self._as_stack(self._map_member(archive, headers[name][0]))

    def _choose(self, shapes: dict[str, tuple[int, ...]]) -> str:
        for dimensions in (4, 3):
            fitting = [name for name, shape in shapes.items() if len(shape) == dimensions]
            chosen = fitting if len(fitting) == 1 else [n for n in _USUAL_NAMES if n in fitting]
            if chosen:
                return chosen[0]
        found = ", ".join(f"{name} {shape}" for name, shape in shapes.items()) or "nothing"
        raise FormatError(
            f"{self.path} holds no array that is clearly the cutouts: expected one of four"
            f" dimensions (cutouts, bands, height, width), found {found}."
        )

    def _map_member(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
        if member.compress_type == zipfile.ZIP_STORED:
            with self.path.open("rb") as file:
                file.seek(member.header_offset)
                name_length, extra_length = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
                file.seek(member.header_offset + _LOCAL_HEADER.size + name_length + extra_length)
                return _mapped(self.path, file)
        folder = self._cleanup.enter_context(
            tempfile.TemporaryDirectory(prefix="astromask-", ignore_cleanup_errors=True)
        )
        unpacked = Path(folder) / "array.npy"
        with archive.open(member) as packed, unpacked.open("wb") as file:
            shutil.copyfileobj(packed, file, 2**20)
        self._warnings.append(
            f"The array is compressed: {member.file_size / 1e6:.0f} MB are unpacked into a"
            " temporary file each time it is opened."
        )
        array: np.ndarray = np.load(unpacked, mmap_mode="r", allow_pickle=False)
        return array

    def _as_stack(self, array: np.ndarray) -> np.ndarray:
        """The array with four dimensions."""
        if array.dtype.kind not in "biuf":
            raise FormatError(
                f"{self.path} was expected to hold numbers; found values of type {array.dtype}."
            )
        if array.ndim not in (2, 3, 4) or 0 in array.shape:
            raise FormatError(
                f"{self.path} was expected to hold an array (cutouts, bands, height, width);"
                f" found shape {array.shape}."
            )
        if array.ndim == 4:
            return array
        if array.ndim == 2:
            return array[None, None]
        shape = (1, *array.shape)
        axis = band_axis(shape)
        sides = [side for place, side in enumerate(shape[1:], 1) if place != axis]
        return array[None] if shape[axis] < min(sides) else array[:, None]

    def _make_layout(self, users_word: Sequence[str] | None) -> Layout:
        shape = cutout_shape(self._array.shape)
        listed = [self._others[name] for name in _BAND_NAMES if name in self._others]
        named = short_names(text_array(listed[0]).tolist()) if listed else None
        bands, guessed = settle_bands(self.path, shape[0], named, named is None, users_word)
        return Layout(
            name="numpy",
            sentence=f"A NumPy array of shape {self._array.shape}.",
            bands=bands,
            shape=shape,
            dtype=self._array.dtype,
            white=WHITE if is_picture(self._array.shape, self._array.dtype) else None,
            bands_guessed=guessed,
            warnings=tuple(self._warnings),
        )


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what NumPy and zipfile raise on damaged files into a `FormatError`."""
    try:
        yield
    except AstroMaskError:
        raise
    except NPY_DAMAGE as error:
        raise FormatError(f"{path} can't be read as a NumPy array: {error}.") from error


def _header(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo
) -> tuple[tuple[int, ...], np.dtype[Any]]:
    with archive.open(member) as stream:
        shape, _, dtype = read_header(stream)
    return shape, dtype


def _mapped(path: Path, file: IO[bytes]) -> np.ndarray:
    """The array whose `.npy` header starts where `file` stands, mapped."""
    shape, fortran, dtype = read_header(file)
    if dtype.hasobject:
        raise FormatError(f"{path} holds Python objects, which are never loaded; numbers only.")
    order = "F" if fortran else "C"
    return np.memmap(path, dtype, "r", file.tell(), shape, order)  # type: ignore[call-overload,no-any-return]


def _order(array: np.ndarray) -> str:
    return "Fortran" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
