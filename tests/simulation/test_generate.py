from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

import h5py
import numpy as np
import pytest

from trainer.cli import main
from trainer.cutouts.detect import open_reader
from trainer.simulation import survey
from trainer.simulation.frame import Frame
from trainer.simulation.generate import Plan, draw_row, packed, simulate, tile_name
from trainer.simulation.scene import TRUTH_COLUMNS, Mixture, draw_noise, quantised

MIXTURE = Mixture(lens_share=0.3, star_share=0.2)
PLAN = Plan(count=12, seed=7, size=32, mixture=MIXTURE)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("simulated") / "survey.h5"
    simulate(path, PLAN)
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_seed_gives_the_same_bytes_with_any_number_of_processes(
    simulated: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.h5"
    simulate(again, PLAN, processes=2)
    assert digest(again) == digest(simulated)


def test_another_seed_gives_another_sky(simulated: Path) -> None:
    other = draw_row(Plan(1, 8, 32), 0)
    with h5py.File(simulated) as file:
        assert not np.array_equal(file["images"][0], other.pixels)


def test_a_row_does_not_depend_on_how_many_there_are(simulated: Path) -> None:
    row = draw_row(Plan(5000, 7, 32, MIXTURE), 9)
    with h5py.File(simulated) as file:
        np.testing.assert_array_equal(file["images"][9], row.pixels)
        assert file["type"].asstr()[9] == row.truth.type


def test_the_file_has_the_training_layout_and_its_truth(simulated: Path) -> None:
    with h5py.File(simulated) as file:
        assert file["images"].shape == (12, 5, 32, 32)
        assert file["images"].dtype == np.float32
        assert file["images"].chunks == (1, 5, 32, 32)
        assert set(file) == {"images", "cfis_id", "tile", "ra", "dec", *TRUTH_COLUMNS}
        assert len(set(file["cfis_id"].asstr()[:])) == 12
        lens = file["type"].asstr()[:] == "lens"
        assert 0 < lens.sum() < 12
        np.testing.assert_array_equal(np.isfinite(file["einstein_radius"][:]), lens)


def test_the_reader_finds_bands_scale_and_columns(simulated: Path) -> None:
    reader = open_reader(simulated)
    assert reader.layout.bands == survey.BANDS
    assert reader.layout.pixel_scale == survey.PIXEL_SCALE
    assert reader.layout.zero_points == (30.0, 27.0, 30.0, 30.0, 27.0)
    assert set(TRUTH_COLUMNS) <= set(reader.columns())
    assert len(reader.ids()) == 12


def test_packed_pixels_read_back_the_same_and_are_smaller(simulated: Path, tmp_path: Path) -> None:
    path = tmp_path / "packed.h5"
    simulate(path, Plan(12, 7, 32, MIXTURE, packed=True))
    rows = np.arange(12)
    np.testing.assert_array_equal(open_reader(path).read(rows), open_reader(simulated).read(rows))
    with h5py.File(path) as small, h5py.File(simulated) as whole:
        sizes = [file["images"].id.get_storage_size() for file in (small, whole)]
        assert sizes[0] < 0.85 * sizes[1]


def test_pixels_are_whole_steps_of_a_quarter_of_the_noise(simulated: Path) -> None:
    ratio = survey.sky_noise() / survey.steps()
    assert np.all((ratio > 2.8) & (ratio < 5.7))
    with h5py.File(simulated) as file:
        counts = file["images"][:] / survey.steps()[:, None, None]
        np.testing.assert_array_equal(counts, np.rint(counts))
        assert packed(file["images"][0]).dtype == np.int32


def test_the_empty_sky_has_the_depth_of_the_survey_and_light_adds_its_own_noise() -> None:
    rng = np.random.default_rng(0)
    sky = np.stack([draw_noise(rng, np.zeros((5, 64, 64)))[0] for _ in range(40)])
    np.testing.assert_allclose(sky.std(axis=(0, 2, 3)) / survey.sky_noise(), 1.0, atol=0.05)
    light = np.full((5, 64, 64), 1.0) * (10 * survey.sky_noise())[:, None, None]
    noise, deviation = draw_noise(rng, light)
    np.testing.assert_allclose(noise.std(axis=(1, 2)) / deviation[:, 0, 0], 1.0, atol=0.05)
    _, dark = draw_noise(np.random.default_rng(2), np.zeros((5, 64, 64)))
    _, bright = draw_noise(np.random.default_rng(2), light)
    assert np.all(bright > dark)


def test_a_sky_full_of_light_is_quantised_to_the_nearest_step() -> None:
    steps = survey.steps()[:, None, None]
    image = np.random.default_rng(1).normal(0.0, 1.0, (5, 8, 8)) * 50 * steps
    assert np.all(np.abs(quantised(image) - image) <= 0.5001 * steps)


def test_signal_to_noise_falls_with_magnitude() -> None:
    truths = [draw_row(Plan(1, 4, 32, Mixture(lens_share=0.0)), row).truth for row in range(60)]
    magnitude = np.array([truth.mag_r for truth in truths])
    snr = np.array([truth.snr_r for truth in truths])
    assert np.corrcoef(magnitude, np.log(snr))[0, 1] < -0.9
    assert snr[magnitude > 22.5].min() > 3


def test_tile_names_follow_the_half_degree_grid() -> None:
    assert tile_name(0.0, 30.0) == "000.240"
    assert tile_name(180.0, 60.0) == "180.300"


def test_seeing_stays_in_the_survey_s_limits() -> None:
    rng = np.random.default_rng(0)
    seeing = np.stack([survey.draw_seeing(rng) for _ in range(200)])
    assert seeing.min() >= 0.5
    assert seeing.max() <= 0.9


def test_the_frame_is_larger_than_the_cutout() -> None:
    assert Frame(64).side == 96
    assert Frame(17).side == 33


def test_the_command_writes_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "small.h5"
    assert main(["simulate", str(path), "--n", "3", "--seed", "1", "--size", "24"]) == 0
    with h5py.File(path) as file:
        assert file["images"].shape == (3, 5, 24, 24)
    assert "3 cutouts" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--n", "0", "--seed", "1"], "--n"),
        (["--n", "2", "--seed", "1", "--size", "4"], "--size"),
        (["--n", "2", "--seed", "1", "--lens-share", "0.7", "--star-share", "0.7"], "exceed 1"),
        (["--n", "2", "--seed", "1", "--count-slope", "3"], "--count-slope"),
    ],
)
def test_impossible_options_are_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    assert main(["simulate", str(tmp_path / "x.h5"), *options]) == 2
    assert words in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_without_galsim_the_command_says_how_to_install_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "trainer.simulation.extra.find_spec", lambda n: None if n == "galsim" else found(n)
    )
    assert main(["simulate", str(tmp_path / "x.h5"), "--n", "2", "--seed", "1"]) == 2
    assert 'pip install "astromask[simulate]"' in capsys.readouterr().err
