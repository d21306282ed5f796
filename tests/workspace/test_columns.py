from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.workspace.samples import make_workspace
from trainer.errors import MismatchError, QueryError, WorkspaceError
from trainer.workspace import columns
from trainer.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(
        tmp_path,
        mag=np.array([20, 21, np.nan, 23, 24, 25], np.float32),
        kind=np.array([0, 1, 0, 1, 0, 1]),
        number=np.arange(100, 106),
        is_star=np.array([True, False, False, True, False, False]),
        note=np.array([b"a", b"b", b"a", b"b", b"", b"a"]),
    )


def test_every_column_has_its_kind(workspace: Workspace) -> None:
    kinds = {name: workspace.columns.info(name).kind for name in workspace.columns.names()}
    assert kinds == {
        "object_id": "text",
        "ra": "number",
        "dec": "number",
        "tile": "category",
        "mag": "number",
        "kind": "category",
        "number": "number",
        "is_star": "boolean",
        "note": "category",
    }


def test_values_come_in_row_order_with_their_gaps(workspace: Workspace) -> None:
    store = workspace.columns
    assert store.values("mag").dtype == np.float32
    np.testing.assert_array_equal(store.values("mag"), [20, 21, np.nan, 23, 24, 25])
    assert store.values("number").dtype == np.float64
    assert store.info("kind").categories == ("0", "1")
    np.testing.assert_array_equal(store.values("kind"), [0, 1, 0, 1, 0, 1])
    np.testing.assert_array_equal(store.values("is_star"), [1, 0, 0, 1, 0, 0])
    assert store.values("kind").dtype == store.values("is_star").dtype == np.int16
    assert store.values("object_id").tolist()[:2] == ["first-0", "first-1"]


def test_integers_that_name_classes_are_sorted_as_numbers(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, kind=np.array([10, 9, -1, 10, 9, -1]))
    assert workspace.columns.info("kind").categories == ("-1", "9", "10")
    np.testing.assert_array_equal(workspace.columns.values("kind"), [2, 1, 0, 2, 1, 0])


def test_values_cannot_be_changed_by_who_reads_them(workspace: Workspace) -> None:
    with pytest.raises(ValueError, match="read-only"):
        workspace.columns.values("mag")[0] = 0


def test_an_unknown_column_is_refused(workspace: Workspace) -> None:
    for ask in (workspace.columns.info, workspace.columns.values, workspace.columns.arrow):
        with pytest.raises(QueryError, match="no column magg"):
            ask("magg")


def test_a_score_of_some_rows_becomes_a_column(workspace: Workspace) -> None:
    workspace.columns.add_measure(
        "score", np.array([4, 1]), np.array([0.5, 0.25]), "mag", {"store": "x"}, "how alike"
    )
    store = Workspace.open(workspace.folder).columns
    info = store.info("score")
    assert (info.kind, info.unit, info.source, info.description) == (
        "number",
        "mag",
        "score",
        "how alike",
    )
    np.testing.assert_array_equal(
        store.values("score"), [np.nan, 0.25, np.nan, np.nan, 0.5, np.nan]
    )
    record = store.provenance("score")
    assert record["store"] == "x"
    assert record["catalogue_fingerprint"] == workspace.catalogue.fingerprint
    assert store.provenance("mag") == {}


def test_a_score_written_anew_is_read_anew(workspace: Workspace) -> None:
    store, rows = workspace.columns, np.arange(6)
    store.add_measure("score", rows, np.zeros(6))
    np.testing.assert_array_equal(store.values("score"), np.zeros(6))
    store.add_measure("score", rows, np.ones(6))
    np.testing.assert_array_equal(store.values("score"), np.ones(6))


def test_a_score_survives_growth_and_not_another_catalogue(tmp_path: Path) -> None:
    from tests.workspace.samples import write_cutouts

    workspace = make_workspace(tmp_path / "a")
    workspace.columns.add_measure("score", np.arange(6), np.arange(6.0))
    workspace.add([write_cutouts(tmp_path / "a" / "more.h5", 2)])
    np.testing.assert_array_equal(
        workspace.columns.values("score"), [0, 1, 2, 3, 4, 5, np.nan, np.nan]
    )
    cutouts = write_cutouts(tmp_path / "b" / "others.h5", 8)
    other = Workspace.create(tmp_path / "b" / "survey", [cutouts])
    other.scores_folder.mkdir()
    os.link(workspace.scores_folder / "score.parquet", other.scores_folder / "score.parquet")
    with pytest.raises(MismatchError, match="score was computed for another catalogue"):
        other.columns.values("score")


