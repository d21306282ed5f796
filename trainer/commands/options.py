"""Command-line options made from the fields of a job's configuration."""

from __future__ import annotations

import argparse
import os
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from trainer.errors import QueryError

Config = TypeVar("Config", bound=BaseModel)

_FIXED = "kind"
_POSITIONAL = "workspace"


def add_config_arguments(
    parser: argparse.ArgumentParser, model: type[BaseModel], skip: Sequence[str] = ()
) -> None:
    """Add `workspace` as an argument and every other field of `model` as an option.

    A field `mask_ratio` becomes `--mask-ratio`; a bool also gets its `--no-` form; the
    names in `skip` are left out.
    """
    for name, field in model.model_fields.items():
        if name == _FIXED or name in skip:
            continue
        if name == _POSITIONAL:
            parser.add_argument(name, type=Path, help=field.description)
        else:
            parser.add_argument(_option(name), dest=name, **_keywords(field))


def config_from_args(model: type[Config], args: argparse.Namespace) -> Config:
    """The configuration that parsed `args` describe; paths become absolute.

    Options that weren't given take the model's defaults. Raises `QueryError` naming the
    option whose value does not fit.
    """
    values = {
        name: _absolute(value)
        for name, value in vars(args).items()
        if name in model.model_fields and value is not None
    }
    try:
        return model(**values)
    except ValidationError as error:
        raise QueryError(_sentences(error)) from error


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _keywords(field: FieldInfo) -> dict[str, Any]:
    kind = _without_none(field.annotation)
    keywords: dict[str, Any] = {"default": None, "help": _help(field)}
    if field.is_required():
        keywords["required"] = True
    if kind is bool:
        keywords["action"] = argparse.BooleanOptionalAction
    elif get_origin(kind) is Literal:
        keywords["choices"] = get_args(kind)
        keywords["type"] = type(get_args(kind)[0])
    else:
        keywords["type"] = kind
        keywords["metavar"] = {int: "N", float: "X", Path: "PATH"}.get(kind, "NAME")
    return keywords


def _without_none(annotation: Any) -> Any:
    """`X` of `X | None`."""
    if get_origin(annotation) in (Union, types.UnionType):
        (annotation,) = (part for part in get_args(annotation) if part is not type(None))
    return annotation


def _help(field: FieldInfo) -> str:
    text = (field.description or "").replace("%", "%%")
    if field.is_required() or field.default is None:
        return text
    default = field.default
    if isinstance(default, bool):
        default = "yes" if default else "no"
    return f"{text} Default: {default}."


def _absolute(value: Any) -> Any:
    return absolute(value) if isinstance(value, Path) else value


def absolute(path: Path) -> Path:
    """The path for a job, which may run from another folder than the one it was typed in."""
    # Not by `Path.expanduser`, which raises where there is no such user.
    return Path(os.path.expanduser(path)).absolute()


def _sentences(error: ValidationError) -> str:
    parts = []
    for fault in error.errors(include_url=False):
        name = _option(str(fault["loc"][0])) if fault["loc"] else "The options"
        message = fault["msg"].removeprefix("Value error, ")
        parts.append(f"{name} {fault['input']!r} does not fit: {message}.")
    return " ".join(parts)
