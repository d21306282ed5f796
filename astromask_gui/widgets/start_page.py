"""The first start: what the program does, three buttons, and the workspaces opened lately."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QIcon, QImage, QPixmap
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from astromask_gui.icons import icon
from astromask_gui.parts.small import BusyBar, label
from astromask_gui.resource_files import resource
from astromask_gui.state.application import ApplicationState

_PICTURE_WIDTH = 520
_RECENT_SHOWN = 5
_PORTRAIT = QSize(48, 32)


class StartPage(QWidget):
    """Shown while no workspace is open. Opening is asked for on `state.session`."""

    open_cutouts = pyqtSignal()
    open_workspace = pyqtSignal()

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._preferences = state.session, state.preferences
        self._portraits = state.portraits
        self._picture = QLabel()
        self._style = ""
        self.demo = QPushButton("Open the demo")
        self.demo.setProperty("primary", True)
        self.demo.setToolTip("1,200 simulated galaxies with lenses among them (Ctrl+D)")
        self.cutouts = QPushButton("Open cutouts …")
        self.cutouts.setToolTip("Make a workspace from files of cutouts (Ctrl+N)")
        self.workspace = QPushButton("Open a workspace …")
        self.workspace.setToolTip("Open a folder made by `astromask new` (Ctrl+O)")
        self.status = label("", "muted", wrap=True)
        self.error = label("", "error", wrap=True)
        self.busy = BusyBar()
        self._recent = QVBoxLayout()
        self._build()
        self._connect_signals()
        self._sync()
        self._sync_style()
        self._sync_recent()

    def _build(self) -> None:
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setAccessibleName("A map of galaxies")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.demo, self.cutouts, self.workspace):
            buttons.addWidget(button)
        buttons.addStretch(1)
        title = label("AstroMASK", "title")
        sentence = label(
            "A map of your galaxies by what a masked autoencoder sees in them.", "muted"
        )
        self._recent.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addStretch(2)
        layout.addWidget(self._picture)
        for item in (title, sentence):
            item.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(item)
        layout.addLayout(buttons)
        self.busy.setFixedWidth(_PICTURE_WIDTH)
        layout.addWidget(self.busy, 0, Qt.AlignmentFlag.AlignHCenter)
        for item in (self.status, self.error):
            item.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(item)
        recent = QWidget()
        recent.setFixedWidth(_PICTURE_WIDTH)
        recent.setLayout(self._recent)
        layout.addWidget(recent, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def _connect_signals(self) -> None:
        self.demo.clicked.connect(self._session.request_demo)
        self.cutouts.clicked.connect(self.open_cutouts)
        self.workspace.clicked.connect(self.open_workspace)
        self._session.opening_changed.connect(self._sync)
        self._session.changed.connect(self._sync)
        self._preferences.changed.connect(self._sync_style)
        self._preferences.changed.connect(self._sync_recent)
        self._portraits.changed.connect(self._sync_recent)

    def _sync_style(self) -> None:
        style = self._preferences.style
        if style != self._style:
            self._style = style
            pixmap = QPixmap(str(resource("demo", f"map-{style}.png")))
            if not pixmap.isNull():
                smooth = Qt.TransformationMode.SmoothTransformation
                self._picture.setPixmap(pixmap.scaledToWidth(_PICTURE_WIDTH, smooth))

    def _sync(self) -> None:
        opening, error = self._session.opening, self._session.error
        self.status.setText(opening or "")
        self.error.setText(error or "")
        self.busy.set_busy(opening is not None)
        self.busy.setVisible(opening is not None)
        for button in (self.demo, self.cutouts, self.workspace):
            button.setEnabled(opening is None)

    def _sync_recent(self) -> None:
        while (old := self._recent.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.deleteLater()
        recent = self._preferences.recent[:_RECENT_SHOWN]
        if recent:
            self._recent.addWidget(label("Recent", "small"))
        for folder in recent:
            button = QPushButton(f"{Path(folder).name}    {Path(folder).parent}")
            button.setIcon(self._icon_of(folder))
            button.setIconSize(_PORTRAIT)
            button.setProperty("flat", True)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setToolTip(f"Open {folder}")
            button.clicked.connect(
                lambda _checked, path=folder: self._session.request_open(Path(path))
            )
            self._recent.addWidget(button)

    def _icon_of(self, folder: str) -> QIcon:
        """The workspace's map, where it has been looked at; else a folder."""
        picture = self._portraits.picture(folder)
        if picture is None:
            return icon("folder-outline")
        height, width = picture.shape
        image = QImage(picture.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32)
        # A copy: neither the image nor the pixmap keeps the bytes alive.
        return QIcon(QPixmap.fromImage(image.copy()))