@pytest.mark.parametrize(
    ("name", "rows", "values", "words"),
    [
        ("mag", [0], [1.0], "column of the catalogue"),
        ("../x", [0], [1.0], "name of a column"),
        ("s", [6], [1.0], "beyond the catalogue's 6"),
        ("s", [-1], [1.0], "beyond"),
        ("s", [0, 0], [1.0, 2.0], "two values"),
        ("s", [0, 1], [1.0], "1 values were given for 2 rows"),
    ],
)
def test_a_score_that_does_not_fit_is_refused(
    workspace: Workspace, name: str, rows: list[int], values: list[float], words: str
) -> None:
    with pytest.raises(QueryError, match=words):
        workspace.columns.add_measure(name, np.array(rows), np.array(values))


def test_a_damaged_score_is_told_in_a_sentence(workspace: Workspace) -> None:
    workspace.scores_folder.mkdir()
    (workspace.scores_folder / "bad.parquet").write_bytes(b"no parquet")
    with pytest.raises(WorkspaceError, match=r"bad\.parquet can't be read"):
        workspace.columns.values("bad")
    assert workspace.columns.where("mag < 21.5").sum() == 2


def test_the_table_has_every_column_with_its_unit(workspace: Workspace) -> None:
    workspace.columns.add_measure("flux", np.array([0]), np.array([2.0]), "nanomaggies")
    table = workspace.columns.table()
    assert table.column_names == workspace.columns.names()
    assert table.schema.field("flux").metadata[b"unit"] == b"nanomaggies"
    assert workspace.columns.table(["mag"])["mag"].to_pylist() == [20, 21, None, 23, 24, 25]


def test_grades_are_a_column_that_follows_the_journals(workspace: Workspace) -> None:
    store, journal = workspace.columns, workspace.journal("lens", "ada")
    assert "grade_lens" not in store.names()
    journal.grade([1, 3], "A")
    assert store.names()[-1] == "grade_lens"
    assert store.info("grade_lens").categories == ("A", "B", "C", "X")
    np.testing.assert_array_equal(store.values("grade_lens"), [-1, 0, -1, 0, -1, -1])
    journal.grade([3], "X")
    np.testing.assert_array_equal(store.values("grade_lens"), [-1, 0, -1, 3, -1, -1])
    assert store.arrow("grade_lens").to_pylist() == [None, "A", None, "X", None, None]


def test_memory_for_values_is_bounded(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "CACHE_BYTES", 100)
    store = workspace.columns
    first = store.values("number")
    assert store.values("number") is first
    store.values("ra"), store.values("dec")
    assert store.values("number") is not first


