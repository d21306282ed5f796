"""Writing files so that a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from trainer.errors import WorkspaceError

PARTIAL_SUFFIX = ".partial"
"""Ends the name of a file that is still being written, so that no `*.parquet` finds it."""

STALE_AFTER = 24 * 3600.0
"""Seconds after which a partial file can only be what a killed program left."""

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_NO_PERMISSION = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextlib.contextmanager
def atomic_path(path: Path | str, *, durable: bool = True) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` on success, else remove it.

    The temporary name ends in `.partial`: hand writers that look at the suffix an open
    file or a format. Data and rename are on the disk when this returns; not `durable`, a
    power cut may lose what can be made again (thousands of small files are then written
    far faster). Raises `WorkspaceError` where the folder can't be written or the disk is full.
    """
    target = Path(path)
    temporary = partial_path(target)
    with disk_errors(target):
        try:
            yield temporary
            publish(temporary, target, durable=durable)
        finally:
            # A failure to tidy up must not hide the error that brought us here.
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def partial_path(target: Path) -> Path:
    """A temporary name beside `target` that no other program uses."""
    return target.with_name(f"{target.name}.{os.getpid()}-{secrets.token_hex(4)}{PARTIAL_SUFFIX}")


def publish(temporary: Path, target: Path, *, durable: bool = True) -> None:
    """Give a file that has been written its name; data and name are then on the disk."""
    if durable:
        _flush_to_disk(temporary)
    os.replace(temporary, target)
    if durable:
        _flush_folder(target.parent)


def publish_folder(temporary: Path, target: Path, old: Path) -> None:
    """Give a folder of files that has been written its name, and remove what had it before.

    What is there already is called `old` for a moment, and is not removed before the new one
    is on the disk.
    """
    for path in temporary.iterdir():
        _flush_to_disk(path)
    _flush_folder(temporary)
    if target.exists():
        target.rename(old)
    temporary.rename(target)
    _flush_folder(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def write_bytes(path: Path | str, data: bytes) -> None:
    """Write `data` to `path` in one step. Raises `WorkspaceError`."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)


def write_text(path: Path | str, text: str) -> None:
    """Write `text` as UTF-8 to `path` in one step. Raises `WorkspaceError`."""
    write_bytes(path, text.encode())


@contextlib.contextmanager
def disk_errors(path: Path | str) -> Iterator[None]:
    """Turn a missing permission or a full disk while writing `path` into a `WorkspaceError`."""
    try:
        yield
    except OSError as error:
        sentence = disk_sentence(error, Path(path))
        if sentence is None:
            raise
        raise WorkspaceError(sentence) from error


def disk_sentence(error: OSError, path: Path) -> str | None:
    """What a user can do about `error`, met while writing `path`; None where it is another."""
    if error.errno in _NO_SPACE:
        return (
            f"There is no space left to write {path}{_free_space(path.parent)}. What was there"
            " before is unchanged; free some space and try again."
        )
    if error.errno in _NO_PERMISSION:
        place = path.parent if error.filename is None else error.filename
        return (
            f"{path} can't be written: you have no permission to write to {place}. Choose"
            " another folder or change its permissions."
        )
    if error.errno in {errno.ENOENT, errno.ENOTDIR} and not path.parent.is_dir():
        return f"{path} can't be written: there is no folder {path.parent}."
    return None


def remove_stale(folder: Path) -> None:
    """Remove partial files directly in `folder` that a killed program left a day ago or more."""
    for partial in folder.glob(f"*{PARTIAL_SUFFIX}"):
        # It may vanish meanwhile, or belong to someone else; either is harmless.
        with contextlib.suppress(OSError):
            if time.time() - partial.stat().st_mtime > STALE_AFTER:
                partial.unlink()


def _flush_to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":  # Windows can't open a folder.
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # Some network disks refuse this; the rename itself has happened by then.
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _free_space(folder: Path) -> str:
    try:
        return f" ({shutil.disk_usage(folder).free / 2**20:.0f} MiB free)"
    except OSError:
        return ""
