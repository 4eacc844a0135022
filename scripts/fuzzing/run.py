"""Damages files, has evo read them in this process, and counts how that ends.

A reader may succeed or refuse in words. A traceback, an exit as "a fault of evo", an import that a
run folder caused, a file that a refused command changed, and a reading without end are faults.
"""

import argparse
import logging
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from typer.testing import CliRunner

from evo.cli import app
from fuzzing import damage
from fuzzing.subjects import ROOTS, SHOWN, SUBJECTS, Subject

REFUSED, FAULT = (2, 4), 70
SECONDS = 20
MEMORY = 24 << 30
"""Bytes of address space, most of it never touched: torch alone reserves much."""
COLUMNS = ("files", "read", "refused", "tracebacks", "exit 70", "imports", "losses", "endless")
STUDY = """[study]
title = "t"
seeds = 2
success = 0.5
[settings]
data = { name = "two-moons", examples = 40 }
network.hidden = [4]
run.epochs = 2
[[cells]]
name = "bp"
settings.rule.name = "bp"
[grid]
"network.repeat" = [1, 2]
[figure]
kind = "lines"
x = "network.repeat"
"""
KEPT = (
    "config.toml",
    "metrics.jsonl",
    "events.jsonl",
    "checkpoint.zip",
    "champion.json",
    "result.json",
    "episode.json",
    "network.npz",
)


class Endless(BaseException):
    """A reading took too long."""


def call(words: tuple[str, ...]) -> tuple[str, str]:
    """How a command ends: "read", "refused" or a kind of fault; and its words."""
    try:
        if words == ("study.toml",):
            return _study(Path("study.toml"))
        result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    except Endless:
        return "endless", ""
    except BaseException:
        return "tracebacks", traceback.format_exc()
    if result.exit_code == FAULT:
        return "exit 70", result.stderr
    if "Traceback" in result.stderr:
        return "tracebacks", result.stderr
    return ("refused" if result.exit_code in REFUSED else "read"), result.stderr


def _study(path: Path) -> tuple[str, str]:
    """The plan only: carrying it out would take other processes."""
    from evo.errors import EvoError
    from evo.studies.plan import read

    try:
        list(read(path).jobs())
    except EvoError as error:
        return "refused", str(error)
    return "read", ""


@contextmanager
def limited() -> Iterator[None]:
    """A stretch that ends after some seconds."""

    def stop(*_: object) -> None:
        raise Endless

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def prepare(place: Path) -> None:
    """The runs, the data and the study that are damaged, and a module that must not be imported."""
    (place / f"{damage.TRAP}.py").write_text("")
    (place / "study.toml").write_text(STUDY)
    rng = np.random.default_rng(0)
    np.savez(place / "data.npz", x=rng.normal(size=(24, 3)), y=np.arange(24) % 2)
    os.chdir(place)
    for name, words in ROOTS.items():
        kind, detail = call((*words, "--out", "made"))
        assert kind == "read", detail
        (made,) = Path("made").glob("*_s*")
        made.rename(place / name)


def trial(chance: random.Random, subject: Subject) -> tuple[str, str]:
    """Damage one file of a copy, read it with one command, and look at what is left."""
    root = chance.choice(list(subject.roots))
    for place in ("copy", "other"):
        shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(root, "copy")
    beside = (
        Path("copy", subject.file) if Path(root, subject.file).is_file() else Path(subject.file)
    )
    original = beside.read_bytes() if subject.file else b""
    if subject.file:
        damage.damage(chance, beside, subject.damage)
    if chance.random() < 0.5 and subject.file != "summary.json":
        Path("copy/summary.json").unlink(missing_ok=True)
    longer = "--epochs" if ROOTS[root][0] == "learn" else "--generations"
    command = chance.choice(list(subject.commands))
    fill = {"run": "copy", "command": ROOTS[root][0], "longer": longer}
    if command in SHOWN:
        fill["word"] = damage.word(chance, SHOWN[command])
    words = [word.format(**fill) for word in command]
    before = {name: Path("copy", name).read_bytes() for name in KEPT if Path("copy", name).exists()}
    with limited():
        kind, detail = call(tuple(words))
    if subject.file and beside.parent == Path():
        beside.write_bytes(original)
    if damage.TRAP in sys.modules:
        del sys.modules[damage.TRAP]
        if words[0] in ("report", "list", "compare", "resume", "replay"):
            kind, detail = "imports", detail
    if kind in ("refused", "read") and (kind == "refused" or words[0] != "resume"):
        lost = [
            name for name, content in before.items() if Path("copy", name).read_bytes() != content
        ]
        if lost:
            kind, detail = "losses", f"{', '.join(lost)} changed; {detail}"
    return kind, f"{root}: {' '.join(words)}\n{detail}"


def fuzz(
    files: int, seed: int, only: str | None = None
) -> tuple[dict[str, Counter[str]], list[str]]:
    """Counts by kind of file, and what there is to say of each fault."""
    chance = random.Random(seed)
    names = [name for name, subject in SUBJECTS.items() for _ in range(subject.weight)]
    counts: dict[str, Counter[str]] = {name: Counter() for name in SUBJECTS}
    faults: list[str] = []
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as place:
        sys.path.insert(0, place)
        try:
            prepare(Path(place))
            for number in range(files):
                one = random.Random(chance.getrandbits(64))
                name = only or names[number % len(names)]
                kind, detail = trial(one, SUBJECTS[name])
                counts[name].update(("files", kind))
                if kind not in ("read", "refused"):
                    faults.append(f"{name}, file {number}, {kind}: {detail}")
        finally:
            os.chdir(home)
            sys.path.remove(place)
    return counts, faults


def main() -> None:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--files", type=int, default=1000, help="how many files to damage")
    parser.add_argument("--seed", type=int, default=0, help="of the damage")
    parser.add_argument("--only", choices=SUBJECTS, help="damage files of one kind alone")
    chosen = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    logging.disable()
    warnings.simplefilter("ignore")
    counts, faults = fuzz(chosen.files, chosen.seed, chosen.only)
    for fault in faults:
        print(fault, end="\n\n")
    table = Table("kind of file", *COLUMNS)
    total: Counter[str] = Counter()
    for name, count in counts.items():
        table.add_row(name, *(str(count[column]) for column in COLUMNS))
        total.update(count)
    table.add_row("all", *(str(total[column]) for column in COLUMNS))
    Console(width=120).print(table)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
