"""Packed copies read as their sources do, and are left alone once these have changed."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.open_files import few_files_allowed
from trainer.cli import main
from trainer.config import PackConfig
from trainer.cutouts.packs import (
    MANIFEST_NAME,
    PackedFile,
    Packs,
    reaches,
    read_manifest,
    write_manifest,
)
from trainer.cutouts.pixel_server import PixelServer
from trainer.cutouts.scan import SurveyFile
from trainer.errors import JobCancelled, WorkspaceError
from trainer.events import Event
from trainer.launch.context import JobContext
from trainer.mapped import MOST_MAPPED
from trainer.packing import pack
from trainer.packing.precision import choose_encoding
from trainer.workspace.workspace import Workspace

SIDE, CROP = 40, 16
NOISE = np.array([0.02, 1.0, 40.0, 3e-9, 0.5], np.float32)


def write_slow(
    path: Path, count: int = 20, *, seed: int = 0, level: float = 0.0, chunk: int = 10
) -> Path:
    """UNIONS cutouts with bright middles, gzipped, several a chunk; row 3 lacks a band."""
    rng = np.random.default_rng(seed)
    shape = (count, 5, SIDE, SIDE)
    images = rng.normal(0, 1, shape) + level
    images[:, :, 18:22, 18:22] += rng.uniform(10, 3e4, (count, 1, 1, 1))
    images = (images * NOISE[:, None, None]).astype(np.float32)
    images[3, 2] = 0
    images[4, 1, 0, 0] = np.nan
    images[5, 0, 15, 16] = np.nan
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        file.create_dataset("images", data=images, chunks=(chunk, 5, SIDE, SIDE), compression=1)
        file["cfis_id"] = np.arange(count) + 1000 * seed
        file["ra"], file["dec"] = np.arange(count) / 10, np.full(count, 5.0)
        file["tile"] = np.array(["a"] * count, dtype=object)
    return path


@pytest.fixture(autouse=True)
def small_files_are_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.cutouts.hdf5_file.SLOW_ROW_BYTES", 100_000)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    first = write_slow(tmp_path / "data" / "first.h5")
    return Workspace.create(tmp_path / "survey", [first], crop=CROP)


def packed(workspace: Workspace, **options: object) -> list[Event]:
    """Run the job; its events."""
    events: list[Event] = []
    folder = workspace.folder / "runs" / "one"
    folder.mkdir(parents=True, exist_ok=True)
    config = PackConfig(workspace=workspace.folder, **options)  # type: ignore[arg-type]
    last = pack.run(config, JobContext(folder, events.append))
    return [*events, last]


def said(events: list[Event]) -> str:
    return " ".join(getattr(event, "message", "") for event in events)


def test_a_packed_survey_reads_as_its_source_to_float16(workspace: Workspace) -> None:
    message = said(packed(workspace))
    assert "Packed the central 16 px of 20 galaxies" in message
    assert "float16" in message and "% of the sky's noise" in message
    rows = np.array([7, 3, 19, 3, 4])
    with workspace.survey() as source, workspace.survey(packed=True) as fast:
        assert fast.pixel_sources() == ("packed float16",)
        for side in (CROP, 8):
            exact, copy = source.read(rows, crop=side), fast.read(rows, crop=side)
            np.testing.assert_array_equal(copy.missing, exact.missing)
            scale = NOISE[None, :, None, None]
            np.testing.assert_allclose(copy.pixels / scale, exact.pixels / scale, 6e-4, 2e-3)
        # What lies outside the copy comes from the source, to the last bit.
        for crop in (None, CROP + 2):
            exact, copy = source.read(rows, crop=crop), fast.read(rows, crop=crop)
            np.testing.assert_array_equal(copy.pixels, exact.pixels)
        assert fast.pixel_sources(crop=None) == ("source",)
        assert copy.missing[1].tolist() == [False, False, True, False, False]


@pytest.mark.parametrize("precision", ["float16", "float32"])
def test_pixels_without_data_are_known_from_a_packed_copy_too(
    workspace: Workspace, precision: str
) -> None:
    packed(workspace, precision=precision)
    rows = np.array([5, 6])
    with workspace.survey() as source, workspace.survey(packed=True) as fast:
        for lost in (0.0, np.nan):
            exact, copy = (survey.read(rows, lost=lost).pixels for survey in (source, fast))
            np.testing.assert_array_equal(np.isnan(copy), np.isnan(exact))
            assert np.isnan(copy).sum() == (1 if np.isnan(lost) else 0)
        assert fast.read(rows).pixels[0, 0, 3, 4] == 0


def test_float32_and_integers_come_back_exactly(workspace: Workspace) -> None:
    assert "as exact as they were" in said(packed(workspace, precision="float32"))
    with workspace.survey() as source, workspace.survey(packed=True) as fast:
        rows = np.arange(20)
        np.testing.assert_array_equal(fast.read(rows).pixels, source.read(rows).pixels)
    whole = np.random.default_rng(0).integers(0, 256, (9, 3, 8, 8)).astype(np.float32)
    encoding = choose_encoding(whole, np.zeros((9, 3), bool))
    assert (encoding.dtype, encoding.error) == ("float16", 0.0)
    factors = encoding.factors[None, :, None, None]
    np.testing.assert_array_equal(encoding.encode(whole).astype(np.float32) * factors, whole)


def test_a_high_background_is_kept_as_float32(tmp_path: Path) -> None:
    file = write_slow(tmp_path / "a.h5", level=3000.0)
    workspace = Workspace.create(tmp_path / "survey", [file], crop=CROP)
    packed(workspace)
    (entry,) = read_manifest(workspace.packed_folder).files
    assert entry.dtype == "float32"


@given(
    exponent=st.floats(-30, 30),
    peak=st.floats(0, 5e5),
    background=st.floats(-2, 2),
)
def test_rounding_is_far_below_the_noise_whatever_the_units(
    exponent: float, peak: float, background: float
) -> None:
    rng = np.random.default_rng(1)
    unit = 10.0**exponent
    pixels = rng.normal(background, 1, (4, 1, 16, 16))
    pixels[:, :, 7, 7] += peak
    pixels = (pixels * unit).astype(np.float32)
    encoding = choose_encoding(pixels, np.zeros((4, 1), bool))
    assert encoding.dtype == "float16" and encoding.error < 1e-3
    back = encoding.encode(pixels).astype(np.float64) * encoding.factors[0]
    np.testing.assert_allclose(back / unit, pixels.astype(np.float64) / unit, 5e-4, 1e-4)


def test_pixels_too_bright_for_float16_make_the_file_float32(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with h5py.File(workspace.survey_files()[0].path, "r+") as file:
        file["images"][15, 1, 20, 20] = 1e9
    # The bright one is not in the sample.
    monkeypatch.setattr("trainer.packing.write._sample", lambda count: np.arange(8))
    packed(workspace)
    (entry,) = read_manifest(workspace.packed_folder).files
    assert entry.dtype == "float32"
    assert [path.suffix for path in workspace.packed_folder.glob("*.partial")] == []
    with workspace.survey(packed=True) as fast:
        assert fast.read(np.array([15]), crop=4).pixels.max() == np.float32(1e9)


def test_a_changed_source_is_told_and_read_itself_until_it_is_packed_again(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    packed(workspace)
    path = workspace.survey_files()[0].path
    write_slow(path, seed=5)
    os.utime(path, ns=(1, 1))
    with workspace.survey() as source, workspace.survey(packed=True) as fast:
        (sentence,) = fast.ignored_packs()
        assert "first.h5 has changed since it was packed" in sentence
        assert fast.pixel_sources() == ("source",)
        np.testing.assert_array_equal(
            fast.read(np.array([2])).pixels, source.read(np.array([2])).pixels
        )
    assert main(["inspect", str(workspace.folder)]) == 0
    assert "has changed since it was packed" in capsys.readouterr().out
    packed(workspace)
    with workspace.survey(packed=True) as fast:
        assert not fast.ignored_packs() and fast.pixel_sources() == ("packed float16",)
    # What the old manifest spoke of has gone.
    assert len(list(workspace.packed_folder.glob("*.npy"))) == 2


def test_added_files_alone_are_packed_the_next_time(workspace: Workspace, tmp_path: Path) -> None:
    packed(workspace)
    before = {path.name: path.stat().st_mtime_ns for path in workspace.packed_folder.glob("*.npy")}
    assert "packed already" in said(packed(workspace))
    workspace.add([write_slow(tmp_path / "data" / "second.h5", 12, seed=2)])
    with workspace.survey(packed=True) as mixed:
        assert mixed.pixel_sources() == ("packed float16", "source")
        assert mixed.read(np.array([25, 4, 31])).pixels.shape == (3, 5, CROP, CROP)
    assert "of 12 galaxies" in said(packed(workspace))
    after = {path.name: path.stat().st_mtime_ns for path in workspace.packed_folder.glob("*.npy")}
    assert len(after) == 4 and before.items() <= after.items()
    with workspace.survey() as source, workspace.survey(packed=True) as fast:
        assert fast.pixel_sources() == ("packed float16",)
        rows = np.array([31, 0, 20, 19])
        exact, copy = source.read(rows).pixels, fast.read(rows).pixels
        scale = NOISE[None, :, None, None]
        np.testing.assert_allclose(copy / scale, exact / scale, 6e-4, 2e-3)


def test_fast_files_are_packed_when_asked_only(tmp_path: Path) -> None:
    fast = write_slow(tmp_path / "fast.h5", chunk=1)
    workspace = Workspace.create(tmp_path / "survey", [fast], crop=CROP)
    assert "No file is slow to read" in said(packed(workspace))
    assert "of 20 galaxies" in said(packed(workspace, files="all"))
    # A larger side of slow files leaves the fast one's copy alone.
    packed(workspace, side=30)
    with workspace.survey(packed=True) as survey:
        assert survey.pixel_sources() == ("packed float16",)


def test_a_damaged_file_is_told_and_the_others_are_packed(
    workspace: Workspace, tmp_path: Path
) -> None:
    second = write_slow(tmp_path / "data" / "second.h5", seed=3)
    workspace.add([second])
    size = second.stat().st_size
    with second.open("r+b") as file:
        file.truncate(size // 2)
    message = said(packed(workspace))
    assert "second.h5 is truncated" in message and "20 galaxies are not packed" in message
    assert [entry.count for entry in read_manifest(workspace.packed_folder).files] == [20]


def test_a_cancelled_job_keeps_whole_files_and_no_half_ones(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.add([write_slow(tmp_path / "data" / "second.h5", 12, seed=2)])
    monkeypatch.setattr("trainer.packing.write.BLOCK", 4)
    monkeypatch.setattr("trainer.launch.context.CHECK_INTERVAL", 0.0)
    folder = workspace.folder / "runs" / "one"
    folder.mkdir(parents=True)

    def cancel_in_the_second(event: Event) -> None:
        if getattr(event, "unit", "") == "galaxies" and getattr(event, "done", 0) > 20:
            (folder / "cancel").touch()

    monkeypatch.setattr("trainer.events.MAXIMUM_RATE", 1e9)
    config = PackConfig(workspace=workspace.folder)
    with pytest.raises(JobCancelled):
        pack.run(config, JobContext(folder, cancel_in_the_second))
    assert [entry.count for entry in read_manifest(workspace.packed_folder).files] == [20]
    assert not list(workspace.packed_folder.glob("*.partial"))
    assert len(list(workspace.packed_folder.glob("*.npy"))) == 2


def test_a_disk_without_room_is_refused_before_anything_is_written(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(workspace.folder)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(WorkspaceError, match=r"Packing needs .* and 1\.0 kB are free"):
        packed(workspace)
    assert not list(workspace.packed_folder.glob("*.npy"))


@pytest.mark.parametrize("harm", ["truncated", "gone", "manifest", "other shape", "pickle"])
def test_damaged_packs_are_never_read(workspace: Workspace, harm: str) -> None:
    packed(workspace)
    folder = workspace.packed_folder
    (entry,) = read_manifest(folder).files
    pixels = folder / entry.pixels
    if harm == "truncated":
        pixels.write_bytes(pixels.read_bytes()[:500])
    elif harm == "gone":
        (folder / entry.missing).unlink()
    elif harm == "manifest":
        (folder / MANIFEST_NAME).write_text("{")
    elif harm == "other shape":
        np.save(pixels, np.zeros((20, 5, 4, 4), np.float16))
    else:
        np.save(pixels, np.array([{"a": 1}], object), allow_pickle=True)
    with workspace.survey() as source, workspace.survey(packed=True) as fast:
        assert fast.pixel_sources() == ("source",)
        rows = np.array([1, 2])
        np.testing.assert_array_equal(fast.read(rows).pixels, source.read(rows).pixels)
        assert bool(fast.ignored_packs()) == (harm != "manifest")


def test_names_in_a_manifest_can_not_leave_the_folder(workspace: Workspace) -> None:
    packed(workspace)
    path = workspace.packed_folder / MANIFEST_NAME
    facts = json.loads(path.read_text())
    facts["files"][0]["pixels"] = "../../secret.npy"
    path.write_text(json.dumps(facts))
    assert read_manifest(workspace.packed_folder).files == ()


@given(
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    side=st.integers(1, 40),
    wanted=st.integers(1, 40),
)
def test_a_crop_of_a_packed_crop_is_that_of_the_whole_or_not_taken(
    size: tuple[int, int], side: int, wanted: int
) -> None:
    side = min(side, *size)
    entry = PackedFile(
        source="", fingerprint="", first_row=0, count=1, bands=("r",), image_size=size,
        side=side, dtype="float16", factors=(1.0,), error=0, has_nan=False, pixels="a", missing="b",
    )  # fmt: skip
    from trainer.cutouts.crop import centre_crop

    whole = np.arange(size[0] * size[1]).reshape(size)
    if reaches(entry, wanted):
        inner = centre_crop(centre_crop(whole, side), wanted)
        np.testing.assert_array_equal(inner, centre_crop(whole, wanted))
    else:
        assert wanted > side or (min(size) - side) % 2 or (max(size) - side) % 2


def test_more_packed_copies_than_a_process_may_have_files_open_are_read(tmp_path: Path) -> None:
    entries = []
    for number in range(MOST_MAPPED):
        pixels, missing = f"{number}.pixels.npy", f"{number}.missing.npy"
        np.save(tmp_path / pixels, np.full((1, 1, 4, 4), number, np.float16))
        np.save(tmp_path / missing, np.zeros((1, 1), bool))
        entries.append(
            PackedFile(
                source="", fingerprint="", first_row=number, count=1, bands=("r",),
                image_size=(4, 4), side=4, dtype="float16", factors=(1.0,), error=0,
                has_nan=False, pixels=pixels, missing=missing,
            )
        )  # fmt: skip
    write_manifest(tmp_path, entries)
    packs = Packs(tmp_path)
    with few_files_allowed(MOST_MAPPED + 8):
        for number in range(MOST_MAPPED):
            file = SurveyFile(tmp_path / "gone.h5", 1, number)
            found = packs.read(file, np.array([0]), ("r",), 4, 0.0)
            assert found is not None and (found[0] == number).all()


def test_a_copy_that_is_gone_since_it_was_looked_at_is_read_from_its_source(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.mapped.MOST_MAPPED", 0)
    packed(workspace)
    rows = np.array([3, 5])
    with workspace.survey() as source, workspace.survey(packed=True) as fast:
        assert fast.pixel_sources() == ("packed float16",)
        # As where they are packed again, under other names.
        for path in workspace.packed_folder.glob("*.npy"):
            path.unlink()
        np.testing.assert_array_equal(fast.read(rows).pixels, source.read(rows).pixels)


def test_bands_in_another_order_and_another_process_read_the_same(workspace: Workspace) -> None:
    from trainer.cutouts.survey import Survey

    packed(workspace)
    rows = np.array([3, 5])
    with Survey(
        workspace.survey_files(), ("i", "u"), CROP, packs=Packs(workspace.packed_folder)
    ) as survey:
        first = survey.read(rows)
        again = pickle.loads(pickle.dumps(survey))
        np.testing.assert_array_equal(again.read(rows).pixels, first.pixels)
    with workspace.survey(packed=True) as whole:
        np.testing.assert_array_equal(first.pixels, whole.read(rows).pixels[:, [3, 0]])


def test_the_pixel_server_reads_crops_from_packs_and_wholes_from_the_source(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed(workspace)
    server = PixelServer()
    (file,) = workspace.survey_files()
    entry = {"path": str(file.path), "count": file.count, "first_row": 0}
    opened, _ = server.answer(
        {"id": 1, "op": "open", "workspace_files": [entry], "bands": list("ugriz"), "crop": CROP,
         "packed": str(workspace.packed_folder)}
    )  # fmt: skip
    assert opened["ok"]
    read: list[int] = []
    from trainer.cutouts.readers.unions import UnionsReader

    original = UnionsReader.read
    monkeypatch.setattr(
        UnionsReader, "read", lambda self, rows: read.extend(rows) or original(self, rows)
    )
    thumbnails = {"id": 2, "op": "thumbnails", "rows": [1, 2], "bands": [3, 2, 1], "size": 8}
    assert server.answer(thumbnails)[0]["rows"] == [1, 2]
    assert read == []
    _, arrays = server.answer({"id": 3, "op": "read", "rows": [1], "crop": None})
    assert arrays["pixels"].shape == (1, 5, SIDE, SIDE) and read == [1]


def test_pack_and_inspect_speak_on_the_command_line(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pack", str(workspace.folder)]) == 0
    assert "Packed the central 16 px of 20 galaxies" in capsys.readouterr().out
    assert main(["inspect", str(workspace.folder)]) == 0
    shown = capsys.readouterr().out
    assert "20 of 20 galaxies, the central 16 px as float16" in shown
    assert main(["pack", str(workspace.folder), "--side", "99"]) == 2
    assert "--side 99 does not fit" in capsys.readouterr().err
