"""The dialog of the map's figure."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from astromask_gui.state.exports import Export, FigureOptions
from astromask_gui.state.view import Colouring
from astromask_gui.windows import dialogs_ahead
from astromask_gui.windows.dialogs_ahead import DIALOGS, import_dialogs
from astromask_gui.windows.export_dialog import ExportDialog
from astromask_gui.windows.export_form import OWN_SIZE
from astromask_gui.windows.main_window import MainWindow
from tests.gui.map_scene import Scene


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    made = Scene(qtbot)
    made.fill()
    # Previews are drawn at once, in this thread.
    exports = made.state.exports
    exports.preview_requested.connect(
        lambda number, draw: exports.preview_made.emit(number, draw())
    )
    yield made
    made.map.close_frames()


def open_dialog(scene: Scene, qtbot: QtBot) -> ExportDialog:
    gathered = scene.map.scene()
    assert gathered is not None
    dialog = ExportDialog(scene.state.exports, gathered, "survey UMAP", scene.map)
    dialog.open()
    qtbot.waitExposed(dialog)
    return dialog


def test_every_dialog_that_is_imported_late_is_imported_ahead_of_its_use() -> None:
    import_dialogs().join()
    folder = Path(dialogs_ahead.__file__).parent
    late = set()
    for path in folder.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        inner = [node for function in functions for node in ast.walk(function)]
        late |= {node.module for node in inner if isinstance(node, ast.ImportFrom)}
    late = {str(name) for name in late if str(name).startswith("astromask_gui.windows.")}
    assert late == {f"astromask_gui.windows.{name}" for name in DIALOGS}
    assert late <= set(sys.modules)


def test_a_file_is_asked_for_as_the_form_says(scene: Scene, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = open_dialog(scene, qtbot)
    form = dialog.form
    form.format.setCurrentIndex(1)
    form.title_text.setText("Blobs")
    form.dpi.setValue(450)
    form.marks.setChecked(False)
    asked: list[Export] = []
    scene.state.exports.write_requested.connect(asked.append)
    dialog.export_to(tmp_path / "map.svg")
    assert asked[0].path == tmp_path / "map.svg"
    made = asked[0].make()
    assert made.data.startswith(b"<?xml") and b"Blobs" in made.data
    assert made.words.endswith("450 dots per inch")


def test_the_choice_is_remembered(scene: Scene, qtbot: QtBot) -> None:
    dialog = open_dialog(scene, qtbot)
    dialog.form.size_choice.setCurrentText("Two columns, 18.2 cm")
    dialog.form.size_choice.textActivated.emit("Two columns, 18.2 cm")
    dialog.form.format.setCurrentIndex(2)
    dialog.form.style_choice.setCurrentIndex(1)
    wanted = dialog.form.options()
    qtbot.waitUntil(lambda: scene.state.exports.options == wanted)
    dialog.reject()
    again = open_dialog(scene, qtbot)
    assert again.form.options() == wanted
    assert wanted == FigureOptions("png", 18.2, None, 300, 8.0, paper=False)
    again.reject()


def test_presets_set_the_numbers_and_other_numbers_are_an_own_size(
    scene: Scene, qtbot: QtBot
) -> None:
    form = open_dialog(scene, qtbot).form
    assert form.size_choice.currentText() == "One column, 8.9 cm"
    assert not form.height_cm.isEnabled()
    form.size_choice.textActivated.emit("Slide, 16:9")
    options = form.options()
    assert (options.width_cm, options.height_cm, options.text_pt) == (25.4, 14.29, 14.0)
    assert form.height_cm.isEnabled()
    form.width_cm.setValue(20.0)
    assert form.size_choice.currentText() == OWN_SIZE
    form.width_cm.setValue(25.4)
    assert form.size_choice.currentText() == "Slide, 16:9"


def test_a_preview_is_shown_with_the_height_it_has(scene: Scene, qtbot: QtBot) -> None:
    dialog = open_dialog(scene, qtbot)
    picture = dialog.preview.pixmap()
    assert not picture.isNull()
    height = dialog.form.width_cm.value() * picture.height() / picture.width()
    assert dialog.form.height_cm.value() == pytest.approx(height, abs=0.02)


def test_a_sentence_stands_where_the_preview_would(scene: Scene, qtbot: QtBot) -> None:
    dialog = open_dialog(scene, qtbot)
    exports = scene.state.exports
    exports.preview_failed.emit(exports.newest_preview, "There is no room for the map.")
    assert dialog.error.text() == "There is no room for the map."
    assert not dialog.export_button.isEnabled()
    exports.preview_failed.emit(exports.newest_preview - 1, "An older one's.")
    assert dialog.error.text() == "There is no room for the map."


def test_print_safe_colours_are_offered_for_a_continuous_column_only(
    scene: Scene, qtbot: QtBot
) -> None:
    for colouring, offered in (
        (Colouring("class"), False),
        (Colouring("mag"), True),
        (Colouring("mag", map_name="cividis"), False),
    ):
        scene.state.view.set_colouring(colouring)
        dialog = open_dialog(scene, qtbot)
        assert dialog.form.print_safe.isVisible() is offered
        dialog.form.print_safe.setChecked(True)
        assert dialog.form.options().print_safe is offered
        dialog.reject()


def test_the_window_exports_and_copies_the_map(qtbot: QtBot, state) -> None:
    window = MainWindow(state)
    qtbot.addWidget(window)
    window.show()
    actions = {spec.text: action for spec, action in window.actions_made}
    actions["E&xport the map …"].trigger()
    (dialog,) = window.findChildren(ExportDialog)
    assert dialog._name == "sixty umap-0"
    dialog.reject()
    actions["Cop&y the map"].trigger()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    copied = clipboard.pixmap()
    assert copied.size() == window.map.canvas.size()
    assert state.messages.history[-1].text == "The map is on the clipboard."
    window.close()
