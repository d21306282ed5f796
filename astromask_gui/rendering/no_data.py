"""What stands in a picture where there are no pixels: quiet stripes; black would be dark sky."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STRIPES = np.array([[40, 45, 54], [62, 69, 82]], np.uint8)
"""Neither as dark as sky nor as bright as a galaxy, on both sides of the light's colours."""
_WIDTH = 2
"""Pixels of a stripe, along rows."""


def lay_stripes(pictures: NDArray[np.uint8], where: NDArray[np.bool_]) -> None:
    """Put stripes into pictures (…, H, W, 3) where a mask (…, H, W) is True, in place."""
    *_, rows, columns = np.nonzero(where)
    pictures[where] = STRIPES[(rows + columns) // _WIDTH % 2]
