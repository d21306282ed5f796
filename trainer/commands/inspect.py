"""Say what a cutout file, folder, checkpoint, catalogue or workspace is.

Nothing is changed and no whole file is loaded. Cutouts are known by what is inside them,
not by their names; a sample of them is read to find missing bands and the noise.
"""

from __future__ import annotations

import argparse
import json
import math
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.errors import FormatError

if TYPE_CHECKING:
    from trainer.workspace.workspace import Workspace

_CATALOGUE_ENDINGS = (".csv", ".ecsv", ".vot", ".votable", ".xml", ".parquet")
_EXAMPLES = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("path", type=Path, help="File or folder.")
    parser.add_argument(
        "--bands", metavar="u,g,r,…", help="Names of the bands, where a file has none of its own."
    )
    parser.add_argument("--json", action="store_true", help="Print JSON.")


def run(args: argparse.Namespace) -> int:
    """Print the facts; returns 0. Raises `AstroMaskError` for what is nothing that is known."""
    facts = describe(args.path, args.bands)
    if args.json:
        print(json.dumps(facts, indent=2, default=str))
    else:
        print("\n".join(_lines(facts)))
    return 0


def describe(path: Path, bands: str | None = None) -> dict[str, Any]:
    """JSON-able facts of a path; `kind` says what it is, `sentence` says it to people."""
    if not path.exists():
        raise FormatError(f"There is no file or folder {path}.")
    kind = _folder_kind(path) if path.is_dir() else _file_kind(path)
    if kind == "workspace":
        return _workspace(path)
    if kind == "checkpoint":
        return _checkpoint(path)
    if kind == "catalogue":
        return _catalogue(path)
    if path.is_file():
        from trainer.store.foreign import describe_embeddings, holds_embeddings

        if holds_embeddings(path):
            return describe_embeddings(path)
    from trainer.cutouts.bands import split_names
    from trainer.cutouts.inspection import describe_cutouts

    return describe_cutouts(path, split_names(bands) if bands else None)


def _folder_kind(path: Path) -> str:
    if (path / "workspace.toml").is_file():
        return "workspace"
    # A run of a pretraining: its folder stands for its best checkpoint.
    is_run = (path / "config.json").is_file() and any(path.glob("*.safetensors"))
    return "checkpoint" if is_run else "cutouts"


def _file_kind(path: Path) -> str:
    from trainer.cutouts.files import require_file
    from trainer.cutouts.picture_table import is_picture_table

    require_file(path)
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise FormatError(f"{path} can't be read: {error.strerror}.") from error
    if start.startswith(b"\x80") or start[8:].lstrip().startswith(b"{") or _is_torch_zip(path):
        return "checkpoint"
    if start.startswith(b"PAR1") or path.name.lower().endswith(_CATALOGUE_ENDINGS):
        return "cutouts" if is_picture_table(path) else "catalogue"
    if start.startswith(b"SIMPLE  ="):
        from trainer.cutouts.fits_file import holds_only_tables

        return "catalogue" if holds_only_tables(path) else "cutouts"
    return "cutouts"


def _is_torch_zip(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.endswith("data.pkl") for name in archive.namelist())


def _checkpoint(path: Path) -> dict[str, Any]:
    from trainer.model.checkpoint_info import describe_checkpoint

    facts = describe_checkpoint(path)
    decoder = "with its decoder" if facts["has_decoder"] else "without a decoder"
    sentence = f"A masked autoencoder's checkpoint, {decoder}."
    return {"kind": "checkpoint", "sentence": sentence, **facts}


def _workspace(path: Path) -> dict[str, Any]:
    from trainer.workspace.runs import list_runs
    from trainer.workspace.workspace import Workspace

    workspace = Workspace.open(path)
    settings = workspace.settings
    return {
        "kind": "workspace",
        "path": str(path),
        "sentence": f"A workspace of {len(workspace):,} galaxies, {settings.name}.",
        **settings.model_dump(mode="json"),
        "galaxies": len(workspace),
        "columns": workspace.columns.names(),
        "stores": workspace.stores(),
        "runs": [{"name": run.path.name, "state": run.state().status} for run in list_runs(path)],
        "packed": _packed(workspace),
        "missing_files": [str(file) for file in workspace.missing_files()],
        "warnings": [sentence] if (sentence := workspace.missing_sentence()) else [],
    }


def _packed(workspace: Workspace) -> dict[str, Any]:
    """How many galaxies have packed copies, in which numbers, and which copies are too old."""
    with workspace.survey(require_all=False, packed=True) as survey:
        assert survey.packs is not None
        found = [survey.packs.usable(file, survey.bands) for file in survey.files]
        ignored = survey.ignored_packs()
    used = [packed for packed in found if packed is not None]
    return {
        "galaxies": sum(packed.count for packed in used),
        "precision": sorted({packed.dtype for packed in used}),
        "sides": sorted({packed.side for packed in used}),
        "ignored": ignored,
    }


