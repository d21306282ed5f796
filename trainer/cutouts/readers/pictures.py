"""A folder of PNG or JPEG pictures, or one such picture."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from trainer.cutouts.axes import WHITE, upright
from trainer.cutouts.bands import COLOURS, settle_bands
from trainer.cutouts.files import check_rows
from trainer.cutouts.folders import pictures_in
from trainer.cutouts.protocol import Extras, Layout
from trainer.errors import FormatError

_GREY_MODES = ("1", "L", "LA", "I", "F", "I;16", "I;16B", "I;16L", "I;16N")
_DEEP_MODES = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")
MOST_NAMED = 5
_FORMATS = ("PNG", "JPEG")


class PicturesReader:
    """One cutout a picture: red, green, blue, or one band where all are grey.

    Pictures of another size than most, and files that are no pictures, are left out and
    said. A picture's file begins at the top; its rows are turned over, as everywhere here.
    """

    def __init__(self, path: Path, bands: Sequence[str] | None = None) -> None:
        self.path = path
        files = pictures_in(path) if path.is_dir() else [path]
        sizes = {picture: _size_and_mode(picture) for picture in files}
        good = Counter(found[:2] for found in sizes.values() if found is not None)
        if not good:
            raise FormatError(f"{path} holds no PNG or JPEG picture that can be read.")
        (width, height), _ = good.most_common(1)[0]
        self._files = [
            file
            for file, found in sizes.items()
            if found is not None and found[:2] == (width, height)
        ]
        modes = {found[2] for file in self._files if (found := sizes[file]) is not None}
        self._grey = all(mode in _GREY_MODES for mode in modes)
        left_out = [file.name for file in files if file not in set(self._files)]
        self.layout = self._make_layout(bands, height, width, modes, left_out)

    def __len__(self) -> int:
        """Number of pictures."""
        return len(self._files)

    def ids(self) -> np.ndarray:
        """(N,) text: the files' names, without their endings where these are not needed."""
        stems = [file.stem for file in self._files]
        unique = len(set(stems)) == len(stems)
        return np.array(stems if unique else [file.name for file in self._files], dtype=np.str_)

    def coordinates(self) -> tuple[np.ndarray, np.ndarray] | None:
        """None: pictures say nothing of the sky."""
        return None

    def columns(self) -> dict[str, np.ndarray]:
        """None: pictures have no columns."""
        return {}

    def units(self) -> dict[str, str]:
        """None: pictures have no columns."""
        return {}

    def read(self, rows: np.ndarray) -> np.ndarray:
        """(n, B, H, W) float32 of the pictures' own values, 0 … 255 or 0 … 65535, from below."""
        rows = check_rows(rows, len(self), self.path)
        pixels = np.empty((len(rows), *self.layout.shape), np.float32)
        for place, row in enumerate(rows.tolist()):
            pixels[place] = self._read_one(self._files[row])
        return pixels

    def extras(self, rows: np.ndarray) -> Extras:
        """None: pictures have nothing beside them."""
        return Extras()

    def metadata(self) -> dict[str, Any]:
        """Number of files by their ending."""
        return {"files": dict(Counter(file.suffix.lower() for file in self._files))}

    def close(self) -> None:
        """Nothing stays open."""

    def _read_one(self, file: Path) -> np.ndarray:
        try:
            with Image.open(file, formats=_FORMATS) as picture:
                if self._grey:
                    deep = picture.mode in _DEEP_MODES
                    values = np.asarray(picture if deep else picture.convert("L"))[None]
                else:
                    values = np.moveaxis(np.asarray(picture.convert("RGB")), -1, 0)
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise FormatError(f"The picture {file} can't be read: {error}.") from error
        if values.shape != self.layout.shape:
            raise FormatError(
                f"The picture {file} was expected to have {self.layout.shape[1]} ×"
                f" {self.layout.shape[2]} px; found {values.shape[1]} × {values.shape[2]} px."
            )
        return upright(values)

    def _make_layout(
        self,
        users_word: Sequence[str] | None,
        height: int,
        width: int,
        modes: set[str],
        left_out: Sequence[str],
    ) -> Layout:
        names = ("grey",) if self._grey else COLOURS
        bands, guessed = settle_bands(self.path, len(names), names, True, users_word)
        said: tuple[str, ...] = ()
        if left_out:
            named = ", ".join(left_out[:MOST_NAMED]) + (" …" if len(left_out) > MOST_NAMED else "")
            said = (
                f"{len(left_out)} pictures were left out, which can't be read or have not"
                f" {height} × {width} px: {named}.",
            )
        kind = "Grey" if self._grey else "Colour"
        is_deep = self._grey and bool(modes & set(_DEEP_MODES))
        return Layout(
            name="pictures",
            sentence=f"{kind} pictures (PNG or JPEG), one a cutout.",
            bands=bands,
            shape=(len(bands), height, width),
            dtype=np.dtype(np.uint16 if is_deep else np.uint8),
            # What is deep was counted, and drawn for nobody's eyes.
            white=None if is_deep else WHITE,
            bands_guessed=guessed,
            warnings=said,
        )


def _size_and_mode(file: Path) -> tuple[int, int, str] | None:
    """(width, height, mode) from a picture's header; None where it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=_FORMATS) as picture:
                return (*picture.size, picture.mode)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