def test_several_threads_may_read(workspace: Workspace) -> None:
    failures: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(5):
                workspace.columns.values("mag")
                assert workspace.columns.where("mag < 22").sum() == 2
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        ("mag < 22", [0, 1]),
        ("mag > 22", [3, 4, 5]),
        ("NOT mag < 22", [3, 4, 5]),
        ("mag IS NULL", [2]),
        ("note = 'a' AND kind = 0", [0, 2]),
        ('"is_star" -- a remark', [0, 3]),
        ("object_id IN ('first-1', 'first-5')", [1, 5]),
        ("row >= 4", [4, 5]),
        ("1 = 1", [0, 1, 2, 3, 4, 5]),
        ("MAG = (SELECT min(mag) FROM columns)", [0]),
        ("grade_lens = 'B'", [2]),
        ("score > 0.5", [5]),
    ],
)
def test_conditions_hold_where_they_should(
    workspace: Workspace, expression: str, rows: list[int]
) -> None:
    workspace.journal().grade([2], "B")
    workspace.columns.add_measure("score", np.array([4, 5]), np.array([0.25, 0.75]))
    found = workspace.columns.where(expression)
    assert found.dtype == bool
    np.testing.assert_array_equal(np.flatnonzero(found), rows)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("", "empty"),
        ("magg < 3", "no column magg; did you mean mag"),
        ("mag <", "not complete"),
        ("mag < 3)", "bracket too many"),
        ("mag < < 3", "near '<'"),
        ("mag", "no condition: it gives FLOAT"),
        ("unnest([true, false])", "can't use the function unnest"),
        (
            "true) AS keep, 0 AS astromask_place FROM columns UNION ALL SELECT (false",
            "answers for 6",
        ),
        ("note > 3", "text can't be compared with a number"),
        ("mag << 20", "<< can't stand between a number and a number; compare by <"),
        ("sqrt(note) > 2", "function sqrt can't be given a text"),
        ("mag LIKE '2%'", "LIKE can't stand between a number and a text"),
        ("-note > 3", "can't stand before a text"),
        ("mag < 'faint'", "'faint' is not a number"),
        ("note = 3", "values such as 'a', where a number was expected"),
        ("note = spiral", "no column spiral; if a text is meant, write 'spiral'"),
        ("mag < 20 && kind > 1", "by AND or OR"),
        ("note = 'a", "quote is opened"),
        ("mag => 20", "no =>; did you mean >="),
        ("mag ≥ 20", "near ≥; write >= instead"),
        ("mag < ?", "placeholders"),
        ("mag < avg(mag)", "need OVER"),
        ("note ~ '['", "regular expression can't be understood"),
        ("mag < 20 AND (kind > 1", "not complete"),
        ("1 = 1; DROP TABLE columns", "near ';'"),
        ("1 = 1) AS keep FROM columns; SELECT (1 = 1", "more than one statement"),
        ("(SELECT count(*) FROM read_csv('/etc/passwd')) > 0", "can't read files"),
        ("(SELECT count(*) FROM '/etc/passwd') > 0", "can't"),
        ("(SELECT count(*) FROM glob('/*')) > 0", "can't read files"),
        ("(SELECT count(*) FROM secret_table) > 0", "no table secret_table"),
        ("(SELECT count(*) FROM read_text('/etc/passwd')) > 0", "can't read files"),
        ("(SELECT count(*) FROM sniff_csv('/etc/passwd')) > 0", "can't read files"),
        ("(SELECT count(*) FROM query('SELECT 1')) > 0", "can't read files"),
        ("(SELECT count(*) FROM duckdb_settings()) > 0", "can't read files"),
        ("(SELECT count(*) FROM information_schema.tables) > 0", "can't read files"),
        ("getenv('HOME') IS NOT NULL", "can't use the function getenv"),
        ("current_setting('threads') > '0'", "can't use the function current_setting"),
        ("repeat('x', 3000000000) = 'a'", "can't use the function repeat"),
        ("format('{:>1000000000}', note) = ''", "can't use the function format"),
        ("1 = 1; COPY columns TO 'stolen.csv'", "near ';'"),
        (
            "1 = 1) AS keep, 1 AS astromask_place FROM columns; ATTACH 'a.db'; SELECT (1 = 1",
            "more than one",
        ),
        (
            "(WITH RECURSIVE q AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM q)"
            " SELECT count(*) FROM q) > 0",
            "repeat itself",
        ),
        ("note = '" + "x" * 1_000_000 + "'", "1,000,009 characters"),
        ("(" * 4_900 + "true" + ")" * 4_900, "filter"),
        ("NOT " * 2_400 + "true", "filter"),
        ("\0", "no column"),
    ],
)
def test_a_filter_that_will_not_do_says_why(
    workspace: Workspace, expression: str, words: str
) -> None:
    secret_table = workspace.columns.table()  # Python's variables are out of a filter's reach.
    with pytest.raises(QueryError, match=words):
        workspace.columns.where(expression)
    assert len(secret_table) == 6


def test_answers_belong_to_their_rows_in_whatever_order_they_are_worked_out(
    tmp_path: Path,
) -> None:
    random = np.random.default_rng(0)
    mag, group = random.normal(20, 2, 5000), random.integers(0, 4, 5000)
    workspace = make_workspace(tmp_path, 5000, mag=mag, kind=group)
    found = workspace.columns.where("mag > avg(mag) OVER (PARTITION BY kind)")
    means = np.array([mag[group == number].mean() for number in range(4)])
    np.testing.assert_array_equal(found, mag > means[group])


_MANY = ", ".join(f"columns a{number}" for number in range(14))
ENDLESS = f"(SELECT count(*) FROM {_MANY} WHERE a0.mag + a13.mag > a1.mag * a2.mag) > 0"


def test_a_filter_without_end_is_given_up(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.workspace.filters.TIME_LIMIT", 0.2)
    with pytest.raises(QueryError, match="took longer"):
        workspace.columns.where(ENDLESS)


def test_a_filter_that_nobody_waits_for_ends_early(workspace: Workspace) -> None:
    given_up = threading.Event()
    threading.Timer(0.2, given_up.set).start()
    with pytest.raises(QueryError, match="given up"):
        workspace.columns.where(ENDLESS, given_up)
    assert workspace.columns.where("mag < 22", threading.Event()).sum() == 2
