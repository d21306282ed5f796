"""Cutouts of a catalogue's objects from survey images of several bands, tile by tile."""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from trainer.cutting.output import Naming, PartWriter, check_free, count_in
from trainer.cutting.pixels import OpenImages
from trainer.cutting.placing import Placed
from trainer.cutting.plan import Plan
from trainer.cutting.stamps import StampMaker
from trainer.errors import QueryError

Progress = Callable[[int, int, str], None]
"""Hears of cutouts made, cutouts in all, and the tile."""


@dataclass
class CutReport:
    """What came of a run."""

    files: list[Path] = field(default_factory=list)
    kept: int = 0
    """Files that an earlier run had finished."""
    written: int = 0
    """Cutouts in all files."""
    outside: list[str] = field(default_factory=list)
    """Identifiers of objects in no image."""
    empty: list[str] = field(default_factory=list)
    """Identifiers of objects around which no image holds enough data."""
    at_edge: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    """Cutouts that lack a band, by band; of those made in this run."""
    damaged: list[str] = field(default_factory=list)
    """Sentences on images that could not be read when their turn came."""


def cut(plan: Plan, output: Path, progress: Progress | None = None) -> CutReport:
    """Write the cutouts; files that an earlier run finished from the same input are kept.

    More than a file's worth go to `cutout.stacks.….h5` files beside `output`. Raises
    `QueryError` where no object lies in an image, `WorkspaceError` where the files can't be
    written or others are in their way.
    """
    if not plan.count:
        raise QueryError(
            f"None of the {len(plan.objects):,} objects of {plan.objects.source} lies in one of"
            " the images."
        )
    rows_a_file = plan.options.rows_a_file
    naming = Naming(output, -(-plan.count // rows_a_file), plan.facts)
    digests = [f"{plan.digest()}-{part}" for part in range(naming.parts)]
    done = check_free(naming, digests, plan.options.overwrite)
    report = CutReport(outside=_names(plan, plan.placing.outside()))
    pairs = _pairs(plan)
    with OpenImages(plan.images) as images:
        maker = StampMaker(plan.objects, plan.placing, images, plan.factors, plan.grid)
        for part, digest in enumerate(digests):
            own = itertools.islice(pairs, rows_a_file)
            if part in done:
                report.kept += 1
                report.files.append(done[part])
                report.written += count_in(done[part])
                deque(own, maxlen=0)
                continue
            most = min(rows_a_file, plan.count - part * rows_a_file)
            with PartWriter(naming, part, most, digest) as writer:
                first = part * rows_a_file
                for number, (placed, place) in enumerate(own, first + 1):
                    _cut_one(plan, maker, writer, report, placed, place)
                    if progress is not None:
                        progress(number, plan.count, plan.images[placed.reference].tile)
                path = writer.finish(plan.objects)
            report.files += [path] if path is not None else []
        report.damaged = list(images.damaged.values())
    if not report.written:
        why = " ".join(report.damaged) or "All of them are blank there, or end there."
        raise QueryError(f"No image has data of the {len(report.empty):,} objects. {why}")
    return report


def _pairs(plan: Plan) -> Iterator[tuple[Placed, int]]:
    """Every cutout to be made, in the order in which they are: always the same one."""
    for placed in plan.placing.tiles():
        for place in range(len(placed.objects)):
            yield placed, place


def _cut_one(
    plan: Plan,
    maker: StampMaker,
    writer: PartWriter,
    report: CutReport,
    placed: Placed,
    place: int,
) -> None:
    row = int(placed.objects[place])
    stamp = maker.make(placed, place)
    if stamp is None:
        report.empty.append(str(plan.objects.ids[row]))
        return
    writer.append(row, plan.images[placed.reference].tile, stamp)
    report.written += 1
    report.at_edge += stamp.at_edge
    report.missing.update(itertools.compress(plan.bands, stamp.missing.tolist()))


def _names(plan: Plan, rows: np.ndarray) -> list[str]:
    return [str(name) for name in plan.objects.ids[rows]]
