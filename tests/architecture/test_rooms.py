"""Rules of the house that import-linter can't hold."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*ROOT.glob("trainer/**/*.py"), *ROOT.glob("astromask_gui/**/*.py")])
STATE = sorted((ROOT / "astromask_gui" / "state").glob("*.py"))
STATE_MAY_IMPORT = {"PyQt6.QtCore", "numpy", "numpy.typing"}
FORBIDDEN_CALLS = {"eval", "exec", "pickle.load", "pickle.loads", "torch.jit.load", "joblib.load"}


def imported_modules(path: Path) -> set[str]:
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
    return modules


def name_of_call(node: ast.Call) -> str:
    return ast.unparse(node.func)


@pytest.mark.parametrize("path", STATE, ids=lambda path: path.stem)
def test_state_imports_qtcore_numpy_and_value_types_only(path: Path) -> None:
    foreign = {
        module
        for module in imported_modules(path)
        if module not in STATE_MAY_IMPORT
        and module.split(".")[0] not in sys.stdlib_module_names
        and not module.startswith("astromask_gui.state")
    }
    assert not foreign, f"{path.name} imports {foreign}: state holds facts, services fetch them"


def test_init_files_stay_empty() -> None:
    """One convenience re-export would drag torch into the window's start-up."""
    full = [path for path in SOURCES if path.name == "__init__.py" and path.stat().st_size]
    assert not full


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_from_a_file_is_run(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = {name_of_call(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not calls & FORBIDDEN_CALLS


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_torch_loads_weights_only_and_numpy_no_pickles(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        given = {word.arg: ast.unparse(word.value) for word in node.keywords}
        if name_of_call(node) == "torch.load":
            assert given.get("weights_only") == "True", f"line {node.lineno}"
        if name_of_call(node) in ("np.load", "numpy.load"):
            assert given.get("allow_pickle", "False") == "False", f"line {node.lineno}"
