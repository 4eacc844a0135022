"""`evo audit`: whether a creature does what it does in other conditions too."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from evo.cli.errors import Traceback
from evo.cli.options import Format, OutputFormat, Run
from evo.cli.trust import Trust
from evo.errors import UsageError

if TYPE_CHECKING:
    from evo.problems.creatures.audit import Finding

EXAMPLES = ("evo audit runs/latest", "evo audit runs/latest --starts 10 --format json")


def audit(
    run: Run,
    starts: Annotated[int, typer.Option(help="Kicked starts in each condition.")] = 5,
    member: Annotated[int, typer.Option(help="Which member of a front or an archive.")] = 1,
    trust: Trust = False,
    format: OutputFormat = Format.text,
    traceback: Traceback = False,
) -> None:
    """Live the champion of creatures again: with finer steps, kicks, other friction, for longer.

    It fails where medians over kicked starts differ too much, or a guard against cheats is broken.
    """
    if starts < 1:
        raise UsageError(f"--starts {starts}: must be at least 1")
    from evo.cli.trust import demand_trust
    from evo.runs.folder import RunFolder

    folder = RunFolder.open(run)
    demand_trust(folder, trust, "audit")
    findings = []
    for finding in folder.kind.replay(folder).audit(starts, member):
        findings.append(finding)
        if format is Format.text:
            typer.echo(_line(finding))
    passed = all(finding.passed for finding in findings)
    if format is Format.json:
        from evo.problems.creatures.audit import described

        told = [described(finding) for finding in findings]
        typer.echo(json.dumps({"run": str(run), "passed": passed, "conditions": told}))
    else:
        typer.echo(f"audit {'passed' if passed else 'failed'}")
    raise typer.Exit(0 if passed else 1)


def _line(finding: "Finding") -> str:
    verdict = "pass" if finding.passed else "FAIL"
    low, high = min(finding.figures), max(finding.figures)
    text = f"{verdict}  {finding.condition:<26} median {finding.median:6.2f}"
    text += f"  ({low:.2f} – {high:.2f})"
    if finding.won is not None:
        text += f"  {finding.won} of {len(finding.figures)} won"
    elif finding.expected is not None:
        text += f"  expected {finding.expected[0]:.2f} – {finding.expected[1]:.2f}"
    return text + "".join(f"  guard {name}" for name in finding.guards)
