"""A small Latvian to English model of one domain, so that the demonstration truly translates."""

from importlib.resources import files
from pathlib import Path

PACKAGE_NAME = "translate-lv_en-0_1"
"""The name of the package and of the one folder inside it, as Argos names packages."""


def demo_package_path() -> Path:
    """Where the committed Argos package lies; it knows study services and nothing else."""
    return Path(str(files(__package__))) / f"{PACKAGE_NAME}.argosmodel"


__all__ = ["PACKAGE_NAME", "demo_package_path"]
