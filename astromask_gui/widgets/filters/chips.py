"""The filters in force as chips, each kept while its filter is."""

from __future__ import annotations

from functools import partial

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.filter_specs import Categories, Condition, Range
from astromask_gui.widgets.filters.chip import FilterChip


class FilterChips(QWidget):
    """Follows `state.filters`; what is wished of a chip is stated as an intent."""

    def __init__(self, state: ApplicationState) -> None:
        super().__init__()
        self._state = state
        self.chips: dict[str, FilterChip] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def sync(self) -> None:
        """Show the filters as they are now."""
        items = self._state.filters.items()
        if self._state.filters.is_in_gesture:
            # A new chip would move the histogram away under the hand that drags on it.
            items = {name: item for name, item in items.items() if name in self.chips}
        for name in [name for name in self.chips if name not in items]:
            chip = self.chips.pop(name)
            self._column.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        for place, (name, item) in enumerate(items.items()):
            chip = self.chips.get(name) or self._add(name)
            chip.show_filter(item)
            if self._column.indexOf(chip) != place:
                self._column.insertWidget(place, chip)
        self.setVisible(bool(items))

    def follow_style(self) -> None:
        """Take the colours of the style in force."""
        for chip in self.chips.values():
            chip.renew_icons()

    def _add(self, name: str) -> FilterChip:
        chip = self.chips[name] = FilterChip()
        filters = self._state.filters
        chip.switched.connect(partial(filters.switch, name))
        chip.invert_wanted.connect(partial(filters.invert, name))
        chip.remove_wanted.connect(partial(filters.remove, name))
        chip.edit_wanted.connect(partial(self._edit, name))
        return chip

    def _edit(self, name: str) -> None:
        item = self._state.filters.items().get(name)
        if item is None:
            return
        if item.problem:
            self._state.messages.warning(item.problem)
        if isinstance(item.spec, Condition):
            self._state.conditions.edit_wanted.emit(name, item.spec.expression)
        elif isinstance(item.spec, Range | Categories):
            self._state.histograms.add(item.spec.column)
