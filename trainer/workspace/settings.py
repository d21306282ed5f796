"""`workspace.toml`: what a workspace is called, where its cutouts are, and what they are."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trainer.atomic import write_text
from trainer.errors import WorkspaceError

SETTINGS_FILE = "workspace.toml"
VERSION = 1

JoinBy: TypeAlias = Literal["id", "sky"]
"""Whether objects were matched by identifier or by position."""

PACKED_FOLDER = "packed"

OWN_FOLDERS = (
    "embeddings",
    "labels",
    "measures",
    "scores",
    "selections",
    "thumbnails",
    "runs",
    "cache",
    "exports",
    PACKED_FOLDER,
)
"""What a workspace makes in its folder; never taken for cutouts."""

_HEADER = """\
# A workspace of AstroMASK. Cutouts that lie in this folder or beside it are given relative
# to it, so that they may be moved together; `astromask relink` mends paths.
"""


class FileEntry(BaseModel):
    """One file (or folder) of cutouts and the rows of the catalogue that it holds."""

    model_config = ConfigDict(frozen=True)

    path: str
    """Relative to the workspace where the file lies in or beside it, else absolute."""
    absolute: str | None = None
    """Where a file beside the workspace was, for when the workspace alone is moved."""
    count: int = Field(ge=0)
    first_row: int = Field(ge=0)


class BadFile(BaseModel):
    """A file that was to be part of the survey and could not be."""

    model_config = ConfigDict(frozen=True)

    path: str
    reason: str


class JoinRecord(BaseModel):
    """A catalogue of others that was joined, and how: enough to join it to later rows too."""

    model_config = ConfigDict(frozen=True)

    path: str
    by: JoinBy
    own: str = ""
    """Column of the workspace that identified objects; "" for its own identifiers."""
    other: str = ""
    """Column of the catalogue that identified objects."""
    ra: str = ""
    dec: str = ""
    """Columns of the catalogue with positions in degrees."""
    radius: float = Field(default=1.0, gt=0)
    """Arcsec within which two positions were one object."""
    columns: tuple[str, ...] | None = None
    """Columns that were taken; None, before that is decided, for all but ids and positions."""
    names: tuple[str, ...] = ()
    """What these are called in the workspace."""
    joined: str = ""
    """ISO 8601, UTC."""


class WorkspaceSettings(BaseModel):
    """Everything in `workspace.toml`."""

    # TOML's words for what is no number are not those of JSON, and nothing here can be one.
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    version: int = VERSION
    name: str
    created: str = Field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    """ISO 8601, UTC."""
    bands: tuple[str, ...] = Field(min_length=1)
    image_size: tuple[int, int]
    """Height and width of a whole cutout, pixels."""
    crop: int | None = Field(default=None, ge=1)
    """Side of the centre that the model sees, pixels; None for the whole cutout."""
    pixel_scale: float | None = Field(default=None, gt=0)
    """Arcsec per pixel."""
    zero_points: tuple[float, ...] | None = None
    """AB magnitude of one count, by band."""
    files: tuple[FileEntry, ...] = ()
    bad_files: tuple[BadFile, ...] = ()
    joins: tuple[JoinRecord, ...] = ()
    """Catalogues of others that were joined, in that order."""

    @property
    def rows(self) -> int:
        """Galaxies in all files."""
        return sum(file.count for file in self.files)


def read_settings(folder: Path) -> WorkspaceSettings:
    """The settings of the workspace at `folder`. Raises `WorkspaceError`."""
    path = folder / SETTINGS_FILE
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        settings = WorkspaceSettings.model_validate(values)
    except FileNotFoundError:
        reason = f"it has no {SETTINGS_FILE}" if folder.is_dir() else "there is no such folder"
        raise WorkspaceError(
            f"{folder} is no workspace: {reason}. `astromask new` makes one."
        ) from None
    except NotADirectoryError:
        raise WorkspaceError(
            f"{folder} is a file; the folder of a workspace was expected."
        ) from None
    except OSError as error:
        raise WorkspaceError(f"{path} can't be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{path} is not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise WorkspaceError(f"{path}: {where}: {first['msg']}.") from error
    if settings.version > VERSION:
        raise WorkspaceError(
            f"{path} is of version {settings.version}; this program knows up to {VERSION}."
        )
    return settings


def write_settings(folder: Path, settings: WorkspaceSettings) -> None:
    """Write `workspace.toml` in one step. Raises `WorkspaceError`."""
    values = settings.model_dump(mode="json", exclude_none=True)
    write_text(folder / SETTINGS_FILE, _HEADER + _to_toml(values))


def entry_for(folder: Path, path: Path, count: int, first_row: int) -> FileEntry:
    """How the settings of the workspace at `folder` name the file at `path`."""
    # Not resolved: a link that the user made is the user's word.
    target, home = os.path.abspath(path), os.path.abspath(folder)
    if _is_inside(target, home):
        return FileEntry(path=_relative(target, home), count=count, first_row=first_row)
    if _is_inside(target, os.path.dirname(home)):
        relative = _relative(target, home)
        return FileEntry(path=relative, absolute=target, count=count, first_row=first_row)
    return FileEntry(path=target, count=count, first_row=first_row)


def resolve(folder: Path, entry: FileEntry) -> Path:
    """Where the file of `entry` is; where it should be if it is nowhere."""
    # Joining an absolute path gives that path.
    path = Path(os.path.normpath(Path(os.path.abspath(folder)) / entry.path))
    if entry.absolute is not None and not path.exists() and os.path.exists(entry.absolute):
        return Path(entry.absolute)
    return path


def _is_inside(path: str, folder: str) -> bool:
    # A parent folder that is the root holds everything; that is not "beside".
    return folder != os.path.dirname(folder) and path.startswith(folder + os.sep)


def _relative(path: str, folder: str) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _to_toml(values: Mapping[str, Any]) -> str:
    plain = {key: value for key, value in values.items() if not _is_table_list(value)}
    lines = [f"{key} = {_toml_value(value)}" for key, value in plain.items()]
    for key in (key for key in values if key not in plain):
        for table in values[key]:
            lines += ["", f"[[{key}]]"]
            lines += [f"{name} = {_toml_value(value)}" for name, value in table.items()]
    return "\n".join(lines) + "\n"


def _is_table_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _toml_value(value: Any) -> str:
    # JSON's strings, numbers, booleans and lists are TOML's, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
