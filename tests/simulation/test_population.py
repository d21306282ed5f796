from __future__ import annotations

import numpy as np
import pytest

from trainer.simulation import population, spectra
from trainer.simulation.population import KINDS, MAGNITUDE_LIMITS, draw_galaxy, draw_kind
from trainer.simulation.strong_lenses import draw_strong_lens


def test_distances_are_those_of_the_concordance_cosmology() -> None:
    from astropy.cosmology import FlatLambdaCDM

    reference = FlatLambdaCDM(H0=70, Om0=0.3, Tcmb0=0)
    for z in (0.05, 0.5, 2.0):
        distance = reference.comoving_distance(z).value
        assert population.comoving_distance(z) == pytest.approx(distance, rel=1e-4)
        modulus = reference.distmod(z).value
        assert population.distance_modulus(z) == pytest.approx(modulus, abs=1e-3)
    scale = 1.0 / reference.kpc_proper_per_arcmin(0.5).value * 60.0
    assert population.kiloparsec(0.5) == pytest.approx(scale, rel=1e-3)
    ratio = reference.angular_diameter_distance(0.4, 1.5) / (
        reference.angular_diameter_distance(1.5)
    )
    assert population.distance_ratio(0.4, 1.5) == pytest.approx(float(ratio), rel=1e-4)
    assert population.distance_ratio(1.5, 0.4) == 0.0


def test_magnitudes_stay_in_their_limits_and_rise_to_the_faint_end() -> None:
    rng = np.random.default_rng(0)
    values = np.array([population.draw_magnitude(rng) for _ in range(3000)])
    assert values.min() >= MAGNITUDE_LIMITS[0]
    assert values.max() <= MAGNITUDE_LIMITS[1]
    assert (values > 21).sum() > (values < 18).sum()


def test_counts_without_a_slope_are_as_many_at_every_magnitude() -> None:
    rng = np.random.default_rng(0)
    flat = [population.draw_magnitude(rng, (16.0, 24.0), 0.0) for _ in range(4000)]
    steep = [population.draw_magnitude(rng, (16.0, 24.0), 0.4) for _ in range(4000)]
    assert np.mean(flat) == pytest.approx(20.0, abs=0.15)
    # Of counts 10^(0.4 m), all but a fraction 10^-1.6 lies in the last four magnitudes.
    assert np.mean(np.array(steep) < 20.0) == pytest.approx(10**-1.6, abs=0.01)


def test_fainter_galaxies_are_smaller_and_more_distant() -> None:
    rng = np.random.default_rng(1)
    bright, faint = ([draw_galaxy(rng, "spiral", m) for _ in range(300)] for m in (17.5, 22.5))
    for attribute, larger in (("radius", bright), ("redshift", faint)):
        medians = [np.median([getattr(g, attribute) for g in each]) for each in (bright, faint)]
        assert max(medians) > 1.8 * min(medians)
        assert np.median([getattr(g, attribute) for g in larger]) == max(medians)


def test_early_types_are_redder_than_late_types() -> None:
    rng = np.random.default_rng(2)
    colour = {
        kind: np.median([spectra_colour(draw_galaxy(rng, kind, 20.0)) for _ in range(200)])
        for kind in ("elliptical", "lenticular", "spiral")
    }
    assert colour["elliptical"] > colour["lenticular"] > colour["spiral"]


def spectra_colour(galaxy: population.Galaxy) -> float:
    return float(spectra.colours(galaxy.spectral_type, galaxy.redshift, galaxy.reddening)[1])


def test_kinds_come_in_the_shares_asked_for() -> None:
    rng = np.random.default_rng(3)
    kinds = np.array([draw_kind(rng, 0.2, 0.1) for _ in range(4000)])
    assert set(kinds) == set(KINDS)
    assert (kinds == "lens").mean() == pytest.approx(0.2, abs=0.03)
    assert (kinds == "star").mean() == pytest.approx(0.1, abs=0.03)


def test_no_lenses_where_none_are_asked_for() -> None:
    rng = np.random.default_rng(4)
    assert "lens" not in {draw_kind(rng, 0.0, 0.5) for _ in range(500)}


def test_lenses_are_resolved_magnified_and_bluer_than_their_deflectors() -> None:
    rng = np.random.default_rng(5)
    for _ in range(25):
        lens = draw_strong_lens(rng)
        assert 0.8 < lens.mass.radius < 2.7
        assert lens.magnification > 2.5
        assert lens.source.redshift > lens.deflector.redshift
        source, deflector = lens.source_magnitudes(), lens.deflector.magnitudes()
        assert source[1] - source[2] < deflector[1] - deflector[2]
        images = lens.mass.images(lens.source.x, lens.source.y)
        assert len(images[0]) >= 2


def test_a_source_holds_all_its_light_and_magnification_conserves_brightness() -> None:
    lens = draw_strong_lens(np.random.default_rng(6))
    reach = 8 * lens.source.radius
    axis = np.linspace(-reach, reach, 1201)
    x, y = np.meshgrid(axis + lens.source.x, axis + lens.source.y)
    total = lens.source.brightness(x, y).sum() * (axis[1] - axis[0]) ** 2
    assert total == pytest.approx(1.0, abs=0.02)
