"""Windows of survey images, read without holding the whole of any."""

from __future__ import annotations

import gzip
import shutil
import tempfile
from collections import OrderedDict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits

from trainer.cutouts import fits_file
from trainer.cutting.images import SkyImage
from trainer.errors import FormatError

STRIP_ROWS = 256
STRIP_BYTES = 64 * 2**20
"""Decoded rows that one image keeps, for the next objects lie near the last."""
MOST_OPEN = 16


class ImagePixels:
    """The pixels of one image: memory-mapped, or decoded in strips where they are compressed.

    A gzipped file is unpacked into a temporary one first, which goes when this is closed.
    """

    def __init__(self, image: SkyImage) -> None:
        """Raises `FormatError` where the file can't be opened."""
        self._image = image
        self._mapped: np.ndarray | None = None
        self._cleanup = ExitStack()
        self._strips: OrderedDict[int, np.ndarray] = OrderedDict()
        self._most_strips = max(2, STRIP_BYTES // (STRIP_ROWS * image.shape[1] * 4))
        with ExitStack() as on_failure, fits_file.reading_fits(image.path):
            on_failure.callback(self.close)
            self._open()
            on_failure.pop_all()

    def window(self, rows: slice, columns: slice) -> np.ndarray:
        """(h, w) float32 of a part that lies inside the image. Raises `FormatError`."""
        with fits_file.reading_fits(self._image.path), np.errstate(over="ignore"):
            if self._mapped is not None:
                return np.array(self._mapped[rows, columns], np.float32)
            first, last = rows.start // STRIP_ROWS, (rows.stop - 1) // STRIP_ROWS
            parts = []
            for number in range(first, last + 1):
                start = number * STRIP_ROWS
                own = slice(max(rows.start - start, 0), rows.stop - start)
                parts.append(self._strip(number)[own, columns])
            return np.concatenate(parts)

    def close(self) -> None:
        """Release the file."""
        self._mapped = None
        self._strips.clear()
        self._cleanup.close()

    def _open(self) -> None:
        path = self._unpacked() if self._image.path.suffix.lower() == ".gz" else self._image.path
        with fits.open(path, memmap=False) as hdus:
            mappable = _is_plain(hdus[self._image.hdu])
        hdus = self._cleanup.enter_context(fits.open(path, memmap=mappable))
        self._hdu: Any = hdus[self._image.hdu]
        if mappable:
            self._mapped = self._hdu.data.reshape(self._image.shape)

    def _unpacked(self) -> Path:
        folder = self._cleanup.enter_context(
            tempfile.TemporaryDirectory(prefix="astromask-", ignore_cleanup_errors=True)
        )
        unpacked = Path(folder) / "image.fits"
        with gzip.open(self._image.path) as packed, unpacked.open("wb") as file:
            shutil.copyfileobj(packed, file, 2**20)
        return unpacked

    def _strip(self, number: int) -> np.ndarray:
        if number in self._strips:
            self._strips.move_to_end(number)
            return self._strips[number]
        height, width = self._image.shape
        rows = slice(number * STRIP_ROWS, min(height, (number + 1) * STRIP_ROWS))
        degenerate = (0,) * (len(self._hdu.shape) - 2)
        data = self._hdu.section[(*degenerate, rows, slice(0, width))]
        strip = np.asarray(data, np.float32).reshape(rows.stop - rows.start, width)
        self._strips[number] = strip
        while len(self._strips) > self._most_strips:
            self._strips.popitem(last=False)
        return strip


def _is_plain(hdu: Any) -> bool:
    """Whether the numbers in the file are the pixels as they are."""
    header = hdu.header
    scaled = header.get("BSCALE", 1) != 1 or header.get("BZERO", 0) != 0 or "BLANK" in header
    return not isinstance(hdu, fits.CompImageHDU) and not scaled


class OpenImages:
    """Images by number, opened when needed; those not used lately are closed.

    A damaged one is told once to `damaged` and has no pixels from then on.
    """

    def __init__(self, images: tuple[SkyImage, ...], most_open: int = MOST_OPEN) -> None:
        self.images = images
        self.damaged: dict[int, str] = {}
        self._most_open = most_open
        self._open: OrderedDict[int, ImagePixels] = OrderedDict()

    def __enter__(self) -> OpenImages:
        return self

    def __exit__(self, *_: object) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def window(self, number: int, rows: slice, columns: slice) -> np.ndarray | None:
        """(h, w) float32 of a part of an image; None where it is damaged."""
        if number in self.damaged:
            return None
        try:
            return self._opened(number).window(rows, columns)
        except FormatError as error:
            self.damaged[number] = str(error)
            return None

    def _opened(self, number: int) -> ImagePixels:
        if number in self._open:
            self._open.move_to_end(number)
            return self._open[number]
        while len(self._open) >= self._most_open:
            self._open.popitem(last=False)[1].close()
        self._open[number] = ImagePixels(self.images[number])
        return self._open[number]
