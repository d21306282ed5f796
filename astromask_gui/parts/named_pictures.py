"""Stretched pictures of linear thumbnails, on which stands what of their bands is missing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from astromask_gui.parts.picture_view import to_image
from astromask_gui.rendering.picture import render_thumbnails
from astromask_gui.state.display import DisplaySettings, SurveyPixels

_SMALLEST, _LARGEST = 8, 12
"""Pixels of the writing; between them a seventh of the picture's side."""
_INK, _SHADE = QColor(255, 255, 255, 225), QColor(0, 0, 0, 165)


def named_pictures(
    thumbnails: NDArray[np.floating],
    settings: DisplaySettings,
    survey: SurveyPixels,
    side: int | None = None,
) -> list[QImage]:
    """Images of linear thumbnails (n, 3, h, w), each of `side` pixels where that is given.

    A channel that is NaN throughout is a band that the galaxy lacks.
    """
    rendered = render_thumbnails(thumbnails, settings, survey)
    lost = np.isnan(thumbnails).all(axis=(2, 3))
    images = [_sized(to_image(picture), side) for picture in rendered]
    for place in np.flatnonzero(lost.any(axis=1)):
        _write(images[place], _absent_words(lost[place], settings, survey))
    return images


def _absent_words(lost: NDArray[np.bool_], settings: DisplaySettings, survey: SurveyPixels) -> str:
    bands = dict.fromkeys(np.array(settings.rgb)[lost].tolist())
    if len(bands) == len(survey.bands):
        return "no data"
    return f"no {' '.join(survey.bands[band] for band in bands if band < len(survey.bands))}"


def _sized(image: QImage, side: int | None) -> QImage:
    """In the format that is painted fastest, and so many pixels a side."""
    if side is not None and side != image.width():
        smooth = Qt.TransformationMode.SmoothTransformation
        image = image.scaled(side, side, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _write(image: QImage, words: str) -> None:
    """Words in the lower left corner, shortened to the picture's width."""
    font = QFont()
    font.setPixelSize(min(max(image.width() // 7, _SMALLEST), _LARGEST))
    metrics = QFontMetricsF(font)
    words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, image.width() - 6)
    width, height = metrics.horizontalAdvance(words) + 4, metrics.height()
    box = QRectF(1, image.height() - height - 1, width, height)
    painter = QPainter(image)
    painter.setFont(font)
    painter.fillRect(box, _SHADE)
    painter.setPen(_INK)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
    painter.end()
