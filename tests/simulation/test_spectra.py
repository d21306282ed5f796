from __future__ import annotations

import numpy as np
import pytest

from trainer.simulation import spectra


def test_an_elliptical_reddens_as_the_break_moves_through_g() -> None:
    g_minus_r = [spectra.colours(0.0, z)[1] for z in (0.0, 0.1, 0.2, 0.3, 0.4)]
    assert np.all(np.diff(g_minus_r) > 0)
    # Fukugita, Shimasaku & Ichikawa (1995), table 3: 0.77 at z = 0.
    assert g_minus_r[0] == pytest.approx(0.77, abs=0.12)


def test_later_types_are_bluer_at_every_redshift() -> None:
    for z in (0.0, 0.3, 0.8):
        g_minus_r = [spectra.colours(t, z)[1] for t in (0.0, 0.7, 1.4, 2.2, 3.0)]
        assert np.all(np.diff(g_minus_r) < 0)


def test_dust_reddens_and_leaves_r_as_reference() -> None:
    clean, dusty = spectra.colours(2.0, 0.1), spectra.colours(2.0, 0.1, reddening=0.3)
    assert clean[2] == dusty[2] == 0.0
    assert np.all(dusty[:2] > clean[:2])
    assert np.all(dusty[3:] < clean[3:])


def test_a_distant_galaxy_drops_out_of_u_beyond_the_lyman_limit() -> None:
    assert spectra.colours(3.0, 3.8)[0] - spectra.colours(3.0, 1.5)[0] > 2.0


def test_k_correction_is_zero_here_and_largest_for_ellipticals() -> None:
    assert spectra.k_correction_r(0.0, 0.0) == 0.0
    assert spectra.k_correction_r(0.0, 0.5) > spectra.k_correction_r(3.0, 0.5) + 0.5


def test_the_table_agrees_with_the_templates_between_its_knots() -> None:
    here = spectra.template_magnitudes(1.13, 0.417)
    corners = [spectra.template_magnitudes(t, z) for t in (1.0, 1.25) for z in (0.40, 0.42)]
    assert np.all(here >= np.min(corners, axis=0))
    assert np.all(here <= np.max(corners, axis=0))


def test_stars_run_along_the_locus() -> None:
    g_minus_i = [spectra.star_colours(c)[1] - spectra.star_colours(c)[3] for c in (0.4, 1.2, 2.4)]
    np.testing.assert_allclose(g_minus_i, [0.4, 1.2, 2.4], atol=0.02)
