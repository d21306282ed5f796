"""A line for conditions in SQL, which completes the names of columns and says what is wrong."""

from __future__ import annotations

import re

from PyQt6.QtCore import QSize, QStringListModel, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QCompleter, QLineEdit, QMenu, QVBoxLayout, QWidget

from astromask_gui.icons import icon
from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.conditions import FILTER

_PAUSE_MS = 350
"""After the last key, until the number that a condition leaves is asked for."""
_WORD = re.compile(r'"?\w*$')
_PLAIN = re.compile(r"[A-Za-z_]\w*")
_WIDEST_MENU, _IN_MENU = 60, 12


class SqlField(QWidget):
    """Tries what is typed, and makes a filter of it with Return."""

    def __init__(self, state: ApplicationState) -> None:
        super().__init__()
        self._state = state
        self._name: str | None = None
        """The filter that is being changed; None for a new one."""
        self._number = 0
        """Of the answer that is awaited."""
        self._is_applied = False
        self.line = _Line()
        self.sentence = label("", "small", wrap=True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._build()
        self._connect_signals()
        self.follow_columns()

    def _build(self) -> None:
        self.line.setPlaceholderText("Condition: mag_r < 20")
        self.line.setAccessibleName("Condition in SQL")
        self.line.setToolTip(
            "A condition in SQL over the columns, such as mag_r &lt; 20 AND type = 'lens'.<br>"
            "Return filters; Up and Down bring back earlier ones."
        )
        self.earlier = self.line.addAction(
            icon("history"), QLineEdit.ActionPosition.TrailingPosition
        )
        assert self.earlier is not None
        self.earlier.setToolTip("Earlier conditions")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self.sentence)
        self.sentence.hide()

    def _connect_signals(self) -> None:
        state = self._state
        self.line.textEdited.connect(self._follow_text)
        self.line.returnPressed.connect(self.apply)
        self.line.history_wanted.connect(self._step)
        self._pause.timeout.connect(self._try)
        assert self.earlier is not None
        self.earlier.triggered.connect(self._open_history)
        state.columns.changed.connect(self.follow_columns)
        state.conditions.answered.connect(self._take_count)
        state.conditions.refused.connect(self._take_fault)
        state.conditions.edit_wanted.connect(self.edit)
        state.filters.listed.connect(self._follow_filters)
        self._place_in_history = -1

    def follow_style(self) -> None:
        """Take the colours of the style in force."""
        assert self.earlier is not None
        self.earlier.setIcon(icon("history"))

    def follow_columns(self) -> None:
        """Complete the names of these columns from now on."""
        columns = self._state.columns
        entries = []
        for name in columns.names():
            column = columns.column(name)
            if column is not None:
                entries.append((name, ", ".join(filter(None, (column.kind, column.unit)))))
        self.line.set_words(entries)

    def edit(self, name: str, expression: str) -> None:
        """Bring back a filter's expression, to be changed."""
        self._name = name
        self.line.setText(expression)
        self._say("Return changes the filter; Escape leaves it.")
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def apply(self) -> None:
        """Make a filter of what stands in the line."""
        expression = self.line.text().strip()
        self._pause.stop()
        if not expression:
            self._say("")
            return
        self._is_applied = True
        self._number = self._state.conditions.apply(expression, self._name or self._free_name())

    def _free_name(self) -> str:
        taken, number = self._state.filters.items(), 1
        while f"{FILTER}{number}" in taken:
            number += 1
        return f"{FILTER}{number}"

    def _follow_text(self) -> None:
        self._place_in_history = -1
        self._say("")
        self._pause.start()

    def _try(self) -> None:
        expression = self.line.text().strip()
        if expression:
            self._is_applied = False
            self._number = self._state.conditions.try_out(expression)

    def _follow_filters(self) -> None:
        if self._name is not None and self._name not in self._state.filters.items():
            self._name = None

    # -- answers -------------------------------------------------------------------------

    def _take_count(self, number: int, count: int) -> None:
        if number != self._number:
            return
        if self._is_applied:
            # It is a chip now.
            self._name = None
            self.line.clear()
            self._say("" if count else "No galaxy fulfils this condition.")
        else:
            self._say(f"{count:,} of {self._state.filters.size:,} galaxies fulfil this.")

    def _take_fault(self, number: int, sentence: str) -> None:
        # What is still being typed is not yet wrong.
        if number == self._number and self._is_applied:
            self._say(sentence, role="error")

    def _say(self, sentence: str, role: str = "small") -> None:
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        if self.sentence.property("role") != role:
            self.sentence.setProperty("role", role)
            style = self.sentence.style()
            assert style is not None
            style.polish(self.sentence)

    # -- history -------------------------------------------------------------------------

    def _step(self, step: int) -> None:
        history = self._state.conditions.history
        place = min(max(self._place_in_history + step, -1), len(history) - 1)
        if place != self._place_in_history:
            self._place_in_history = place
            self.line.setText(history[place] if place >= 0 else "")

    def _open_history(self) -> None:
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.line.mapToGlobal(self.line.rect().bottomLeft()))

    def make_menu(self) -> QMenu:
        """The conditions used last."""
        menu = QMenu(self)
        for expression in self._state.conditions.history[:_IN_MENU]:
            is_long = len(expression) > _WIDEST_MENU
            words = expression[:_WIDEST_MENU] + "…" if is_long else expression
            action = menu.addAction(words.replace("&", "&&"))
            assert action is not None
            action.triggered.connect(lambda _, text=expression: self._bring(text))
        if menu.isEmpty():
            nothing = menu.addAction("No conditions yet")
            assert nothing is not None
            nothing.setEnabled(False)
        return menu

    def _bring(self, expression: str) -> None:
        self.line.setText(expression)
        self.line.setFocus()
        self._try()


