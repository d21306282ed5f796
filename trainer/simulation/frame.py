"""Drawing in Fourier space: the frame a cutout is cut from, and what is drawn into it.

Every part of a scene is turned once into its transform, summed by band, multiplied by the
band's point-spread function and transformed back: five bands for little more than one.
Coordinates are arcsec from the frame's centre.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import galsim
import numpy as np
from scipy import fft

from trainer.simulation.survey import PIXEL_SCALE

OVERSAMPLING = 2
_PSF_SLOPE = 3.5
"""Moffat's β of a ground-based point-spread function."""


@dataclass(frozen=True)
class Part:
    """Light of one shape: a GalSim profile, or pixels on the frame's fine grid; total 1."""

    shape: Any
    flux: np.ndarray
    """(5,) counts."""


class Frame:
    """A square around the cutout of half its side more, so that what wraps around falls outside.

    `size` is the cutout's side in pixels; arrays on the fine grid have `fine_side`² pixels of
    a half cutout pixel, and hold the share of the light that falls on each.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.side = size + 2 * max(8, size // 4)
        self.fine_side = OVERSAMPLING * self.side
        self.fine_scale = PIXEL_SCALE / OVERSAMPLING
        self.extent = self.side * PIXEL_SCALE

    @cached_property
    def fine_axis(self) -> np.ndarray:
        """(fine_side,) coordinates of the fine pixels' centres, arcsec."""
        return (np.arange(self.fine_side) + 0.5 - self.fine_side / 2) * self.fine_scale

    @cached_property
    def fine_grid(self) -> tuple[np.ndarray, np.ndarray]:
        """(x, y) of the fine pixels' centres, each (fine_side, fine_side) float32, arcsec."""
        x, y = np.meshgrid(self.fine_axis, self.fine_axis)
        return x.astype(np.float32), y.astype(np.float32)

    @cached_property
    def _wave_numbers(self) -> np.ndarray:
        step = 2.0 * math.pi / self.extent
        return (np.arange(self.side) - self.side // 2) * step

    @cached_property
    def _fine_phase(self) -> np.ndarray:
        return np.asarray(np.exp(-1j * self._wave_numbers * self.fine_axis[0]), np.complex64)

    @cached_property
    def _pixel_phase(self) -> np.ndarray:
        first = (0.5 - self.side / 2) * PIXEL_SCALE
        return np.asarray(np.exp(1j * self._wave_numbers * first), np.complex64)

    def transform(self, shape: Any) -> np.ndarray:
        """(side, side) complex64 transform of a profile or of fine pixels, zero in the middle."""
        if isinstance(shape, np.ndarray):
            return self._transform_pixels(shape)
        image = galsim.ImageCF(self.side, self.side, scale=2.0 * math.pi / self.extent)
        image.setCenter(0, 0)
        shape.drawKImage(image=image, recenter=False)
        return np.asarray(image.array)

    def _transform_pixels(self, pixels: np.ndarray) -> np.ndarray:
        whole = fft.fftshift(fft.fft2(pixels.astype(np.float32)))
        start = self.fine_side // 2 - self.side // 2
        part = whole[start : start + self.side, start : start + self.side]
        # A fine pixel is a small square of light, which softens like any other pixel.
        soft = np.sinc(self._wave_numbers * self.fine_scale / (2.0 * math.pi))
        phase = self._fine_phase * soft.astype(np.float32)
        return np.asarray(part * phase[:, None] * phase[None, :])

    def expose(
        self, parts: list[Part], seeing: np.ndarray, shear: tuple[float, float]
    ) -> np.ndarray:
        """(5, size, size) float32 counts without noise, seen through seeing (5,) FWHM arcsec.

        `shear` (g1, g2) is the ellipticity of the point-spread function.
        """
        light = np.zeros((len(seeing), self.side, self.side), np.complex64)
        for part in parts:
            light += part.flux.astype(np.float32)[:, None, None] * self.transform(part.shape)
        for b, fwhm in enumerate(seeing):
            psf = galsim.Moffat(beta=_PSF_SLOPE, fwhm=fwhm).shear(g1=shear[0], g2=shear[1])
            light[b] *= self.transform(galsim.Convolve(psf, galsim.Pixel(PIXEL_SCALE)))
        light *= self._pixel_phase[:, None] * self._pixel_phase[None, :]
        images = fft.ifft2(fft.ifftshift(light, axes=(1, 2)), axes=(1, 2)).real
        margin = (self.side - self.size) // 2
        inner = slice(margin, margin + self.size)
        return np.ascontiguousarray(images[:, inner, inner], dtype=np.float32)
