from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workspace.samples import write_cutouts
from trainer.errors import QueryError
from trainer.workspace.matching import match_sky
from trainer.workspace.workspace import Workspace


def make(tmp_path: Path, text: str, ids: list[str] | None = None) -> Workspace:
    """A workspace of three galaxies at RA 10, 10.01, 10.02, Dec 5, with a CSV joined."""
    cutouts = write_cutouts(tmp_path / "a.h5", ids or ["x", "y", "z"])
    catalogue = tmp_path / "facts.csv"
    catalogue.write_text(text)
    return Workspace.create(tmp_path / "survey", [cutouts], catalogue=catalogue)


def test_entries_are_matched_by_identifier_in_any_order(tmp_path: Path) -> None:
    workspace = make(tmp_path, "object_id,mag\nz,3\nnobody,9\nx,1\n")
    np.testing.assert_array_equal(workspace.columns.values("mag"), [1, np.nan, 3])
    assert workspace.columns.info("mag").source == "facts.csv"
    assert any(
        "2 of 3 galaxies matched by object_id; 1 of its entries" in text
        for text in workspace.warnings
    )


def test_entries_without_identifiers_are_matched_on_the_sky(tmp_path: Path) -> None:
    text = f"RA,Dec,mag\n{10 + 0.5 / 3600},5,1\n10.01,{5 + 1.5 / 3600},2\n10.02,5,3\n"
    workspace = make(tmp_path, text)
    np.testing.assert_array_equal(workspace.columns.values("mag"), [1, np.nan, 3])
    assert any("matched by position" in text for text in workspace.warnings)


def test_identifiers_that_fit_nothing_give_way_to_positions(tmp_path: Path) -> None:
    workspace = make(tmp_path, "object_id,ra,dec,mag\n900,10,5,1\n901,10.01,5,2\n")
    np.testing.assert_array_equal(workspace.columns.values("mag"), [1, 2, np.nan])
    assert workspace.catalogue.column("object_id_2").to_pylist() == ["900", "901", None]


def test_every_copy_of_an_object_gets_its_entry(tmp_path: Path) -> None:
    workspace = make(tmp_path, "object_id,mag\nx,1\ny,2\n", ids=["x", "y", "x"])
    assert workspace.catalogue.object_ids(np.arange(3)) == ["a.h5:0", "y", "a.h5:2"]
    np.testing.assert_array_equal(workspace.columns.values("mag"), [1, 2, 1])


def test_a_column_whose_name_is_taken_is_kept_beside_it(tmp_path: Path) -> None:
    workspace = make(tmp_path, "object_id,tile\nx,mine\n")
    assert workspace.catalogue.column("tile_2").to_pylist() == ["mine", None, None]
    assert workspace.catalogue.column("tile").to_pylist() == ["tile0", "tile0", "tile1"]


def test_coordinates_of_the_catalogue_fill_in_where_the_cutouts_have_none(tmp_path: Path) -> None:
    import h5py

    cutouts = write_cutouts(tmp_path / "a.h5", ["x", "y"])
    with h5py.File(cutouts, "a") as file:
        file["ra"][0] = np.nan
    catalogue = tmp_path / "facts.csv"
    catalogue.write_text("object_id,ra,dec\nx,99.5,1\ny,1,1\n")
    workspace = Workspace.create(tmp_path / "survey", [cutouts], catalogue=catalogue)
    np.testing.assert_allclose(workspace.catalogue.coordinates()[0], [99.5, 10.01])


def test_a_catalogue_of_other_galaxies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=r"Nothing in .*facts\.csv.*found the columns object_id"):
        make(tmp_path, "object_id,ra,dec\nq,200,5\n")
    assert not (tmp_path / "survey").exists()


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 359.9999, 10.0]), st.sampled_from([-90.0, 0.0, 89.9999])),
        min_size=1,
        max_size=5,
    ),
    st.floats(0.05, 3.0),
    st.floats(0.0, 360.0),
)
def test_a_shift_on_the_sky_matches_exactly_within_the_radius(
    places: list[tuple[float, float]], shift: float, angle: float
) -> None:
    if abs(shift - 1.0) < 1e-3:
        return
    ra, dec = np.radians(np.array(places)).T
    # Along a great circle in the direction `angle`, by spherical trigonometry.
    step, bearing = np.radians(shift / 3600), np.radians(angle)
    other_dec = np.arcsin(
        np.clip(np.sin(dec) * np.cos(step) + np.cos(dec) * np.sin(step) * np.cos(bearing), -1, 1)
    )
    other_ra = ra + np.arctan2(
        np.sin(bearing) * np.sin(step) * np.cos(dec),
        np.cos(step) - np.sin(dec) * np.sin(other_dec),
    )
    found = match_sky(
        *np.degrees([ra, dec]), *np.degrees([other_ra[:1], other_dec[:1]]), radius=1.0
    ).places
    assert (found[0] == 0) == (shift < 1.0)


def test_unknown_positions_match_nothing() -> None:
    nan = np.array([np.nan, 1.0])
    found = match_sky(nan, np.ones(2), nan, np.ones(2), 1.0).places
    np.testing.assert_array_equal(found, [-1, 1])
    assert (match_sky(nan, nan, np.empty(0), np.empty(0), 1.0).places == -1).all()
