"""Runs what documents show: Python, settings and commands, quickened, in a folder of their own.

A block is a fence of python, toml or console. One whose first line is a comment with a file's name,
``# my_rule.py``, is written to that file; other Python is executed, other TOML has to be valid
settings, and lines that begin with ``$`` are carried out. A comment before a block says more:
``<!-- test: whole -->`` not quickened, ``slow`` only with --slow, ``pending WHAT`` not yet.
"""

import glob
import re
import runpy
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from evo.cli import app
from evo.config import resolve
from evo.studies.packaged import find

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^(?:<!-- test: (.+?) -->\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# ([\w-]+\.\w+)\n")
PENDING: set[str] = set()
"""What documents show already and other work brings."""
SHOWN = ("pip", "git", "cd", "source")
"""Commands that are no business of a test."""
QUICK = {
    "run": {"--generations": "2", "--workers": "1", "--set": "run.champion_episodes=5"},
    "learn": {"--epochs": "1", "--set": "run.probe=16"},
    "replay": {"--episodes": "1"},
}
"""Options that are added to a command, where it has no such option."""


@dataclass(frozen=True)
class Block:
    """A block of code in a document, and what the comment before it says."""

    language: str
    code: str
    mark: str = ""


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a document, one after the other."""
    for mark, language, code in BLOCK.findall(text):
        yield Block(language, code, mark)


def carry_out(text: str, slow: bool = False) -> list[str]:
    """Carry out all blocks of a document in the current folder.

    Args:
        text: the document.
        slow: whether everything is carried out in full, studies included.

    Returns:
        What was carried out, and what was left.
    """
    done: list[str] = []
    for block in blocks(text):
        word, _, what = block.mark.partition(" ")
        if word == "pending":
            assert what in PENDING, f"nobody brings {what!r}"
        if word == "pending" or (word == "slow" and not slow):
            done.append(block.mark)
            continue
        named = FILE.match(block.code)
        if named:
            Path(named[1]).write_text(block.code)
        elif block.language == "python":
            exec(compile(block.code, "<document>", "exec"), {"__name__": "__main__"})
        elif block.language == "toml":
            Path("settings-shown.toml").write_text(block.code)
            resolve(file=Path("settings-shown.toml"))
        elif block.language == "console":
            done += [command(line, slow, word == "whole") for line in typed(block.code)]
        else:
            raise AssertionError(f"nobody runs ```{block.language}")
        done.append(block.language)
    return done


def typed(code: str) -> list[str]:
    """The commands of a console block, without comments."""
    lines = code.replace("\\\n", " ").splitlines()
    return [line[2:].partition("  #")[0].strip() for line in lines if line.startswith("$ ")]


def command(line: str, slow: bool = False, whole: bool = False) -> str:
    """Carry out one command, and see that it ends well.

    Args:
        line: as it is typed.
        slow: whether studies are carried out.
        whole: whether it is carried out as it stands.
    """
    words = [found for word in shlex.split(line) for found in sorted(glob.glob(word)) or [word]]
    program, *rest = words
    if program.startswith("./scripts/") and program != "./scripts/evo":
        assert (ROOT / program).is_file(), program
    elif program == "python":
        runpy.run_path(rest[0], run_name="__main__")
    elif "--browser" not in rest and program not in SHOWN:  # a server goes on until it is stopped
        assert Path(program).name == "evo", f"nobody runs {line!r}"
        evo(rest, slow, whole)
    return line


def evo(words: list[str], slow: bool, whole: bool) -> None:
    """Call evo in this process; a missing extra is the one excuse for a failure."""
    if words[0] == "study" and words[1:] and not whole:
        assert find(Path(words[1])).is_file(), words[1]
        if not slow:
            return
        words += ["--seeds", "1", "--set", "run.epochs=1"]
    elif not whole:
        quick = QUICK.get(words[0], {}).items()
        words = [
            *words,
            *(
                w
                for option in quick
                if option[0] == "--set" or option[0] not in words
                for w in option
            ),
        ]
    answer = CliRunner().invoke(app, words, catch_exceptions=False)
    said = answer.stdout + answer.stderr
    excused = answer.exit_code == 4 and "is not installed" in said
    assert answer.exit_code == 0 or excused, f"evo {shlex.join(words)}: {said}"
