"""`evo doctor`: check this installation."""

import os
import platform
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile

import typer

from evo.cli.errors import Traceback
from evo.errors import install_command

GOOD, NOTE, BAD = "✓", "!", "✗"
EXTRAS = {
    "learn": ("torch", "learning rules"),
    "box2d": ("Box2D", "lunarlander, bipedalwalker"),
    "mujoco": ("mujoco", "Hopper-v5, Ant-v5 and others"),
    "creatures": ("mujoco", "evo run creatures walk, and others"),
    "video": ("imageio_ffmpeg", "evo replay --gif and --mp4, evo report --film"),
    "figures": ("fpdf", "evo report --figures pdf and png"),
    "parquet": ("pyarrow", "evo study --tables parquet"),
    "pandas": ("pandas", "evo.load(run).frame()"),
}
EXAMPLES = ("evo doctor",)
MISSING_EXTRA = 4


def doctor(traceback: Traceback = False) -> None:
    """Check this installation; exit with 4 if something is broken."""
    broken = False
    for sign, text in findings():
        broken |= sign == BAD
        typer.echo(f"{sign} {text}")
    if broken:
        raise typer.Exit(MISSING_EXTRA)


def findings() -> Iterator[tuple[str, str]]:
    """Everything that is checked, one after the other: a sign, and words."""
    from evo import __version__

    yield (
        GOOD,
        f"evo {__version__}, Python {platform.python_version()}, {platform.system()} "
        f"{platform.machine()}",
    )
    yield GOOD, f"{os.cpu_count()} cores"
    yield from _packages()
    yield from _namesakes()
    yield from _games()
    yield from _kernels()
    yield from _environments()
    for extra, (module, what) in EXTRAS.items():
        if find_spec(module):
            yield GOOD, f"extra {extra} is installed: {what}"
        else:
            yield (
                NOTE,
                f"extra {extra} is not installed (for {what}): {install_command(extra)}",
            )


def _packages() -> Iterator[tuple[str, str]]:
    for name in core_packages():
        try:
            yield GOOD, f"{name} {version(name)}"
        except PackageNotFoundError:
            yield BAD, f"{name} is missing: install evo-neuro again"


def core_packages() -> list[str]:
    """The packages that evo needs whatever it does, as its own metadata says."""
    needs = [need for need in requires("evo-neuro") or [] if "extra ==" not in need]
    return [re.split(r"[^\w.-]", need)[0] for need in needs]


def _namesakes() -> Iterator[tuple[str, str]]:
    """PyPI's evo, an odometry tool, owns the same import name and command."""
    others = sorted(set(packages_distributions().get("evo", ())) - {"evo-neuro"})
    if others:
        yield (
            BAD,
            f"{', '.join(others)} is installed too and overwrites files of evo-neuro: keep them in "
            "separate environments",
        )


def _games() -> Iterator[tuple[str, str]]:
    """Two packages bring a module pygame, and removing one of them breaks the other."""
    owners = sorted(set(packages_distributions().get("pygame", ())))
    if len(owners) > 1:
        pip = f"{sys.executable} -m pip"
        yield (
            NOTE,
            f"{' and '.join(owners)} are both installed, in the same files: "
            f"{pip} uninstall pygame; {pip} install --force-reinstall --no-deps pygame-ce",
        )


def _kernels() -> Iterator[tuple[str, str]]:
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or Path(__file__).parents[1] / "networks")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            yield GOOD, "compiled kernels can be cached"
    except OSError:
        yield (
            NOTE,
            f"compiled kernels cannot be cached in {folder}: Numba may compile at every start; set "
            "NUMBA_CACHE_DIR",
        )


def _environments() -> Iterator[tuple[str, str]]:
    import evo_envs
    import gymnasium

    evo_envs.register_environments()
    try:
        gymnasium.make("CartPole-v1").close()
        yield GOOD, f"gymnasium knows {len(gymnasium.registry)} ids"
    except Exception as error:
        yield BAD, f"gymnasium cannot make CartPole-v1: {error}"
