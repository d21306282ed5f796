"""Which columns of a galaxy people look for first, by their names."""

from __future__ import annotations

_FIRST = (
    ("type", "class", "class_label", "morphology", "source_type"),
    ("z", "redshift", "zspec", "z_spec", "zphot", "z_phot", "photo_z"),
    ("mag_r", "rmag", "r_mag", "snr_r"),
)
"""The kind, the redshift, the magnitude in r."""
_LAST = ("tile", "field", "file")
"""Where a galaxy comes from says nothing of it."""


def importance(name: str) -> int:
    """The lower, the sooner a column is told of."""
    word = name.lower()
    for place, words in enumerate(_FIRST):
        if word in words:
            return place
    if word.endswith(("_type", "_class")):
        return 0
    if word in _LAST:
        return len(_FIRST) + 2
    return len(_FIRST) + (0 if word.startswith("mag") else 1)
