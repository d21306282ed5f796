from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.errors import QueryError
from trainer.workspace.identity import IdTable, fingerprint, unique_ids, unique_names

names = st.text("abc:0123.", max_size=4)


def table_of(ids: list[str] | list[int], cache: Path) -> IdTable:
    table = IdTable.open(cache, "f" * 64, pa.chunked_array([ids]))
    assert table is not None
    return table


@given(st.lists(st.lists(names, min_size=1, max_size=6), min_size=1, max_size=3))
def test_identifiers_are_unique_whatever_the_files_say(files: list[list[str]]) -> None:
    ids, _ = unique_ids([(f"file{n}.h5", np.array(ids)) for n, ids in enumerate(files)])
    texts = [str(name) for name in ids.to_pylist()]
    assert len(set(texts)) == len(texts) == sum(map(len, files))
    assert "" not in texts


def test_repeated_and_absent_identifiers_become_file_and_row() -> None:
    files = [("a.h5", np.array(["x", "y", ""])), ("b.h5", np.array(["y", "z"]))]
    ids, given = unique_ids(files)
    assert ids.to_pylist() == ["x", "a.h5:1", "a.h5:2", "b.h5:0", "z"]
    assert given is not None
    assert given.to_pylist() == ["x", "y", None, "y", "z"]


def test_rows_that_a_reader_merely_numbered_are_called_after_their_file() -> None:
    ids, _ = unique_ids([("a.h5", np.array(["0", "1", "2"]))])
    assert ids.to_pylist() == ["a.h5:0", "a.h5:1", "a.h5:2"]


def test_new_rows_give_way_to_identifiers_that_are_taken() -> None:
    taken = pa.chunked_array([["x"]])
    ids, _ = unique_ids([("b.h5", np.array(["x", "w"]))], taken)
    assert ids.to_pylist() == ["b.h5:0", "w"]


def test_integers_stay_integers_while_they_are_unique() -> None:
    ids, given = unique_ids([("a.h5", np.array([5, 3])), ("b.h5", np.array([9], np.int32))])
    assert ids.type == pa.int64()
    assert ids.to_pylist() == [5, 3, 9]
    assert given is None
    repeated, _ = unique_ids([("a.h5", np.array([5, 5, 7]))])
    assert repeated.to_pylist() == ["a.h5:0", "a.h5:1", "7"]


def test_identifiers_beyond_63_bits_keep_every_digit() -> None:
    ids, _ = unique_ids([("a.h5", np.array([2**64 - 1, 1], np.uint64))])
    assert ids.to_pylist() == [str(2**64 - 1), "1"]


def test_files_of_one_name_are_told_apart_by_their_folders() -> None:
    paths = [Path("/d/a/0.h5"), Path("/d/b/0.h5"), Path("/d/1.h5")]
    assert unique_names(paths, ["1.h5"]) == ["0.h5", "b/0.h5", "d/1.h5"]


@given(st.lists(st.text(min_size=1, max_size=6).filter(str.strip), unique_by=str.strip))
def test_every_identifier_leads_back_to_its_row(
    tmp_path_factory: pytest.TempPathFactory, ids: list[str]
) -> None:
    ids = [name.strip() for name in ids]
    table = table_of(ids, tmp_path_factory.mktemp("cache"))
    rows = np.arange(len(ids))
    assert table.object_ids(rows) == ids
    np.testing.assert_array_equal(table.rows_of(ids), rows)
    for row, name in enumerate(ids):
        assert table.object_id(row) == name


@pytest.mark.parametrize("count", [3, 500])
def test_few_and_many_identifiers_are_found_alike(tmp_path: Path, count: int) -> None:
    ids = np.random.default_rng(1).permutation(10_000)[:1000] - 5000
    table = table_of(ids.tolist(), tmp_path)
    rows = np.random.default_rng(2).integers(0, 1000, count)
    found = table.rows_of([str(ids[row]) for row in rows])
    assert found.dtype == np.uint32
    np.testing.assert_array_equal(found, rows)


@pytest.mark.parametrize("ids", [["b", "a"], [2, 1]])
@pytest.mark.parametrize("count", [1, 200])
def test_absent_identifiers_are_named(
    tmp_path: Path, ids: list[str] | list[int], count: int
) -> None:
    wanted = [str(ids[0])] * (count - 1) + ["nobody"]
    with pytest.raises(QueryError, match="nobody"):
        table_of(ids, tmp_path).rows_of(wanted)


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    table_of(["b", "a"], tmp_path)
    (cache,) = tmp_path.iterdir()
    cache.write_bytes(b"no arrow at all")
    assert table_of(["b", "a"], tmp_path).object_id(0) == "b"
    assert IdTable.open(tmp_path, "f" * 64, None) is not None


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    assert table_of(["b", "a"], blocked / "cache").object_id(1) == "a"


@given(st.lists(st.text(max_size=3), max_size=8), st.integers(0, 8))
def test_a_fingerprint_depends_on_every_identifier_and_their_order(
    ids: list[str], cut: int
) -> None:
    column = pa.chunked_array([pa.array(ids, pa.string())])
    parts = pa.chunked_array([pa.array(ids[:cut], pa.string()), pa.array(ids[cut:], pa.string())])
    assert fingerprint(column) == fingerprint(parts)
    assert fingerprint(column, cut) == fingerprint(pa.chunked_array([pa.array(ids[:cut], "str")]))
    if ids != ids[::-1]:
        assert fingerprint(pa.chunked_array([ids[::-1]])) != fingerprint(column)


def test_a_fingerprint_tells_apart_where_identifiers_end() -> None:
    assert fingerprint(pa.chunked_array([["ab", "c"]])) != fingerprint(
        pa.chunked_array([["a", "bc"]])
    )


def test_a_fingerprint_is_the_same_for_numbers_and_their_text() -> None:
    numbers = pa.chunked_array([[5, -3]])
    assert fingerprint(numbers) == fingerprint(numbers.cast(pa.string()))