class _Line(QLineEdit):
    """Completes the word before the cursor, unless it stands in a text in quotes."""

    history_wanted = pyqtSignal(int)
    """One condition further back, or one forward (−1)."""

    def __init__(self) -> None:
        super().__init__()
        self._completer = QCompleter(QStringListModel(), self)
        self._completer.setWidget(self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._completer.setCompletionRole(Qt.ItemDataRole.UserRole)
        self._completer.activated[str].connect(self.complete)
        self.textEdited.connect(self._offer)

    def set_words(self, entries: list[tuple[str, str]]) -> None:
        """Names to complete, and what is said beside each."""
        model = QStandardItemModel(self._completer)  # which deletes it with the next
        for name, facts in entries:
            item = QStandardItem(f"{name}   {facts}")
            item.setData(name, Qt.ItemDataRole.UserRole)
            model.appendRow(item)
        self._completer.setModel(model)

    def word(self) -> str:
        """The beginning of a name that stands before the cursor; "" in a text in quotes."""
        before = self.text()[: self.cursorPosition()]
        found = _WORD.search(before)
        return "" if found is None or before.count("'") % 2 else found[0]

    def complete(self, name: str) -> None:
        """Put a column's name in the place of the word before the cursor."""
        word, place = self.word(), self.cursorPosition()
        shown = name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'
        start = place - len(word)
        text = self.text()
        self.setText(text[:start] + shown + text[place:])
        self.setCursorPosition(start + len(shown))
        self.textEdited.emit(self.text())

    def _offer(self) -> None:
        word, popup = self.word().strip('"'), self._completer.popup()
        assert popup is not None
        self._completer.setCompletionPrefix(word)
        is_whole = self._completer.completionCount() == 1 and (
            self._completer.currentCompletion().lower() == word.lower()
        )
        if not word or word.isdigit() or is_whole or not self._completer.completionCount():
            popup.hide()
            return
        area = self.cursorRect()
        area.setSize(QSize(popup.sizeHintForColumn(0) + 24, area.height()))
        self._completer.complete(area)
        model = self._completer.completionModel()
        assert model is not None
        popup.setCurrentIndex(model.index(0, 0))

    def _take_offered(self) -> bool:
        """Complete by what is marked in the list; False where there is no list."""
        popup = self._completer.popup()
        if popup is None or not popup.isVisible():
            return False
        name = popup.currentIndex().data(Qt.ItemDataRole.UserRole)
        popup.hide()
        if name:
            self.complete(name)
        return True

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab takes what is offered, and only else goes on."""
        return (next and self._take_offered()) or super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Up and Down go through the history; Return takes what is offered."""
        assert event is not None
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._take_offered():
            return
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if step is not None:
            self.history_wanted.emit(step)
        elif event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.textEdited.emit("")
        else:
            super().keyPressEvent(event)
