"""What files have beside the pixels: bands put in order, cropped, and joined across files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from trainer.cutouts.crop import centre_crop, crop_origin
from trainer.cutouts.protocol import Extras


def arranged(
    extras: Extras, planes: np.ndarray, shape: tuple[int, int], crop: int | None
) -> Extras:
    """The extras of cutouts (H, W) = `shape` with their bands in another order, cropped."""

    def maps(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else centre_crop(values, crop)[:, planes]

    def by_band(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else values[:, planes]

    headers = extras.wcs_headers
    if headers is not None and crop is not None:
        top, left = crop_origin(*shape, crop)
        headers = [shifted_header(header, top, left) for header in headers]
    return Extras(
        inverse_variance=maps(extras.inverse_variance),
        pixel_mask=maps(extras.pixel_mask),
        psf_fwhm=by_band(extras.psf_fwhm),
        wcs_headers=headers,
        zero_points=by_band(extras.zero_points),
    )


def joined(parts: Sequence[tuple[np.ndarray, Extras]], count: int) -> Extras:
    """One `Extras` of `count` cutouts from parts with their places; None where a part lacks it."""
    whole = Extras()
    if not parts:
        return whole
    for field in fields(Extras):
        values = [getattr(extras, field.name) for _, extras in parts]
        if any(value is None for value in values):
            continue
        if field.name == "wcs_headers":
            headers = [""] * count
            for (places, _), texts in zip(parts, values, strict=True):
                for place, text in zip(places, texts, strict=True):
                    headers[place] = text
            whole.wcs_headers = headers
            continue
        array = np.empty((count, *values[0].shape[1:]), values[0].dtype)
        for (places, _), value in zip(parts, values, strict=True):
            array[places] = value
        setattr(whole, field.name, array)
    return whole


def shifted_header(header: str, top: int, left: int) -> str:
    """A WCS header's text after `top` rows and `left` columns were cut away before the image."""
    if not header:
        return header
    from astropy.io.fits import Header

    cards = Header.fromstring(header)
    for card, cut in (("CRPIX1", left), ("CRPIX2", top)):
        cards[card] = cards.get(card, 0.0) - cut
    return str(cards.tostring())
