"""How much memory there is, and requests for more than that, refused in words beforehand."""

import os
from pathlib import Path

from evo.errors import UsageError

_MEMINFO = Path("/proc/meminfo")
_LIMIT, _USED = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")


def available() -> int | None:
    """Bytes that a process can still get, all of the machine's where that is not known.

    None where the system does not even say that.
    """
    try:
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if "MemAvailable" in line)
    except (OSError, StopIteration, ValueError):
        try:
            free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        except (AttributeError, OSError, ValueError):
            return None
    try:  # a container may have less
        limit = int(_LIMIT.read_text(encoding="ascii")) - int(_USED.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return free
    return min(free, limit)


def demand(size: float, what: str, hint: str) -> None:
    """Raise `UsageError` if there are no `size` bytes.

    Args:
        size: how many bytes are needed.
        what: what needs them, as the beginning of a sentence.
        hint: the next thing to do.
    """
    free = available()
    if free is not None and size > free:
        raise UsageError(
            f"{what} needs {in_words(size)} of memory; {in_words(free)} are free", hint
        )


def in_words(size: float) -> str:
    """Bytes as people read them: "1.5 GB"."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:,.3g} TB"
