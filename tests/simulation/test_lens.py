"""The isothermal ellipsoid against the formulae of Kormann, Schneider & Bartelmann (1994)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.simulation.lens import Ellipsoid, einstein_radius

RATIOS = st.floats(0.35, 0.98)
ANGLES = st.floats(0.0, math.pi)
RADII = st.floats(0.3, 3.0)


def ring_of_points(radius: float, count: int = 48) -> tuple[np.ndarray, np.ndarray]:
    phi = np.linspace(0.0, 2 * math.pi, count, endpoint=False) + 0.123
    return radius * np.cos(phi), radius * np.sin(phi)


def test_einstein_radius_of_a_massive_elliptical_is_the_textbook_value() -> None:
    # θ_E = 1.15″ (σ / 200 km/s)² D_ls/D_s (Schneider, Kochanek & Wambsganss 2006).
    assert einstein_radius(200.0, 1.0) == pytest.approx(1.153, abs=0.002)
    assert einstein_radius(300.0, 0.5) == pytest.approx(1.153 * 2.25 / 2, abs=0.003)


def test_round_lens_deflects_by_its_einstein_radius_everywhere() -> None:
    lens = Ellipsoid(1.3)
    for radius in (0.2, 1.0, 4.0):
        x, y = ring_of_points(radius)
        alpha_x, alpha_y = lens.deflection(x, y)
        np.testing.assert_allclose(alpha_x, 1.3 * x / radius, atol=1e-12)
        np.testing.assert_allclose(alpha_y, 1.3 * y / radius, atol=1e-12)
        np.testing.assert_allclose(lens.convergence(x, y), 1.3 / (2 * radius))
        np.testing.assert_allclose(lens.potential(x, y), 1.3 * radius)


@given(RADII, ANGLES)
def test_the_sphere_is_the_limit_of_the_ellipsoid(radius: float, angle: float) -> None:
    x, y = ring_of_points(1.1)
    flattened = Ellipsoid(radius, 1 - 1e-5, angle).deflection(x, y)
    round_ = Ellipsoid(radius).deflection(x, y)
    np.testing.assert_allclose(flattened, round_, atol=1e-4 * radius)


@given(RADII, RATIOS, ANGLES)
def test_deflection_is_the_gradient_of_the_potential(r: float, f: float, a: float) -> None:
    lens, step = Ellipsoid(r, f, a), 1e-5
    x, y = ring_of_points(1.4)
    slope_x = (lens.potential(x + step, y) - lens.potential(x - step, y)) / (2 * step)
    slope_y = (lens.potential(x, y + step) - lens.potential(x, y - step)) / (2 * step)
    alpha_x, alpha_y = lens.deflection(x, y)
    np.testing.assert_allclose(slope_x, alpha_x, atol=1e-6)
    np.testing.assert_allclose(slope_y, alpha_y, atol=1e-6)


@given(RADII, RATIOS, ANGLES)
def test_divergence_of_the_deflection_is_twice_the_convergence(
    r: float, f: float, a: float
) -> None:
    jacobian = numerical_jacobian(Ellipsoid(r, f, a), *ring_of_points(0.9))
    kappa = Ellipsoid(r, f, a).convergence(*ring_of_points(0.9))
    divergence = 2.0 - jacobian[0, 0] - jacobian[1, 1]
    np.testing.assert_allclose(divergence, 2 * kappa, rtol=1e-5, atol=1e-6)


@given(RADII, RATIOS, ANGLES)
def test_magnification_is_the_inverse_of_the_mapping_of_area(r: float, f: float, a: float) -> None:
    x, y = ring_of_points(2.7 * r)
    jacobian = numerical_jacobian(Ellipsoid(r, f, a), x, y)
    determinant = jacobian[0, 0] * jacobian[1, 1] - jacobian[0, 1] * jacobian[1, 0]
    magnification = Ellipsoid(r, f, a).magnification(x, y)
    np.testing.assert_allclose(1 / magnification, determinant, atol=1e-5)


def numerical_jacobian(lens: Ellipsoid, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    step = 1e-5
    along_x = np.subtract(lens.source_of(x + step, y), lens.source_of(x - step, y))
    along_y = np.subtract(lens.source_of(x, y + step), lens.source_of(x, y - step))
    return np.stack([along_x, along_y], axis=1) / (2 * step)


@given(RADII, RATIOS, ANGLES)
def test_critical_curve_encloses_the_einstein_radius_area_at_half_the_critical_density(
    r: float, f: float, a: float
) -> None:
    lens = Ellipsoid(r, f, a)
    x, y = lens.critical_curve(720)
    np.testing.assert_allclose(lens.convergence(x, y), 0.5, rtol=1e-9)
    assert enclosed_area(x, y) == pytest.approx(math.pi * r**2, rel=1e-3)


def enclosed_area(x: np.ndarray, y: np.ndarray) -> float:
    return abs(0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)))


def test_the_long_axis_lies_along_the_angle() -> None:
    angle = math.radians(30)
    lens = Ellipsoid(1.0, 0.6, angle)
    along = lens.convergence(np.array(math.cos(angle)), np.array(math.sin(angle)))
    across = lens.convergence(np.array(-math.sin(angle)), np.array(math.cos(angle)))
    assert along / across == pytest.approx(1 / 0.6)


def test_caustic_reaches_to_the_cusps_of_the_published_formula() -> None:
    # Kormann et al. (1994), section 4: critical points on the axes map to the cusps
    # √f/f − √f/f′ arccosh(1/f) along one axis and √f − √f/f′ arccos f along the other.
    f = 0.6
    lens = Ellipsoid(1.0, f, math.pi / 2)  # The long axis along y: KSB's own frame.
    flattening = math.sqrt(1 - f**2)
    x, y = lens.caustic(7200)
    cusp_x = math.sqrt(f) - math.sqrt(f) / flattening * math.acosh(1 / f)
    cusp_y = 1 / math.sqrt(f) - math.sqrt(f) / flattening * math.acos(f)
    assert np.abs(x).max() == pytest.approx(abs(cusp_x), rel=1e-4)
    assert np.abs(y).max() == pytest.approx(abs(cusp_y), rel=1e-4)


@settings(max_examples=60)
@given(RADII, RATIOS, ANGLES, st.floats(0, 1.5), ANGLES)
def test_images_solve_the_lens_equation(
    r: float, f: float, a: float, distance: float, direction: float
) -> None:
    lens = Ellipsoid(r, f, a)
    beta = (distance * r * math.cos(direction), distance * r * math.sin(direction))
    x, y = lens.images(*beta)
    assert 1 <= len(x) <= 4
    back_x, back_y = lens.source_of(x, y)
    np.testing.assert_allclose(back_x, beta[0], atol=1e-8 * (1 + r))
    np.testing.assert_allclose(back_y, beta[1], atol=1e-8 * (1 + r))


@pytest.mark.parametrize(
    ("distance", "count"), [(0.02, 4), (0.9, 1)], ids=["inside the caustic", "outside the cut"]
)
def test_number_of_images_follows_caustic_and_cut(distance: float, count: int) -> None:
    lens = Ellipsoid(1.0, 0.7, 0.4)
    for direction in np.linspace(0, 2 * math.pi, 12, endpoint=False):
        reach = distance if count == 4 else 1.5
        x, _ = lens.images(reach * math.cos(direction), reach * math.sin(direction))
        assert len(x) == count


def test_between_caustic_and_cut_there_are_two_images_on_opposite_sides() -> None:
    x, y = Ellipsoid(1.0, 0.8, 0.0).images(0.45, 0.3)
    assert len(x) == 2
    assert x[0] * x[1] + y[0] * y[1] < 0


def test_round_lens_has_its_two_images_at_the_source_plus_and_minus_the_einstein_radius() -> None:
    x, y = Ellipsoid(1.2).images(0.5, 0.0)
    order = np.argsort(x)
    np.testing.assert_allclose(x[order], [-0.7, 1.7], atol=1e-9)
    np.testing.assert_allclose(y, 0.0, atol=1e-9)


def test_number_of_images_changes_by_two_across_the_caustic() -> None:
    lens = Ellipsoid(1.0, 0.6, 0.3)
    x, y = lens.caustic(16)
    for cx, cy in zip(x, y, strict=True):
        inside = len(lens.images(0.97 * cx, 0.97 * cy)[0])
        outside = len(lens.images(1.03 * cx, 1.03 * cy)[0])
        assert inside == outside + 2


@pytest.mark.parametrize(("radius", "ratio"), [(0.0, 0.5), (1.0, 0.0), (1.0, 1.2), (-1.0, 1.0)])
def test_impossible_lenses_are_refused(radius: float, ratio: float) -> None:
    with pytest.raises(ValueError, match="axis ratio"):
        Ellipsoid(radius, ratio)
