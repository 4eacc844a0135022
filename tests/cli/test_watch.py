"""Following a run that goes on elsewhere."""

import json
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

import evo
from evo.cli import app
from evo.reports.live import server
from evo.runs.folder import RunFolder
from evo.runs.jsonl import JsonLines


@pytest.fixture
def run(tmp_path):
    return evo.run("ga", "onemax", generations=4, out=tmp_path).path


def watch(*words):
    return CliRunner().invoke(app, ["watch", *map(str, words)], catch_exceptions=False)


def test_a_run_that_has_ended_is_told(run):
    answer = watch(run)
    assert answer.exit_code == 0
    assert f"ga on onemax, seed 0 → {run}" in answer.stderr
    assert "generation   4/4" in answer.stderr or "generation 4/4" in answer.stderr
    assert "after 4 generations" in answer.stdout


def test_a_run_that_goes_on_is_followed_to_its_end(run):
    lines = (run / "metrics.jsonl").read_text().splitlines()
    summary = (run / "summary.json").read_text()
    (run / "summary.json").unlink()
    (run / "metrics.jsonl").write_text(f"{lines[0]}\n")
    log = JsonLines.claim(run / "metrics.jsonl", "generation")  # as a process at work has it
    assert log is not None

    def go_on():
        for line in lines[1:]:
            time.sleep(0.3)
            log.write(json.loads(line))
            log.flush()
        (run / "summary.json").write_text(summary)
        log.close()

    log.file.seek(0, 2)
    worker = threading.Thread(target=go_on)
    worker.start()
    answer = watch(run)
    worker.join()
    assert "generation 1/4" in answer.stderr
    assert "generation 4/4" in answer.stderr
    assert "after 4 generations" in answer.stdout


def test_an_interrupted_run_says_how_to_go_on(run):
    (run / "summary.json").unlink()
    answer = watch(run)
    assert answer.exit_code == 0
    assert f"evo resume {run}" in answer.stderr


def test_the_page_renews_itself(run):
    folder = RunFolder.open(run)
    page = server(folder, 0)
    thread = threading.Thread(target=page.serve_forever, args=(0.05,))
    thread.start()
    address = f"http://127.0.0.1:{page.server_address[1]}"

    def get(path):
        with urllib.request.urlopen(address + path, timeout=10) as answer:
            return answer.read().decode()

    try:
        text = get("/")
        assert "ga on onemax" in text
        assert text.count("</body>") == 1
        assert 'fetch("version")' in text
        before = get("/version")
        assert get("/version") == before
        (run / "summary.json").write_text("{")
        assert get("/version") != before
        assert "summary.json is damaged" in get("/")
        assert 'fetch("version")' in get("/"), "the page goes on"
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get("/../summary.json")
    finally:
        page.shutdown()
        thread.join()
        page.server_close()


def test_a_port_that_is_taken_is_said(run, monkeypatch):
    monkeypatch.setattr("webbrowser.open", lambda address: True)
    with server(RunFolder.open(run), 0) as other:
        answer = watch(run, "--browser", "--port", other.server_address[1])
    assert answer.exit_code == 2
    assert "take another --port" in answer.stderr
    assert watch(run, "--port", -1).exit_code == 2
    assert watch(Path("nothing")).exit_code == 2
