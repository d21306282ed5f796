"""From a catalogue and tiles to a workspace, through the command line."""

from __future__ import annotations

import gzip
from pathlib import Path

import h5py
import numpy as np
import pytest
from astropy.io.fits import Header
from astropy.wcs import WCS

from tests.cutting.cut_command import SIZE, SKY, beside, places, rows_by_id, run
from tests.cutting.sky import FLUX, SCALE, centroid, write_catalogue, write_tile
from trainer.cli import main
from trainer.cutouts.detect import open_reader
from trainer.cutting.images import find_images
from trainer.workspace.workspace import Workspace


@pytest.fixture
def unions(tmp_path: Path) -> Path:
    """Tiles of five bands: two on one grid, others turned, scaled, shifted, one compressed."""
    folder = tmp_path / "tiles"
    write_tile(folder / "CFIS.123.321.r.fits", SKY)
    write_tile(folder / "CFIS.123.321.u.fits", SKY, side=250)
    write_tile(folder / "PSS1.DR4.123.321.i.fits", SKY, angle=33.0)
    write_tile(folder / "WISHES.123.321.z.fits", SKY, scale=0.17, side=300, shift=0.3)
    write_tile(folder / "calexp-CFIS_123_321.fits", SKY, scale=0.3, side=170, compressed=True)
    write_tile(folder / "CFIS.123.321.r.weight.fits", SKY)
    return folder


