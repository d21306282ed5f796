"""The forms of jobs, made from their configurations, so that the two can't drift apart."""

from __future__ import annotations

import types
import typing
from pathlib import Path
from typing import Any, Literal, Union

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from astromask_gui.state.jobs import FormField, JobForm
from trainer.config import (
    EmbedConfig,
    PackConfig,
    PlaceConfig,
    PretrainConfig,
    ProjectConfig,
    ReconstructConfig,
)

FORMS: dict[str, tuple[type[BaseModel], str]] = {
    "embed": (EmbedConfig, "Embed"),
    "project": (ProjectConfig, "Project"),
    "place": (PlaceConfig, "Place"),
    "reconstruct": (ReconstructConfig, "Surprise"),
    "pretrain": (PretrainConfig, "Pretrain"),
    "pack": (PackConfig, "Pack"),
}
_HIDDEN = {"kind", "workspace"}
_BASIC = {
    "embed": {"checkpoint", "name", "pool", "orientations"},
    "project": {"store", "method", "neighbours"},
    "place": {"store", "projection"},
    "reconstruct": {"checkpoint", "masks", "mask_ratio"},
    "pretrain": {"model", "patch", "mask_ratio", "epochs", "batch_size", "lr"},
    "pack": {"files", "precision"},
}
_TITLES = {"lr": "Learning rate", "min_dist": "Minimum distance", "norm_pix_loss": "Norm. targets"}

Kind = Literal["integer", "number", "choice", "boolean", "text", "path"]
_KINDS: dict[Any, Kind] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "text",
    Path: "path",
}


def job_forms(checkpoint: Path | None, store: str | None) -> tuple[JobForm, ...]:
    """The kinds of job that can be started, the open checkpoint and store filled in."""
    known = {"checkpoint": str(checkpoint) if checkpoint else None, "store": store}
    return tuple(_form(kind, model, title, known) for kind, (model, title) in FORMS.items())


def typed_values(config: dict[str, Any]) -> dict[str, Any]:
    """A filled-in form as its configuration takes it: no empty texts, numbers as numbers."""
    model, _ = FORMS.get(str(config.get("kind")), (None, ""))
    fields = model.model_fields if model else {}
    values = {name: value for name, value in config.items() if value not in ("", None)}
    for name, value in values.items():
        if name in fields and isinstance(value, str):
            # A choice is shown as text, and may stand for a number.
            allowed = {str(choice): choice for choice in _choices(_plain_type(fields[name]))}
            values[name] = allowed.get(value, value)
    return values


def _form(kind: str, model: type[BaseModel], title: str, known: dict[str, Any]) -> JobForm:
    fields = [
        _field(name, info, known.get(name), advanced=name not in _BASIC[kind])
        for name, info in model.model_fields.items()
        if name not in _HIDDEN
    ]
    # What is asked most comes first.
    fields.sort(key=lambda field: field.advanced)
    return JobForm(kind, title, (model.__doc__ or "").strip(), tuple(fields))


def _field(name: str, info: FieldInfo, known: Any, *, advanced: bool) -> FormField:
    plain = _plain_type(info)
    choices = tuple(str(choice) for choice in _choices(plain))
    default = known if info.default in (None, PydanticUndefined) else info.default
    low, high = _limits(info)
    return FormField(
        name=name,
        title=_TITLES.get(name, name.replace("_", " ").capitalize()),
        help=info.description or "",
        kind="choice" if choices else _KINDS[plain],
        default=str(default) if choices and default is not None else default,
        minimum=low,
        maximum=high,
        choices=choices,
        advanced=advanced,
    )


def _plain_type(info: FieldInfo) -> Any:
    """The field's type, without the None that an optional one allows."""
    annotation = info.annotation
    if typing.get_origin(annotation) in (Union, types.UnionType):
        parts = [part for part in typing.get_args(annotation) if part is not type(None)]
        return parts[0]
    return annotation


def _choices(annotation: Any) -> tuple[Any, ...]:
    return typing.get_args(annotation) if typing.get_origin(annotation) is Literal else ()


def _limits(info: FieldInfo) -> tuple[float | None, float | None]:
    low = high = None
    for rule in info.metadata:
        low = next((getattr(rule, key) for key in ("ge", "gt") if hasattr(rule, key)), low)
        high = next((getattr(rule, key) for key in ("le", "lt") if hasattr(rule, key)), high)
    return low, high
