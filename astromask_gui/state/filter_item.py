"""One filter: what it asks for, which rows pass, and whether it counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astromask_gui.state.filter_specs import Spec

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Filter:
    """One filter: its words for the chip, and the rows (N,) bool that pass."""

    caption: str
    mask: Mask | None
    """Before it is turned round; None until the first answer."""
    spec: Spec | None = None
    """What it asks for; None for a set of rows that nothing tells anew."""
    is_on: bool = True
    is_inverted: bool = False
    problem: str = ""
    """Why it does nothing, as a sentence."""
    new_rows: bool = True
    """Whether rows pass by which the catalogue grows, until they are known better."""

    def passing(self) -> Mask | None:
        """(N,) bool; None where it is switched off, or its answer is awaited."""
        if self.mask is None or not self.is_on or self.problem:
            return None
        return ~self.mask if self.is_inverted else self.mask

    def passing_as(self, old: Filter, mask: Mask) -> Mask | None:
        """The same; `mask` itself where that is what passed when the filter was `old`."""
        same = self.mask is old.mask and self.is_inverted == old.is_inverted
        return mask if same and self.is_on and not self.problem else self.passing()
