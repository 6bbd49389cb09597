"""The entry of ``cache``."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from robot_action.clients.folders import default_folders
from robot_action.errors import FailedError
from robot_action.parsing.settings import parse_settings


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of fetched templates."""
    return default_folders(parse_settings(environ).home).cache


def clean_cache(environ: Mapping[str, str]) -> str:
    """Remove the folder of fetched templates; return what was done, for people.

    Raises:
        FailedError: when it cannot be removed.
    """
    folder = cache_folder(environ)
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return f"nothing to remove: {folder}"
    except OSError as error:
        raise FailedError(f"{folder} cannot be removed: {error.strerror}") from error
    return f"removed {folder}"
