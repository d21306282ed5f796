"""Simulate ugriz cutouts of galaxies, stars and strong lenses as UNIONS would see them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from trainer.errors import AstroMaskError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("output", type=Path, metavar="OUT.h5", help="File to write.")
    parser.add_argument("--n", type=int, required=True, help="Number of cutouts.")
    parser.add_argument("--seed", type=int, required=True, help="The same seed, the same bytes.")
    parser.add_argument("--size", type=int, default=64, help="Side of a cutout, pixels.")
    parser.add_argument(
        "--lens-share", type=float, default=0.08, help="Share of strong lenses (0.08)."
    )
    parser.add_argument("--star-share", type=float, default=0.08, help="Share of stars (0.08).")
    parser.add_argument(
        "--count-slope",
        type=float,
        default=0.12,
        help="Rise of the galaxies' counts, log10 a magnitude (0.12; the sky's is about 0.4).",
    )
    parser.add_argument(
        "--packed",
        action="store_true",
        help="Store the pixels as integers, with scale_factor and add_offset as netCDF has them.",
    )
    parser.add_argument("--processes", type=int, default=1, help="Processes to draw with.")


def run(args: argparse.Namespace) -> int:
    """Write the file; raises `AstroMaskError` for impossible options or without GalSim."""
    from trainer.simulation.extra import require_galsim

    _check(args)
    require_galsim()
    from trainer.simulation.generate import Plan, simulate
    from trainer.simulation.scene import Mixture

    mixture = Mixture(args.lens_share, args.star_share, args.count_slope)
    plan = Plan(args.n, args.seed, args.size, mixture, args.packed)
    simulate(args.output, plan, args.processes, _show)
    print(f"Wrote {args.n} cutouts of {args.size}×{args.size} pixels to {args.output}.")
    return 0


def _check(args: argparse.Namespace) -> None:
    if args.n < 1 or args.seed < 0 or args.processes < 1:
        raise AstroMaskError(
            "--n and --processes must be at least 1 and --seed at least 0; found"
            f" --n {args.n}, --processes {args.processes}, --seed {args.seed}."
        )
    if not 16 <= args.size <= 512:
        raise AstroMaskError(f"--size must be from 16 to 512 pixels; found {args.size}.")
    shares = (args.lens_share, args.star_share)
    if min(shares) < 0 or sum(shares) > 1:
        raise AstroMaskError(
            "--lens-share and --star-share must not be negative, and not exceed 1 together;"
            f" found {shares[0]} and {shares[1]}."
        )
    if not -1 <= args.count_slope <= 1:
        raise AstroMaskError(f"--count-slope must be from -1 to 1; found {args.count_slope}.")


def _show(done: int, total: int) -> None:
    print(f"\r{done} of {total} cutouts", end="\n" if done == total else "", file=sys.stderr)
