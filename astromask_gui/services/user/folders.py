"""Where the program keeps what belongs to the user and to no workspace."""

from __future__ import annotations

from pathlib import Path

import platformdirs

_NAME = "astromask"


def data_folder() -> Path:
    """Folder of the user's copy of the demo and of fault logs; made where it is missing."""
    return platformdirs.user_data_path(_NAME, appauthor=False, ensure_exists=True)


def settings_file() -> Path:
    """File of the preferences; its folder is made where it is missing."""
    folder = platformdirs.user_config_path(_NAME, appauthor=False, ensure_exists=True)
    return folder / "settings.ini"
