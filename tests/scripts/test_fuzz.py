"""A short run of the fuzzer: readers succeed or refuse in words, whatever a file says."""

import sys
from pathlib import Path

import pytest

SCRIPTS = str(Path(__file__).parents[2] / "scripts")


@pytest.fixture
def run(monkeypatch):
    monkeypatch.syspath_prepend(SCRIPTS)
    import fuzzing.run

    return fuzzing.run


@pytest.mark.filterwarnings("ignore")
def test_damaged_files_are_read_or_refused(run):
    counts, faults = run.fuzz(220, seed=7)
    assert not faults, "\n\n".join(faults)
    assert sum(count["files"] for count in counts.values()) == 220
    assert all(count["files"] for count in counts.values())
    assert sum(count["refused"] for count in counts.values()) > 60
    assert sum(count["read"] for count in counts.values()) > 30


def test_a_fault_is_seen(run, monkeypatch):
    """A reader that falls over, one that imports what a folder names and one that loses a file."""
    from evo.runs.folder import RunFolder

    def falls(folder):
        raise KeyError("x")

    def imports(folder):
        __import__(run.damage.TRAP)
        return []

    def loses(folder):
        (folder.path / "metrics.jsonl").write_text("")
        return []

    for method, kind in ((falls, "exit 70"), (imports, "imports"), (loses, "losses")):
        monkeypatch.setattr(RunFolder, "events", method)
        counts, faults = run.fuzz(12, seed=1, only="environment.json")
        assert counts["environment.json"][kind] > 0, kind
        assert faults
    assert run.damage.TRAP not in sys.modules
