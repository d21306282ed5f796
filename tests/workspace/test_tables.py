from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trainer.errors import FormatError
from trainer.workspace.tables import DESCRIPTION, UNIT, arrow_column, arrow_field, read_table
from trainer.workspace.write_tables import ENDINGS, TableFormat, write_table

VALUES = {
    "object_id": ["a", "b", "ü"],
    "x": [1.5, None, -3.0],
    "n": [1, None, 3],
    "yes": [True, None, False],
    "name": ["a", None, "c"],
}

FACTS = {"unit": "arcsec", "description": "how far"}


def sample() -> pa.Table:
    columns = {name: pa.array(values) for name, values in VALUES.items()}
    fields = [
        arrow_field(
            name,
            column.type,
            unit="arcsec" if name == "x" else None,
            description="how far" if name == "x" else None,
        )
        for name, column in columns.items()
    ]
    return pa.Table.from_arrays(list(columns.values()), schema=pa.schema(fields))


@pytest.mark.parametrize("format", ENDINGS)
def test_a_table_comes_back_with_its_gaps_units_and_descriptions(
    tmp_path: Path, format: TableFormat
) -> None:
    path = tmp_path / f"table.{ENDINGS[format]}"
    write_table(sample(), path, format)
    table = read_table(path)
    found = {name: list(values) for name, values in table.to_pydict().items()}
    assert found == VALUES
    if format != "csv":
        assert table.schema.field("x").metadata[UNIT] == b"arcsec"
    if format != "csv":
        assert table.schema.field("x").metadata[DESCRIPTION] == b"how far"


@pytest.mark.parametrize("format", ENDINGS)
def test_integers_of_every_size_come_back_exactly(tmp_path: Path, format: TableFormat) -> None:
    kinds = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64")
    limits = {kind: [np.iinfo(kind).min, np.iinfo(kind).max, None] for kind in kinds}
    limits["uint64"] = [0, 2**63 - 1, None]
    table = pa.table({kind: pa.array(values, kind) for kind, values in limits.items()})
    path = tmp_path / f"t.{ENDINGS[format]}"
    if format == "fits":
        # A FITS integer has no word for what is missing but one of its own values.
        table, limits = table.slice(0, 2), {kind: values[:2] for kind, values in limits.items()}
    write_table(table, path, format)
    assert read_table(path).to_pydict() == limits


def test_integers_beyond_those_of_a_votable_become_text(tmp_path: Path) -> None:
    write_table(pa.table({"n": pa.array([1, 2**64 - 1], "uint64")}), tmp_path / "t.vot", "votable")
    assert read_table(tmp_path / "t.vot").to_pydict() == {"n": ["1", str(2**64 - 1)]}


def test_a_text_that_every_row_would_have_to_hold_is_refused(tmp_path: Path) -> None:
    table = pa.table({"id": np.arange(2000), "note": ["x" * 1_000_000, *[""] * 1999]})
    with pytest.raises(FormatError, match=r"note has a text of 1,000,000 letters.*CSV or Parquet"):
        write_table(table, tmp_path / "t.fits", "fits")
    assert not list(tmp_path.iterdir())
    write_table(table, tmp_path / "t.csv", "csv")
    assert read_table(tmp_path / "t.csv")["note"][0].as_py() == "x" * 1_000_000


@pytest.mark.parametrize(
    ("name", "format"), [("t.ecsv", "ascii.ecsv"), ("t.vot", "votable"), ("t.fits.gz", "fits")]
)
def test_formats_of_astronomers_are_read(tmp_path: Path, name: str, format: str) -> None:
    from astropy.table import MaskedColumn, Table

    table = Table({"object_id": ["a", "b"], "pair": [[1, 2], [3, 4]]})
    table["z"] = MaskedColumn([0.5, 9.0], mask=[False, True], unit="mag", description="redshift")
    table.write(tmp_path / name, format=format)
    found = read_table(tmp_path / name)
    assert found.to_pydict() == {"object_id": ["a", "b"], "z": [0.5, None]}
    assert found.schema.field("z").metadata[UNIT] == b"mag"


def test_long_identifiers_in_csv_keep_every_digit(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("#object_id,x\n18446744073709551615,1\n00012,nan\n")
    path.write_text(path.read_text().lstrip("#"))
    table = read_table(path)
    assert table["object_id"].to_pylist() == ["18446744073709551615", "00012"]
    assert table["x"].to_pylist() == [1, None]


def test_columns_of_one_name_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,x, x\n1,2,3\n")
    assert read_table(path).to_pydict() == {"x": [1], "x_2": [2], "x_3": [3]}


def test_what_others_put_into_parquet_becomes_numbers_and_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "kind": pa.array(["a", None, "a"]).dictionary_encode(),
            "half": pa.array(np.array([1, np.nan, 3], np.float16)),
            "nested": [[1], [2], [3]],
            "day": pa.array([0, 1, None], pa.date32()),
        }
    )
    pq.write_table(table, tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet").to_pydict() == {
        "kind": ["a", None, "a"],
        "half": [1.0, None, 3.0],
        "day": ["1970-01-01", "1970-01-02", None],
    }


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([1, 2], ">i4"), [1, 2]),
        (np.array([1.5, np.nan], ">f8"), [1.5, None]),
        (np.array([b"a", b"\xc3\xbc"]), ["a", "ü"]),
        (np.array(["a", None, 3], object), ["a", None, "3"]),
        (np.ma.masked_array([1, 2], [True, False]), [None, 2]),
        (np.array([True, False]), [True, False]),
    ],
)
def test_columns_of_every_sort_become_arrow(values: np.ndarray, expected: list[object]) -> None:
    assert arrow_column(values).to_pylist() == expected


@pytest.mark.parametrize("name", ["t.fits", "t.parquet", "t.vot", "t.ecsv", "t.csv"])
def test_a_foreign_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x00\x01 not a table \xff\n\x02,,\n1,2,3,4\n")
    with pytest.raises(FormatError, match=name):
        read_table(tmp_path / name)


def test_an_unknown_ending_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "t.xyz").touch()
    with pytest.raises(FormatError, match=r"t\.xyz.*expected CSV, FITS"):
        read_table(tmp_path / "t.xyz")
    with pytest.raises(FormatError, match="There is no catalogue"):
        read_table(tmp_path / "t.csv")
