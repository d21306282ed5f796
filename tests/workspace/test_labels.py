from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.workspace.samples import make_workspace, write_cutouts
from trainer.errors import MismatchError, QueryError, WorkspaceError
from trainer.workspace import labels
from trainer.workspace.disks import is_local
from trainer.workspace.label_sets import label_sets
from trainer.workspace.labels import GRADES, LabelJournal
from trainer.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path)


def test_grades_survive_a_restart(workspace: Workspace) -> None:
    journal = workspace.journal(grader="ada")
    journal.grade([0, 4], "A")
    journal.grade(np.array([4], np.uint32), "X")
    journal.close()
    np.testing.assert_array_equal(workspace.journal(grader="ada").current(), [1, 0, 0, 0, 4, 0])


def test_a_grading_is_one_step_of_undo(workspace: Workspace) -> None:
    journal = workspace.journal()
    journal.grade([0, 1, 2], "B")
    journal.grade([1], "A")
    undone = journal.undo()
    assert undone is not None
    assert undone.dtype == np.uint32
    np.testing.assert_array_equal(undone, [1])
    np.testing.assert_array_equal(journal.current()[:3], [2, 2, 2])
    np.testing.assert_array_equal(journal.undo(), [0, 1, 2])
    assert not journal.current().any()
    assert journal.undo() is None


def test_undo_and_redo_work_after_a_restart(workspace: Workspace) -> None:
    journal = workspace.journal()
    for row, grade in enumerate("ABC"):
        journal.grade([row], grade)
    journal.undo()
    journal.close()
    journal = workspace.journal()
    np.testing.assert_array_equal(journal.undo(), [1])
    journal.close()
    journal = workspace.journal()
    np.testing.assert_array_equal(journal.redo(), [1])
    np.testing.assert_array_equal(journal.redo(), [2])
    assert journal.redo() is None
    np.testing.assert_array_equal(journal.current()[:3], [1, 2, 3])


def test_a_new_grade_ends_what_can_be_redone(workspace: Workspace) -> None:
    journal = workspace.journal()
    journal.grade([0], "A")
    journal.undo()
    journal.grade([1], "B")
    assert journal.redo() is None
    np.testing.assert_array_equal(journal.current()[:2], [0, 2])


def test_a_grade_can_be_taken_away(workspace: Workspace) -> None:
    journal = workspace.journal()
    journal.grade([0], "A")
    journal.grade([0], None)
    assert journal.current()[0] == 0
    journal.undo()
    assert journal.current()[0] == 1


def test_the_history_says_what_was_done_and_in_which_order(workspace: Workspace) -> None:
    journal = workspace.journal(grader="ada")
    journal.grade([2, 0], "A", subclass="Ring")
    journal.grade([0], "X")
    journal.undo()
    records = journal.history()
    facts = [(r.action, r.row, r.grade, r.previous, r.subclass, r.undone) for r in records]
    assert facts == [
        (1, 0, "A", None, "Ring", False),
        (1, 2, "A", None, "Ring", False),
        (2, 0, "X", "A", None, True),
    ]
    assert {record.grader for record in records} == {"ada"}
    assert records[1].object_id == "first-2"
    assert records[0].time.endswith("+00:00")


def test_sets_of_labels_are_apart(workspace: Workspace) -> None:
    lens, merger = workspace.journal("lens"), workspace.journal("merger")
    lens.grade([0], "A")
    merger.grade([0], "X")
    assert lens.current()[0] == 1
    assert merger.current()[0] == lens.current("merger")[0] == 4
    np.testing.assert_array_equal(merger.undo(), [0])
    assert lens.current()[0] == 1
    assert label_sets(workspace.labels_folder) == ["lens"]


