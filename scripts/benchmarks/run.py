"""Runs one benchmark, prints its table and writes its JSON."""

import argparse
import json
import platform
import sys
from dataclasses import asdict
from importlib import import_module, metadata
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

NAMES = {
    "neat": "benchmarks.neat",
    "ga": "benchmarks.ga",
    "cma-es": "benchmarks.cma_es",
    "learning": "benchmarks.learning",
    "equilibrium": "benchmarks.equilibrium",
    "graphs": "benchmarks.graphs",
    "lifetimes": "benchmarks.lifetimes",
    "creatures": "benchmarks.creatures",
    "de": "benchmarks.de",
}
PACKAGES = ("evo-neuro", "numpy", "numba", "mujoco", "neat-python", "deap", "cma", "torch")


def versions() -> dict[str, str]:
    installed = {}
    for package in PACKAGES:
        try:
            installed[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return installed


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("benchmark", choices=NAMES, help="what to measure")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to FILE")
    parser.add_argument(
        "--quick", action="store_true", help="few repetitions: to see that it works, not to quote"
    )
    arguments = parser.parse_args()
    if arguments.json and not arguments.json.resolve().parent.is_dir():
        parser.error(f"--json {arguments.json}: there is no such folder")
    measurements = import_module(NAMES[arguments.benchmark]).measure(quick=arguments.quick)

    table = Table(
        "what", "unit", "evo", "peer", "peer's", "evo / peer", title=f"bench {arguments.benchmark}"
    )
    for m in measurements:
        first = (m.what, m.unit, f"{m.evo:.4g}")
        for peer in m.peers or [""]:
            figures = (
                (peer, f"{m.peers[peer]:.4g}", f"{m.ratios[peer]:.3g}") if peer else ("", "", "")
            )
            table.add_row(*first, *figures)
            first = ("", "", "")
        if m.notes:
            table.add_row(f"[dim]{m.notes}[/dim]")
        table.add_section()
    Console(width=None if sys.stdout.isatty() else 150).print(table)
    if arguments.json:
        report = {
            "benchmark": arguments.benchmark,
            "quick": arguments.quick,
            "python": platform.python_version(),
            "machine": platform.machine(),
            "versions": versions(),
            "numpy_simd": np.show_config(mode="dicts")["SIMD Extensions"],
            "measurements": [{**asdict(m), "ratios": m.ratios} for m in measurements],
        }
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
