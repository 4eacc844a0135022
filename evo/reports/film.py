"""A film within a report: the file itself, as text in the page."""

from base64 import b64encode
from html import escape
from pathlib import Path

MOST_BYTES = 3_000_000
"""The largest film that a report holds."""

TYPES = {".mp4": "video/mp4", ".gif": "image/gif"}


def embedded(path: Path, about: str) -> str:
    """A film as HTML that needs no file beside it; of a larger one, where it is.

    Args:
        path: a .mp4 or .gif file.
        about: what a screen reader says.
    """
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        size = f"{len(content) / 1e6:.1f} MB"
        return f"<p>{escape(path.name)} has {size}, too many for this page: it lies beside it.</p>"
    data = f"data:{TYPES[path.suffix]};base64,{b64encode(content).decode()}"
    if path.suffix == ".gif":
        return f'<img class="film" src="{data}" alt="{escape(about)}">'
    look = 'class="film" controls autoplay loop muted playsinline'
    return f'<video {look} aria-label="{escape(about)}" src="{data}"></video>'