def test_many_galaxies_are_graded_at_once(workspace: Workspace, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(labels, "_FEW", 2)
    journal = workspace.journal()
    journal.grade([0, 1], "A")
    journal.grade(np.arange(6), "C")
    assert (journal.current() == 3).all()
    assert [record.previous for record in journal.history()[2:]] == ["A", "A", *[None] * 4]


def test_several_graders_are_read_together(workspace: Workspace) -> None:
    grades = {"ada": "AAA.X", "ben": "AXB.X", "cy": ".XC.A"}
    for name, letters in grades.items():
        journal = workspace.journal(grader=name)
        for row, letter in enumerate(letters):
            if letter != ".":
                journal.grade([row], letter)
    combined = workspace.journal(grader="dan").combined()
    # The median; of two grades the more cautious.
    assert [".ABCX"[code] for code in combined] == ["A", "X", "B", ".", "X", "."]


def test_the_revision_follows_the_grades_and_not_the_way_there(workspace: Workspace) -> None:
    journal = workspace.journal()
    empty = journal.revision()
    journal.grade([0], "A")
    graded = journal.revision()
    assert graded != empty
    journal.undo()
    assert journal.revision() == empty
    journal.redo()
    assert journal.revision() == graded
    workspace.journal(grader="other").grade([0], "B")
    assert journal.revision() != graded
    assert journal.revision("merger") == workspace.journal("merger").revision() != graded


@pytest.mark.parametrize(
    ("rows", "grade", "words"),
    [([0], "D", "'D' is no grade"), ([6], "A", "Row 6"), ([-1], "A", "Row -1")],
)
def test_what_cannot_be_graded_is_refused_and_changes_nothing(
    workspace: Workspace, rows: list[int], grade: str, words: str
) -> None:
    journal = workspace.journal()
    with pytest.raises(QueryError, match=words):
        journal.grade(rows, grade)
    assert journal.history() == []


def test_a_journal_is_only_made_by_the_first_grade(workspace: Workspace) -> None:
    journal = workspace.journal()
    assert not journal.current().any()
    assert (journal.undo(), journal.redo(), journal.history()) == (None, None, [])
    assert not workspace.labels_folder.exists()


def test_labels_grow_with_the_catalogue_and_refuse_another(
    workspace: Workspace, tmp_path: Path
) -> None:
    workspace.journal(grader="ada").grade([5], "A")
    workspace.add([write_cutouts(tmp_path / "more.h5", 2)])
    journal = workspace.journal(grader="ada")
    journal.grade([7], "B")
    np.testing.assert_array_equal(journal.current(), [0, 0, 0, 0, 0, 1, 0, 2])
    journal.close()
    other = Workspace.create(tmp_path / "other", [write_cutouts(tmp_path / "others.h5", 8)])
    shutil.copytree(workspace.labels_folder, other.labels_folder)
    for ask in (
        lambda: other.journal(grader="ada").current(),
        lambda: other.journal(grader="ada").grade([0], "A"),
        lambda: other.journal(grader="new").combined(),
        lambda: other.columns.values("grade_lens"),
    ):
        with pytest.raises(MismatchError, match="another catalogue"):
            ask()


def test_grades_of_galaxies_added_since_wait_until_the_workspace_is_opened_again(
    workspace: Workspace, tmp_path: Path
) -> None:
    workspace.journal(grader="ada").grade([5], "A")
    before = Workspace.open(workspace.folder)
    workspace.add([write_cutouts(tmp_path / "more.h5", 2)])
    workspace.journal(grader="ada").grade([1, 7], "B")
    np.testing.assert_array_equal(before.journal(grader="ada").current(), [0, 2, 0, 0, 0, 1])
    np.testing.assert_array_equal(before.journal(grader="bob").combined(), [0, 2, 0, 0, 0, 1])
    np.testing.assert_array_equal(before.columns.values("grade_lens"), [-1, 1, -1, -1, -1, 0])
    before.journal(grader="bob").grade([0], "C")
    assert before.journal(grader="bob").combined()[0] == 3


def test_a_journal_in_the_workspaces_folder_finds_its_catalogue(workspace: Workspace) -> None:
    journal = LabelJournal(workspace.labels_folder, grader="ada", host="here")
    journal.grade([1], "A")
    assert journal.history()[0].object_id == "first-1"
    assert journal.path.name == "ada@here.sqlite"


def test_names_that_no_file_can_have_are_made_harmless(workspace: Workspace) -> None:
    journal = LabelJournal(workspace.labels_folder, grader="../a b:c", host="x/y")
    journal.grade([1], "A")
    assert journal.path.parent == workspace.labels_folder
    assert journal.path.exists()


def test_a_damaged_journal_is_told_in_a_sentence(workspace: Workspace) -> None:
    journal = workspace.journal(grader="ada")
    workspace.labels_folder.mkdir()
    journal.path.write_bytes(b"this is no database, but long enough to be taken for one" * 20)
    for ask in (journal.current, journal.combined, lambda: journal.grade([0], "A")):
        with pytest.raises(WorkspaceError, match="no database, or damaged"):
            ask()


@pytest.mark.parametrize("content", ["nothing", "no tables"])
def test_a_journal_that_was_never_furnished_holds_no_grades(
    workspace: Workspace, content: str
) -> None:
    journal = workspace.journal(grader="ada")
    workspace.labels_folder.mkdir()
    journal.path.touch()
    if content == "no tables":
        with sqlite3.connect(journal.path) as connection:
            connection.execute("PRAGMA user_version = 5")
        connection.close()
        assert journal.path.stat().st_size > 0
    assert not journal.current().any()
    assert not journal.combined().any()
    assert workspace.columns.names()[-1] == "tile"
    journal.grade([1], "A")
    assert journal.current()[1] == 1


def test_a_journal_can_be_read_where_nothing_can_be_written(workspace: Workspace) -> None:
    journal = workspace.journal(grader="ada")
    journal.grade([1], "A")
    # A copy of a journal that is in use: its write-ahead log beside it, and no shared memory.
    copy = workspace.folder.parent / "copy"
    shutil.copytree(workspace.folder, copy, ignore=shutil.ignore_patterns("*-shm"))
    assert Workspace.open(copy).journal(grader="ben").combined()[1] == 1


@pytest.mark.parametrize("undone_by", ["ABORT", "ROLLBACK"])
def test_a_write_that_fails_leaves_no_half_of_an_action(
    workspace: Workspace, undone_by: str
) -> None:
    journal = workspace.journal(grader="ada")
    journal.grade([0], "A")
    with sqlite3.connect(journal.path) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON grades WHEN NEW.row = 3"
            f" BEGIN SELECT RAISE({undone_by}, 'no more'); END"
        )
    connection.close()
    with pytest.raises(WorkspaceError, match=r"labels in .* out of reach.*no more"):
        journal.grade([1, 2, 3, 4], "X")
    np.testing.assert_array_equal(journal.current(), [1, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(journal.undo(), [0])


def test_a_grade_is_kept_when_the_program_is_killed_right_after(workspace: Workspace) -> None:
    program = (
        "import os, signal; from trainer.workspace.workspace import Workspace;"
        f"Workspace.open({str(workspace.folder)!r}).journal(grader='ada').grade([3], 'A');"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    journal = workspace.journal(grader="ada")
    assert journal.current()[3] == 1
    np.testing.assert_array_equal(journal.undo(), [3])


def test_the_write_ahead_log_is_for_local_disks_only(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = {}
    for local in (True, False):
        monkeypatch.setattr(labels, "is_local", lambda _, local=local: local)
        journal = workspace.journal(grader=f"local {local}")
        journal.grade([0], "A")
        journal.close()
        with sqlite3.connect(journal.path) as connection:
            modes[local] = connection.execute("PRAGMA journal_mode").fetchone()[0]
        connection.close()
    assert modes == {True: "wal", False: "delete"}


@pytest.mark.parametrize(
    ("kind", "point", "expected"),
    [
        ("ext4", "/", True),
        ("nfs4", "/home", False),
        ("fuse.sshfs", "/home/me", False),
        ("cifs", "/elsewhere", True),
        ("lustre", "/home\\040b", True),
    ],
)
def test_shared_disks_are_known_by_their_mounts(
    tmp_path: Path, kind: str, point: str, expected: bool
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {point} {kind} rw 0 0\n")
    assert is_local(Path("/home/me/survey"), mounts) is expected
    assert is_local(Path("/home/me/survey"), tmp_path / "none") is False


class JournalMachine(RuleBasedStateMachine):
    """The journal beside a plain list of states with a place in it, as editors have."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.folder = Path(tempfile.mkdtemp())
        self.journal = self._open()
        self.states = [(0,) * 4]
        self.place = 0

    def _open(self) -> LabelJournal:
        return LabelJournal(self.folder / "labels", grader="ada", host="here")

    @rule(rows=st.sets(st.integers(0, 3), min_size=1), code=st.integers(0, 4))
    def grade(self, rows: set[int], code: int) -> None:
        self.journal.grade(sorted(rows), GRADES[code - 1] if code else None)
        now = tuple(code if row in rows else old for row, old in enumerate(self.states[self.place]))
        self.states[self.place + 1 :] = [now]
        self.place += 1

    @rule()
    def undo(self) -> None:
        assert (self.journal.undo() is not None) == (self.place > 0)
        self.place = max(0, self.place - 1)

    @rule()
    def redo(self) -> None:
        can = self.place < len(self.states) - 1
        assert (self.journal.redo() is not None) == can
        self.place += can

    @rule()
    def restart(self) -> None:
        self.journal.close()
        self.journal = self._open()

    @invariant()
    def grades_agree(self) -> None:
        current = self.journal.current()
        padded = np.zeros(4, np.int8)
        padded[: len(current)] = current
        assert tuple(padded.tolist()) == self.states[self.place]

    def teardown(self) -> None:
        self.journal.close()
        shutil.rmtree(self.folder)


TestJournalMachine = JournalMachine.TestCase
TestJournalMachine.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
