"""`evo report`: the page, the film, and figures for papers."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from evo.cli import app


def call(*words):
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    return SimpleNamespace(code=result.exit_code, out=result.stdout, err=result.stderr)


@pytest.fixture(scope="module")
def cartpole(tmp_path_factory):
    path = tmp_path_factory.mktemp("runs")
    small = ("algorithm.population=6", "champion_episodes=2", "problem.max_steps=30")
    words = [word for each in small for word in ("--set", each)]
    answer = call("run", "neat", "cartpole", "--generations", 2, "-q", "--out", path, *words)
    assert answer.code == 0, answer.err
    (run,) = path.glob("*_s0")
    return run


def test_a_report_is_written_into_the_folder_or_elsewhere(cartpole, tmp_path):
    assert call("report", cartpole).out == f"wrote {cartpole / 'report.html'}\n"
    assert call("report", cartpole, "-o", tmp_path / "a.html").code == 0
    assert "neat on cartpole" in (tmp_path / "a.html").read_text()


@pytest.mark.parametrize("format", ["svg", "pdf", "png"])
def test_figures_are_written_in_each_format_beside_the_pictures(cartpole, format):
    pytest.importorskip("fpdf")
    pytest.importorskip("resvg_py")
    answer = call("report", cartpole, "--figures", format, "--figures", format)
    assert answer.code == 0, answer.err
    written = [Path(line.removeprefix("wrote ")) for line in answer.out.splitlines()[1:]]
    assert {path.stem for path in written} >= {"fitness", "network", "episode", "species"}
    assert len(set(written)) == len(written)
    assert all(path.stat().st_size > 500 and path.suffix == f".{format}" for path in written)


def test_figures_in_an_unknown_format_are_refused(cartpole):
    answer = call("report", cartpole, "--figures", "jpeg")
    assert answer.code == 2
    assert "pdf" in answer.err


def test_a_missing_extra_is_said_after_the_report_is_written(cartpole, monkeypatch):
    monkeypatch.setitem(sys.modules, "fpdf", None)
    answer = call("report", cartpole, "--figures", "pdf")
    assert answer.code == 4
    assert "report.html" in answer.out
    assert "[figures]" in answer.err


def test_a_film_is_made_and_shown(cartpole):
    pytest.importorskip("imageio_ffmpeg")
    pytest.importorskip("pygame")
    answer = call("report", cartpole, "--film")
    assert answer.code == 0, answer.err
    film = cartpole / "film.mp4"
    try:
        assert 1_000 < film.stat().st_size < 3_000_000
        assert "data:video/mp4;base64," in (cartpole / "report.html").read_text()
        assert not list(cartpole.glob("new-*"))
    finally:
        film.unlink()


def test_where_no_film_can_be_made_the_report_says_what_to_install(cartpole, monkeypatch):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    answer = call("report", cartpole, "--film")
    assert answer.code == 4
    assert "[video]" in answer.err
    text = (cartpole / "report.html").read_text()
    assert "There is no film" in text
    assert "[video]" in text


def test_a_film_too_large_is_made_of_fewer_frames(cartpole, monkeypatch):
    pytest.importorskip("imageio_ffmpeg")
    from evo.kinds.evolution.replay import Replay
    from evo.runs.folder import RunFolder

    calls = []

    def film(self, seeds, path, number=1, every=1):
        calls.append((seeds.tolist(), every))
        path.write_bytes(bytes(1000 // every))

    monkeypatch.setattr(Replay, "film", film)
    folder = RunFolder.open(cartpole)
    folder.kind.replay(folder).short_film(cartpole / "film.mp4", 300)
    (cartpole / "film.mp4").unlink()
    assert [every for _, every in calls] == [1, 4]
    from evo.kinds.evolution.page import episode

    assert calls[0][0] == [episode(folder)["seed"]]


def test_a_film_of_what_does_not_act_is_refused_and_the_report_written(tmp_path):
    assert call("run", "ga", "sphere", "--generations", 2, "-q", "--out", tmp_path).code == 0
    (run,) = tmp_path.glob("*_s0")
    answer = call("report", run, "--film")
    assert answer.code == 2
    assert "nothing to see" in answer.err
    assert (run / "report.html").exists()
