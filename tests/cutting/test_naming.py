from __future__ import annotations

from pathlib import Path

import pytest

from trainer.cutting.naming import (
    BandGlob,
    is_beside,
    is_unions,
    name_band,
    tile_name,
    usual_zero_point,
)
from trainer.errors import BandError, QueryError


@pytest.mark.parametrize(
    ("name", "header", "band"),
    [
        ("CFIS.123.321.r.fits", {}, "r"),
        ("CFIS_LSB.123.321.u.fits.fz", {}, "u"),
        ("PSS1.DR4.123.321.i.fits", {}, "i"),
        ("WISHES-STK-123.321.z.fits", {}, "z"),
        ("calexp-CFIS_9_321.fits", {}, "g"),
        ("calexp-HSC-G-9813-4,5.fits", {}, "g"),
        ("calexp-HSC-R2-9813-405.fits", {}, "r"),
        ("legacysurvey-0001m002-image-z.fits.fz", {}, "z"),
        ("EUC_VIS_tile1.fits", {}, "VIS"),
        ("stack.fits", {"FILTER": "r.MP9602"}, "r"),
        ("stack.fits", {"FILTER": "g DECam SDSS c0001 4720.0 1520.0"}, "g"),
        ("stack.fits", {"BAND": "DES-Y"}, "y"),
        ("tile_b_r.fits", {"FILTER": "r"}, "r"),
        ("g/stack.fits", {}, "g"),
    ],
)
def test_a_band_is_known_by_header_or_name(name: str, header: dict[str, str], band: str) -> None:
    assert name_band(Path("/data/sky") / name, [header], ()).band == band


@pytest.mark.parametrize(
    ("name", "header", "words"),
    [
        ("stack.fits", {}, "neither its header nor its name"),
        ("tile_b_r.fits", {}, "may mean b or r"),
        ("tile.r.fits", {"FILTER": "i.MP9703"}, "header's FILTER says i, its name r"),
    ],
)
def test_an_unclear_band_is_refused_with_what_to_type(
    name: str, header: dict[str, str], words: str
) -> None:
    with pytest.raises(BandError, match=words) as caught:
        name_band(Path("/sky") / name, [header], ())
    assert f"--band NAME='{name}'" in str(caught.value)
    # The user's word settles it.
    glob = BandGlob.parse(f"i={name}")
    assert name_band(Path("/sky") / name, [header], [glob]).band == "i"


def test_patterns_of_two_bands_must_not_meet() -> None:
    globs = [BandGlob.parse("r=*.fits"), BandGlob.parse("i=a*")]
    with pytest.raises(BandError, match="several --band: i, r"):
        name_band(Path("a.fits"), [], globs)
    with pytest.raises(QueryError, match="--band 'r' does not fit"):
        BandGlob.parse("r")


@pytest.mark.parametrize(
    ("names", "tile"),
    [
        (("CFIS.023.321.r.fits", "PSS1.DR4.023.321.i.fits", "calexp-CFIS_23_321.fits"), "023.321"),
        (("calexp-HSC-G-9813-4,5.fits",), "calexp-HSC-9813-4,5"),
        (("field7_g.fits", "field7_r.fits.fz"), "field7"),
    ],
)
def test_the_images_of_a_field_share_its_name(names: tuple[str, ...], tile: str) -> None:
    for name in names:
        path = Path("/sky") / name
        assert tile_name(path, name_band(path, [], ()).band) == tile


def test_weights_and_masks_are_no_images() -> None:
    assert is_beside(Path("CFIS.123.321.r.weight.fits"))
    assert is_beside(Path("legacysurvey-0001m002-invvar-z.fits.fz"))
    assert not is_beside(Path("CFIS.123.321.r.fits"))


def test_unions_tiles_bring_their_zero_points() -> None:
    points = {
        name: usual_zero_point(Path(name))
        for name in ("CFIS.1.2.r.fits", "WISHES.1.2.z.fits", "calexp-CFIS_1_2.fits", "x.r.fits")
    }
    assert list(points.values()) == [30.0, 27.0, 27.0, None]
    assert is_unions(Path("PSS1.DR4.123.321.i.fits")) and not is_unions(Path("x.r.fits"))
