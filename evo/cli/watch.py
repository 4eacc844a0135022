"""`evo watch`: follow a run that goes on elsewhere, in the terminal or in a browser."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from evo.cli.errors import Traceback
from evo.cli.options import Run
from evo.errors import UsageError

if TYPE_CHECKING:
    from evo.runs.folder import RunFolder

EXAMPLES = ("evo watch runs/latest", "evo watch runs/latest --browser")
INTERVAL = 0.5
"""Seconds between two looks at the run."""


def watch(
    run: Run,
    browser: Annotated[
        bool, typer.Option("--browser", help="Serve the report, which renews itself, as a page.")
    ] = False,
    port: Annotated[
        int, typer.Option(help="Of the page, on this machine only; 0 for any that is free.")
    ] = 0,
    traceback: Traceback = False,
) -> None:
    """Follow a run while it goes on, until it ends or Ctrl-C; the run itself is not touched."""
    from evo.runs.folder import RunFolder

    if not 0 <= port < 65536:
        raise UsageError(f"--port {port}: must be between 0 and 65535")
    folder = RunFolder.open(run)
    if browser:
        _serve(folder, port)
    else:
        _follow(folder)


def _follow(folder: "RunFolder") -> None:
    """Print each step as it is completed, and how the run ends."""
    from evo.cli.ending import end
    from evo.cli.options import Format
    from evo.cli.progress import reporter, say

    watcher, seen = reporter(False), 0
    step, limit = folder.kind.step, int(folder.settings()["run"][folder.kind.limit])
    with watcher:
        watcher.follows(folder, limit)
        while True:
            state = folder.state()  # before the lines, so that none is missed
            lines = folder.metrics()
            for line in lines[seen:]:
                watcher.completed(line)
            seen = len(lines)
            if state != "running":
                break
            time.sleep(INTERVAL)
    summary = folder.summary()
    if summary is None:
        say(f"interrupted at {step} {seen}; go on with:  evo resume {folder.path}")
    else:
        end(folder.kind, summary, Format.text, False, False)


def _serve(folder: "RunFolder", port: int) -> None:
    """Serve the report to this machine's browsers until Ctrl-C."""
    import webbrowser

    from evo.cli.progress import say
    from evo.reports.live import server

    try:
        page = server(folder, port)
    except OSError as error:
        raise UsageError(
            f"cannot serve a page on port {port}: {error.strerror or error}", "take another --port"
        ) from None
    address = f"http://127.0.0.1:{page.server_address[1]}/"
    say(f"{folder.path} at {address}; Ctrl-C ends the page, not the run")
    webbrowser.open(address)
    with page:
        try:
            page.serve_forever(INTERVAL)
        except KeyboardInterrupt:
            say("")
