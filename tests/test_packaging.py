"""A wheel built from the sdist runs outside of the checkout, and knows its configs."""

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*words, cwd, **environment):
    kept = {
        key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")
    }
    answer = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert answer.returncode == 0, answer.stderr + answer.stdout
    return answer.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the sdist by the installed backend, so that no network is needed."""
    place = tmp_path_factory.mktemp("dist")
    build = "from hatchling import build; import sys; kind, folder = sys.argv[1:]; "
    build += "print(getattr(build, 'build_' + kind)(folder))"
    run(sys.executable, "-c", build, "sdist", place, cwd=ROOT)
    (sdist,) = place.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        # Python 3.11.0 to 3.11.3 have no filters.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(place)
    (source,) = (path for path in place.iterdir() if path.is_dir())
    run(sys.executable, "-c", build, "wheel", place, cwd=source)
    (built,) = place.glob("*.whl")
    return built


def test_the_wheel_holds_packages_and_configs_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {
        "evo",
        "evo_envs",
        "evo_neuro-0.1.0.dist-info",
    }
    assert {"evo/reports/report.html.j2", "evo/guides/lecture.md", "evo/guides/glossary.md"} <= {
        *names
    }
    packaged = {name.removeprefix("evo/") for name in names if name.startswith("evo/configs/")}
    assert packaged == {str(path.relative_to(ROOT)) for path in (ROOT / "configs").rglob("*.toml")}


def test_an_installed_wheel_runs_outside_of_the_checkout(wheel, tmp_path):
    """In an environment of its own, which borrows the dependencies of this one."""
    home = tmp_path / "environment"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    site = Path(
        run(
            python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path
        ).strip()
    )
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-deps",
        "--no-index",
        "-q",
        wheel,
        cwd=tmp_path,
    )
    # At the end of the path, and with the .pth files of the borrowed environment unread: its own
    # evo must not be seen.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")

    # One cache for all commands: the kernels are compiled once.
    cache = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    place = tmp_path / "elsewhere"
    (place / "configs" / "neat").mkdir(parents=True)
    (place / "configs" / "neat" / "cartpole.toml").write_text("[run]\nseed = 666\n")
    where = run(
        python, "-c", "import evo, evo_envs; print(evo.__file__, evo_envs.__file__)", cwd=place
    )
    assert where.count(str(site)) == 2
    evo = home / "bin" / "evo"
    summary = json.loads(
        run(
            evo,
            "run",
            "neat",
            "cartpole",
            "--format",
            "json",
            "--set",
            "champion_episodes=20",
            cwd=place,
            **cache,
        )
    )
    assert summary["reached"] is True
    assert summary["seed"] == 0
    assert (place / summary["run"] / "network.svg").exists()
    run(evo, "report", summary["run"], cwd=place, **cache)
    shown = run(evo, "config", "show", "ga", "sphere", cwd=place, **cache)
    assert "configs/ga/sphere.toml" in shown