def test_every_band_has_the_galaxy_in_one_place_with_its_flux(
    unions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue = write_catalogue(tmp_path / "c.csv", SKY, id=[7, 8, 9], mag_r=[20.5, 21, 22])
    out = tmp_path / "out.h5"
    assert run(catalogue, "--tiles", unions, "--least-cover", 0.3, out) == 0
    shown = capsys.readouterr()
    assert "1 files are taken for weights" in shown.err
    assert "Band g: 1 image, known by the file's name" in shown.err
    with h5py.File(out) as file:
        assert file["images"].shape == (3, 5, SIZE, SIZE)
        assert file["images"].chunks == (1, 5, SIZE, SIZE)
        assert file["images"].dtype == np.float32
        images = file["images"][()]
        assert [name.decode() for name in file["missing_bands"]] == ["", "", ""]
    for (x, y), planes in zip(places(out), images, strict=True):
        assert abs(x - 19.5) <= 0.5 and abs(y - 19.5) <= 0.5
        for plane in planes:
            found_x, found_y, flux = centroid(plane)
            assert (found_x, found_y) == pytest.approx((x, y), abs=0.05)
            assert flux == pytest.approx(FLUX, rel=0.02)


def test_a_link_that_leads_back_up_is_not_followed_round_and_round(tmp_path: Path) -> None:
    folder = tmp_path / "tiles"
    write_tile(folder / "CFIS.123.321.r.fits", SKY)
    (folder / "up").symlink_to(tmp_path, target_is_directory=True)
    found = find_images([folder])
    assert [image.path for image in found.good] == [folder / "CFIS.123.321.r.fits"]


def test_whole_pixels_are_copied_as_they_are(unions: Path, tmp_path: Path) -> None:
    from astropy.io import fits

    catalogue = write_catalogue(tmp_path / "c.csv", SKY[:1])
    assert run(catalogue, "--tiles", unions, tmp_path / "out.h5") == 0
    tile = fits.getdata(unions / "CFIS.123.321.r.fits")
    with h5py.File(tmp_path / "out.h5") as file:
        r = file["images"][0, 2]
    assert any(
        np.array_equal(tile[y : y + SIZE, x : x + SIZE], r)
        for x in range(95, 105)
        for y in range(95, 105)
    )


def test_our_readers_and_new_take_the_file_with_the_catalogues_columns(
    unions: Path, tmp_path: Path
) -> None:
    catalogue = write_catalogue(
        tmp_path / "c.csv", SKY, id=[7, 8, 9], z=[0.1, "", 0.3], kind=["E", "S", "S"]
    )
    assert run(catalogue, "--tiles", unions, tmp_path / "out.h5") == 0
    reader = open_reader(tmp_path / "out.h5")
    assert reader.layout.name == "unions" and not reader.layout.bands_guessed
    assert reader.layout.bands == ("u", "g", "r", "i", "z")
    assert "stated in the file" in reader.layout.sentence
    assert reader.layout.zero_points == (30, 27, 30, 30, 27)
    assert reader.layout.pixel_scale == pytest.approx(SCALE)
    headers = reader.extras(np.array([2, 0])).wcs_headers
    assert headers is not None
    ra, dec = reader.coordinates() or ((), ())
    for row, header in zip((2, 0), headers, strict=True):
        x, y = WCS(Header.fromstring(header)).all_world2pix([[ra[row], dec[row]]], 0)[0]
        assert (x, y) == pytest.approx(places(tmp_path / "out.h5")[row], abs=1e-6)
    reader.close()
    assert main(["new", str(tmp_path / "w"), "--cutouts", str(tmp_path / "out.h5")]) == 0
    workspace = Workspace.open(tmp_path / "w")
    names = workspace.catalogue.column_names()
    assert {"z", "kind", "tile", "at_edge", "missing_bands"} <= set(names)
    assert not [name for name in names if name.startswith("wcs")]
    rows = workspace.catalogue.rows_of(["7", "8", "9"])
    assert workspace.catalogue.column("kind").take(rows).to_pylist() == ["E", "S", "S"]
    assert workspace.catalogue.column("z").take(rows).to_pylist() == [0.1, None, 0.3]


def test_a_missing_band_is_zero_and_named(tmp_path: Path) -> None:
    tiles = tmp_path / "tiles"
    write_tile(tiles / "a.r.fits", SKY)
    blank = np.full((240, 240), np.nan, np.float32)
    blank[:, :120] = 1
    write_tile(tiles / "a.i.fits", SKY, pixels=blank)
    catalogue = write_catalogue(tmp_path / "c.csv", SKY, name=["mid", "left", "right"])
    out = tmp_path / "out.h5"
    assert run(catalogue, "--tiles", tiles, "--bands", "r,i,z", out) == 0
    rows = rows_by_id(out)
    with h5py.File(out) as file:
        missing = {name: file["missing_bands"][row].decode() for name, row in rows.items()}
        images = file["images"][()]
    assert missing["left"] == "z" and missing["right"] == "i,z"
    assert not images[:, 2].any() and not images[rows["right"], 1].any()
    assert np.isfinite(images).all()


def test_an_object_at_an_edge_is_padded_and_flagged(tmp_path: Path) -> None:
    sky = [beside(0, 0), beside(-112, 3)]
    write_tile(tmp_path / "tiles" / "a.r.fits", sky)
    catalogue = write_catalogue(tmp_path / "c.csv", sky, name=["mid", "edge"])
    assert run(catalogue, "--tiles", tmp_path / "tiles", tmp_path / "out.h5") == 0
    rows = rows_by_id(tmp_path / "out.h5")
    with h5py.File(tmp_path / "out.h5") as file:
        assert not file["at_edge"][rows["mid"]] and file["at_edge"][rows["edge"]]
        plane = file["images"][rows["edge"], 0]
    x, y = places(tmp_path / "out.h5")[rows["edge"]]
    empty = ~plane.any(axis=0)
    assert 5 < empty.sum() < 20 and (empty[:5].all() or empty[-5:].all())
    peak = np.unravel_index(plane.argmax(), plane.shape)
    assert (peak[1], peak[0]) == pytest.approx((x, y), abs=1)


def test_of_overlapping_tiles_the_one_that_shows_an_object_best_is_used(tmp_path: Path) -> None:
    tiles, other = tmp_path / "tiles", beside(160, 0)
    sky = [beside(70, 0), beside(110, 10), beside(0, 0)]
    for band in "ri":
        write_tile(tiles / f"one.{band}.fits", sky)
        write_tile(tiles / f"two.{band}.fits", sky, centre=other)
    catalogue = write_catalogue(tmp_path / "c.csv", sky, name=["first", "second", "alone"])
    out = tmp_path / "out.h5"
    assert run(catalogue, "--tiles", tiles, out) == 0
    with h5py.File(out) as file:
        used = {n: file["tile"][row].decode() for n, row in rows_by_id(out).items()}
        assert not file["at_edge"][()].any()
    assert used == {"first": "one", "second": "two", "alone": "one"}
    assert run(catalogue, "--tiles", tiles, "--all-tiles", tmp_path / "all.h5") == 0
    with h5py.File(tmp_path / "all.h5") as file:
        pairs = zip(file["object_id"][()], file["tile"][()], strict=True)
        found = sorted((a.decode(), b.decode()) for a, b in pairs)
    assert found == [
        ("alone", "one"), ("first", "one"), ("first", "two"), ("second", "one"), ("second", "two"),
    ]  # fmt: skip


def test_a_band_that_only_the_neighbouring_tile_has_is_taken_from_there(tmp_path: Path) -> None:
    sky = [beside(60, 0)]
    write_tile(tmp_path / "tiles" / "one.r.fits", sky)
    write_tile(tmp_path / "tiles" / "two.i.fits", sky, centre=beside(100, 0), side=260)
    catalogue = write_catalogue(tmp_path / "c.csv", sky)
    assert run(catalogue, "--tiles", tmp_path / "tiles", tmp_path / "out.h5") == 0
    with h5py.File(tmp_path / "out.h5") as file:
        planes = file["images"][0]
    for plane in planes:
        assert centroid(plane)[:2] == pytest.approx(places(tmp_path / "out.h5")[0], abs=0.05)


def test_a_tile_across_ra_zero_and_an_object_without_the_reference_band(tmp_path: Path) -> None:
    zero, sky = (0.0, 60.0), [(359.9985, 60.001), (0.0012, 59.9985), (1.0, 60.0)]
    write_tile(tmp_path / "t" / "a.r.fits", sky[:2], centre=zero)
    write_tile(tmp_path / "t" / "other.g.fits", sky[2:], centre=(1.0, 60.0), scale=0.3, side=170)
    # The catalogue counts RA from −180.
    catalogue = write_catalogue(tmp_path / "c.csv", [(-0.0015, 60.001), *sky[1:]])
    out = tmp_path / "out.h5"
    assert run(catalogue, "--tiles", tmp_path / "t", out) == 0
    with h5py.File(out) as file:
        images, missing = file["images"][()], [m.decode() for m in file["missing_bands"]]
    assert missing == ["g", "g", "r"]
    for plane, place in zip((images[0, 1], images[1, 1], images[2, 0]), places(out), strict=True):
        assert centroid(plane)[:2] == pytest.approx(place, abs=0.05)
        assert centroid(plane)[2] == pytest.approx(FLUX, rel=0.02)


def test_objects_outside_are_told_and_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tile(tmp_path / "t" / "a.r.fits", SKY)
    sky = [SKY[0], (20.0, -30.0), (150.0, 95.0)]
    catalogue = write_catalogue(tmp_path / "c.csv", sky, name=["in", "far", "nowhere"])
    assert run(catalogue, "--tiles", tmp_path / "t", tmp_path / "out.h5") == 0
    shown = capsys.readouterr()
    assert "2 objects lie in no image: far, nowhere." in shown.err
    assert "Wrote 1 cutouts to 1 file" in shown.out
    nobody = write_catalogue(tmp_path / "d.csv", sky[1:])
    assert run(nobody, "--tiles", tmp_path / "t", tmp_path / "none.h5") == 2
    assert "None of the 2 objects" in capsys.readouterr().err
    assert not (tmp_path / "none.h5").exists()


def test_a_damaged_tile_is_told_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tile(tmp_path / "t" / "a.r.fits", SKY)
    cutoff = write_tile(tmp_path / "t" / "a.i.fits", SKY)
    cutoff.write_bytes(cutoff.read_bytes()[:20_000])
    packed = write_tile(tmp_path / "a.g.fits", SKY)
    broken = gzip.compress(packed.read_bytes())
    (tmp_path / "t" / "a.g.fits.gz").write_bytes(broken[:-200])
    write_tile(tmp_path / "t" / "a.z.fits", SKY, cards={"CTYPE1": "X", "CTYPE2": "Y"})
    catalogue = write_catalogue(tmp_path / "c.csv", SKY)
    words = ("--bands", "g,r,i", tmp_path / "out.h5")
    assert run(catalogue, "--tiles", tmp_path / "t", *words) == 0
    said = capsys.readouterr().err
    assert "a.i.fits is truncated" in said
    assert "a.g.fits.gz can't be read as FITS" in said
    assert "a.z.fits can't be cut from: its header has no celestial WCS" in said
    with h5py.File(tmp_path / "out.h5") as file:
        assert {m.decode() for m in file["missing_bands"]} == {"g,i"}


@pytest.mark.parametrize("ending", ["gz", "fz", "scaled"])
def test_compressed_and_scaled_tiles_give_what_plain_ones_give(tmp_path: Path, ending: str) -> None:
    from astropy.io import fits

    plain = write_tile(tmp_path / "plain" / "a.r.fits", SKY, side=600)
    (tmp_path / "other").mkdir()
    if ending == "gz":
        (tmp_path / "other" / "a.r.fits.gz").write_bytes(gzip.compress(plain.read_bytes()))
    elif ending == "fz":
        write_tile(tmp_path / "other" / "a.r.fits.fz", SKY, side=600, compressed=True)
    else:
        hdu = fits.PrimaryHDU(fits.getdata(plain), fits.getheader(plain))
        hdu.scale("int32", bscale=1e-4, bzero=3.0)
        hdu.writeto(tmp_path / "other" / "a.r.fits")
    catalogue = write_catalogue(tmp_path / "c.csv", SKY)
    stacks = []
    for folder in ("plain", "other"):
        assert run(catalogue, "--tiles", tmp_path / folder, tmp_path / f"{folder}.h5") == 0
        with h5py.File(tmp_path / f"{folder}.h5") as file:
            stacks.append(file["images"][()])
    np.testing.assert_allclose(stacks[1], stacks[0], atol=2e-3 * stacks[0].max())


def test_counts_of_one_band_are_brought_to_one_zero_point(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    far = beside(1000, 0)
    write_tile(tmp_path / "t" / "a.r.fits", SKY[:1], cards={"MAGZP": 30.0})
    write_tile(
        tmp_path / "t" / "other.r.fits", [far], centre=far, flux=FLUX / 10, cards={"MAGZP": 27.5}
    )
    catalogue = write_catalogue(tmp_path / "c.csv", [SKY[0], far])
    assert run(catalogue, "--tiles", tmp_path / "t", tmp_path / "out.h5") == 0
    assert "zero-points from 27.5 to 30; all are brought to 30" in capsys.readouterr().err
    with h5py.File(tmp_path / "out.h5") as file:
        fluxes = [centroid(plane)[2] for plane in file["images"][:, 0]]
        assert list(file.attrs["zero_points"]) == [30.0]
    assert fluxes == pytest.approx([FLUX, FLUX], rel=0.02)


def test_repeated_identifiers_become_file_and_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tile(tmp_path / "t" / "a.r.fits", SKY)
    catalogue = write_catalogue(tmp_path / "c.csv", SKY, name=["a", "b", "a"])
    assert run(catalogue, "--tiles", tmp_path / "t", tmp_path / "out.h5") == 0
    assert set(rows_by_id(tmp_path / "out.h5")) == {"c.csv:0", "b", "c.csv:2"}
    assert "2 identifiers in name of c.csv are absent or not unique" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--ra", "x"], "has no column x"),
        (["--size", "0"], "--size 0 does not fit"),
        (["--bands", "u,g"], "No image is of the bands u, g; there are r"),
        (["--reference", "k"], "--reference k is no band of the images"),
        (["--zero-points", "1,2,3"], "3 zero-points were given for 1 bands"),
        (["--least-cover", "2"], "--least-cover 2"),
        (["--band", "nonsense"], "--band 'nonsense' does not fit"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    write_tile(tmp_path / "t" / "a.r.fits", SKY)
    catalogue = write_catalogue(tmp_path / "c.csv", SKY)
    out = tmp_path / "out.h5"
    code = main(["cut", str(catalogue), str(out), "--tiles", str(tmp_path / "t"), *words])
    assert code == 2
    assert sentence in capsys.readouterr().err
    assert not out.exists()


def test_two_images_of_a_field_in_one_band_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tile(tmp_path / "t" / "CFIS.123.321.r.fits", SKY)
    write_tile(tmp_path / "t" / "CFIS_LSB.123.321.r.fits", SKY)
    catalogue = write_catalogue(tmp_path / "c.csv", SKY)
    assert run(catalogue, "--tiles", tmp_path / "t", tmp_path / "out.h5") == 2
    assert "are both of the tile 123.321 in the band r" in capsys.readouterr().err
    words = ("--band", "rlsb=*_LSB*", tmp_path / "out.h5")
    assert run(catalogue, "--tiles", tmp_path / "t", *words) == 0