def _catalogue(path: Path) -> dict[str, Any]:
    from trainer.workspace.tables import DESCRIPTION, UNIT, read_table

    table = read_table(path)
    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        metadata = field.metadata or {}
        columns.append(
            {
                "name": field.name,
                "type": str(field.type),
                "unit": metadata.get(UNIT, b"").decode() or None,
                "description": metadata.get(DESCRIPTION, b"").decode() or None,
                "missing": column.null_count,
                **_range(column),
            }
        )
    return {
        "kind": "catalogue",
        "path": str(path),
        "sentence": f"A catalogue of {_counted(len(table), 'row')} and"
        f" {_counted(len(columns), 'column')}.",
        "rows": len(table),
        "columns": columns,
        "size_bytes": path.stat().st_size,
    }


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _range(column: Any) -> dict[str, Any]:
    """Least and greatest value of numbers; the first values of anything else."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        extremes = pc.min_max(column)
        return {"minimum": extremes["min"].as_py(), "maximum": extremes["max"].as_py()}
    return {"examples": column.drop_null().slice(0, _EXAMPLES).to_pylist()}


def _lines(facts: dict[str, Any]) -> list[str]:
    from trainer.cutouts.inspection_text import cutout_lines

    text = {
        "workspace": _workspace_lines,
        "checkpoint": _checkpoint_lines,
        "catalogue": _catalogue_lines,
        "embeddings": _embedding_lines,
    }.get(facts["kind"], cutout_lines)
    return [facts["path"], facts["sentence"], "", *text(facts)]


def _workspace_lines(facts: dict[str, Any]) -> list[str]:
    from trainer.cutouts.inspection_text import aligned, listed

    height, width = facts["image_size"]
    zero_points = facts["zero_points"]
    runs = [f"{run['name']} ({run['state']})" for run in facts["runs"]]
    pairs = [
        ("Galaxies", f"{facts['galaxies']:,}"),
        ("Files", str(len(facts["files"]))),
        ("Bands", " ".join(facts["bands"])),
        ("Size", f"{height} × {width} px"),
        ("Crop", f"{facts['crop']} px" if facts["crop"] else "none"),
        (
            "Pixel scale",
            f"{facts['pixel_scale']:g} arcsec" if facts["pixel_scale"] else "not known",
        ),
        ("Zero-points", " ".join(f"{z:g}" for z in zero_points) + " AB mag" if zero_points else ""),
        ("Columns", listed(facts["columns"])),
        ("Embeddings", listed(facts["stores"]) or "none yet"),
        ("Packed", _packed_text(facts["packed"], facts["galaxies"])),
        ("Runs", listed(runs) or "none yet"),
    ]
    said = [
        *facts["warnings"],
        *facts["packed"]["ignored"],
        *(f"Left out: {bad['reason']}" for bad in facts["bad_files"]),
    ]
    return [*aligned(pairs), *(line for sentence in said for line in ("", sentence))]


def _packed_text(packed: dict[str, Any], galaxies: int) -> str:
    if not packed["galaxies"]:
        return ""
    sides = ", ".join(map(str, packed["sides"]))
    kinds = " and ".join(packed["precision"])
    return f"{packed['galaxies']:,} of {galaxies:,} galaxies, the central {sides} px as {kinds}"


def _checkpoint_lines(facts: dict[str, Any]) -> list[str]:
    from trainer.cutouts.inspection_text import aligned, size_text

    bands, decoder, scaling = facts["bands"], facts["decoder"], facts["scaling"]
    named = f"{bands}, not named" if isinstance(bands, int) else " ".join(bands)
    heads = facts["heads"] if facts["heads"] is not None else "not known"
    pairs = [
        ("Format", facts["format"]),
        ("Image", f"{facts['image']} × {facts['image']} px in patches of {facts['patch']} px"),
        ("Bands", named),
        ("Encoder", f"width {facts['width']}, depth {facts['depth']}, heads {heads}"),
        ("Decoder", _decoder_text(decoder) if decoder else "none"),
        ("Parameters", f"{facts['parameters']:,} as {facts['dtype']}"),
        ("Scaling", scaling["kind"] if scaling else "not stated"),
        ("Epoch", str(facts["epoch"]) if facts["epoch"] is not None else "not stated"),
        ("SHA-256", facts["sha256"]),
        ("File", size_text(facts["size_bytes"])),
    ]
    return [*aligned(pairs), *(line for note in facts["notes"] for line in ("", note))]


def _decoder_text(decoder: dict[str, Any]) -> str:
    known = {name: "not known" if value is None else value for name, value in decoder.items()}
    return ", ".join(f"{name} {value}" for name, value in known.items())


def _embedding_lines(facts: dict[str, Any]) -> list[str]:
    from trainer.cutouts.inspection_text import aligned, listed, size_text

    known = facts["coordinates"]
    pairs = [
        ("Vectors", f"{facts['count']:,} of length {facts['dimension']} in `{facts['dataset']}`"),
        ("Identifiers", listed(facts["identifiers"]) or "none"),
        ("Coordinates", f"of {known:,}" if known else "none"),
        ("Columns", listed(facts["columns"])),
        ("Stored as", f"{facts['dtype']}; {size_text(facts['size_bytes'])}"),
    ]
    taken = "`astromask import-embeddings WORKSPACE FILE` takes them into a workspace."
    return [*aligned(pairs), "", taken]


def _catalogue_lines(facts: dict[str, Any]) -> list[str]:
    rows = [("column", "type", "unit", "values", "missing")]
    for column in facts["columns"]:
        missing = f"{column['missing']:,}" if column["missing"] else ""
        unit = column["unit"] or ""
        rows.append((column["name"], column["type"], unit, _values_text(column), missing))
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return [
        "  "
        + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _values_text(column: dict[str, Any]) -> str:
    if "examples" in column:
        return ", ".join(str(value)[:24] for value in column["examples"]) or "none"
    low, high = column["minimum"], column["maximum"]
    if low is None or not all(map(math.isfinite, (low, high))):
        return "none" if low is None else f"{low} … {high}"
    return f"{low:.6g} … {high:.6g}"
