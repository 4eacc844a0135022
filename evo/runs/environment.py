"""What a run ran on."""

import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from evo import __version__

PACKAGES = (
    "numpy",
    "scipy",
    "numba",
    "gymnasium",
    "neat-python",
    "deap",
    "pydantic",
    "torch",
    "mujoco",
)


def describe() -> dict[str, Any]:
    """Versions, processor and commit, as JSON knows them."""
    return {
        "evo": __version__,
        "commit": _commit(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": os.cpu_count(),
        "packages": {name: installed for name in PACKAGES if (installed := _version(name))},
        "executable": sys.executable,
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _commit() -> str | None:
    """The commit that is checked out, where evo runs from a clone."""
    checkout = Path(__file__).parents[2]
    if not (checkout / ".git").exists():
        return None
    try:
        asked = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=checkout, capture_output=True, text=True, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return asked.stdout.strip() or None
