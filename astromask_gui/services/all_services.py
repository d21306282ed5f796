"""Every service, made in order and wired to the others."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from astromask_gui.services.catalogue.joins import JoinService
from astromask_gui.services.catalogue.service import CatalogueService
from astromask_gui.services.colour_service import ColourService
from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.concurrency.worker import Worker
from astromask_gui.services.cutouts.files import CutoutFileService
from astromask_gui.services.cutouts.service import CutoutService
from astromask_gui.services.cutouts.sheets import SheetService
from astromask_gui.services.cutouts.thumbnails import ThumbnailService
from astromask_gui.services.export_service import ExportService
from astromask_gui.services.filters.histograms import HistogramService
from astromask_gui.services.filters.memory import FilterMemory
from astromask_gui.services.filters.service import FilterService
from astromask_gui.services.gallery.service import GalleryService
from astromask_gui.services.jobs.service import JobService
from astromask_gui.services.label_service import LabelService
from astromask_gui.services.measure.light import LightService
from astromask_gui.services.measure.rings import RingService
from astromask_gui.services.measure.service import MeasureService
from astromask_gui.services.model.inference import InferenceService, model_worker
from astromask_gui.services.model.patches import PatchService
from astromask_gui.services.samp.service import SampService
from astromask_gui.services.saved.service import SavedService
from astromask_gui.services.search.finding import FindService
from astromask_gui.services.search.neighbours import SearchService, search_worker
from astromask_gui.services.table.service import TableService
from astromask_gui.services.workspace.reader import SHARP_TILES, start_reader
from astromask_gui.services.workspace.service import WorkspaceService
from astromask_gui.state.application import ApplicationState


class Services(QObject):
    """Made before the window, so that they hear of changes before any widget does."""

    def __init__(
        self,
        state: ApplicationState,
        reader: Worker | None = None,
        model: Worker | None = None,
    ) -> None:
        """`reader` and `model`: the children, where they have been made already."""
        super().__init__()
        self.reader = reader or start_reader()
        self.model = model or model_worker()
        self.searcher = search_worker()
        self._files = Background("files", parent=self)
        self._facts = Background("facts", parent=self)
        self._ranking = Background("ranking", parent=self)
        self._runs = Background("runs", parent=self)
        self._filters = Background("filters", parent=self)
        self.workspace = WorkspaceService(state, self._files, self.reader, self)
        self.cutouts = CutoutService(state, self.reader, self._facts, self)
        self.cutout_files = CutoutFileService(state, self.reader, self)
        self.catalogue = CatalogueService(state, self._facts, self)
        self.samp = SampService(state, self.cutout_files, self)
        self.thumbnails = ThumbnailService(state, self.reader, self)
        self.sharp_thumbnails = ThumbnailService(
            state, self.reader, self, state.sharp_thumbnails, SHARP_TILES
        )
        self.inference = InferenceService(state, self.model, self)
        self.patches = PatchService(state, self.inference, self.model, self)
        self.search = SearchService(
            state, self.searcher, self._ranking, self.cutouts, self.inference, self
        )
        self.labels = LabelService(state, self)
        self.light = LightService(state, self)
        self.measures = MeasureService(state, self)
        self.rings = RingService(state, self)
        self.saved = SavedService(state, self)
        self.gallery = GalleryService(state, self)
        self.colours = ColourService(state, self)
        self.table = TableService(state, self)
        self.finding = FindService(state, self._files, self)
        self.jobs = JobService(state, self._runs, self.workspace.refresh, self)
        self.joins = JoinService(state, self.workspace.refresh, self)
        self.exports = ExportService(state, self)
        self.filters = FilterService(state, self._filters, self)
        self.histograms = HistogramService(state, self._filters, self)
        self.kept_filters = FilterMemory(state, self)
        self.sheets = SheetService(state, self.reader, self)
        self._wire()

    def _wire(self) -> None:
        self.workspace.changing.connect(self.thumbnails.start_over)
        self.workspace.changing.connect(self.sharp_thumbnails.start_over)
        self.workspace.changing.connect(self.catalogue.start_over)
        self.workspace.changing.connect(self.labels.forget)
        self.workspace.changing.connect(self.rings.forget)
        self.workspace.changing.connect(self.table.forget)
        self.workspace.changing.connect(self.kept_filters.forget)
        self.workspace.closed.connect(self.catalogue.start_over)
        self.workspace.closed.connect(self.labels.forget)
        self.workspace.closed.connect(self.rings.forget)
        self.workspace.closed.connect(self.table.forget)
        self.workspace.closed.connect(self.joins.forget)
        self.workspace.closed.connect(self.kept_filters.forget)
        self.workspace.closed.connect(self.filters.forget)
        self.workspace.closed.connect(self.saved.forget)
        self.workspace.closed.connect(self.gallery.forget)
        self.workspace.closed.connect(self.sheets.forget)
        self.workspace.closed.connect(self.colours.forget)
        self.workspace.closed.connect(self.jobs.close)
        for service in (
            self.cutouts,
            self.cutout_files,
            self.catalogue,
            self.samp,
            self.inference,
            self.search,
            self.labels,
            self.rings,
            self.saved,
            self.gallery,
            self.sheets,
            self.colours,
            self.table,
            self.joins,
            self.finding,
            self.filters,
            self.kept_filters,
            self.jobs,
        ):
            self.workspace.loaded_changed.connect(service.open)
        self.workspace.loaded_changed.connect(self.thumbnails.go_on)
        self.workspace.loaded_changed.connect(self.sharp_thumbnails.go_on)

    def close(self) -> None:
        """Finish writing grades and selections, end the children; jobs go on by themselves."""
        self.labels.close()
        self.light.close()
        self.measures.close()
        self.rings.close()
        self.saved.close()
        self.gallery.close()
        self.sheets.close()
        self.colours.close()
        self.table.close()
        self.joins.close()
        self.exports.close()
        self.samp.close()
        self.cutout_files.close()
        self.kept_filters.close()
        self.filters.close()
        self.jobs.close()
        self._runs.close(finish=True)  # A job that was asked for is started.
        for background in (self._files, self._facts, self._ranking, self._filters):
            background.close()
        self.reader.close()
        self.model.close()
        self.searcher.close()
