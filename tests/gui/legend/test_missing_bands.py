"""Missing bands as a colouring that has to be measured first."""

from __future__ import annotations

import numpy as np

from astromask_gui.state.columns import MISSING_BANDS, Column
from astromask_gui.state.jobs import Job
from astromask_gui.widgets.legend.missing import KIND
from astromask_gui.widgets.legend.panel import LegendPanel
from tests.gui.legend.conftest import LEFT, choose, labels
from tests.gui.map_scene import Scene
from trainer.launch.jobs import JOBS
from trainer.measuring import missing_bands


def test_missing_bands_are_looked_for_when_asked_and_then_colour_the_map(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    state = scene.state
    choose(panel, "class")
    choose(panel, MISSING_BANDS)
    assert panel.offer.isVisible() and panel.column_choice.currentData() == "class"
    with qtbot.waitSignal(state.jobs.start_requested) as asked:
        qtbot.mouseClick(panel.offer.start, LEFT)
    assert asked.args == [{"kind": "measure"}]
    state.jobs.set_jobs([Job("now", "measure", "running", "Reading", fraction=0.345)])
    assert panel.offer.text.text() == "Looking for missing bands … 34 %"
    assert not panel.offer.start.isVisible()
    state.jobs.set_jobs([Job("now", "measure", "finished", "Done")])
    known = [state.columns.column(name) for name in state.columns.names()]
    found = Column(MISSING_BANDS, "category", categories=("none", "u"))
    state.columns.set_columns([column for column in known if column] + [found])
    assert state.view.colouring.column == MISSING_BANDS and not panel.offer.isVisible()
    state.columns.set_values(MISSING_BANDS, (np.arange(300) % 4 == 0).astype(np.int16))
    assert labels(panel) == [("none", 225), ("u", 75)]
    assert panel.column_choice.findText("missing bands …") == -1


def test_the_offer_can_be_turned_down_and_goes_with_another_choice(
    panel: LegendPanel, qtbot
) -> None:
    choose(panel, MISSING_BANDS)
    qtbot.mouseClick(panel.offer.later, LEFT)
    assert not panel.offer.isVisible()
    choose(panel, MISSING_BANDS)
    choose(panel, "mag")
    assert not panel.offer.isVisible()


def test_the_job_and_the_window_call_the_column_the_same() -> None:
    assert missing_bands.COLUMN == MISSING_BANDS
    assert JOBS[KIND].startswith(missing_bands.__name__)
