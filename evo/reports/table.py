"""Tables of a report: a solution as text, beside its picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

MOST_ROWS = 300


@dataclass(frozen=True)
class Table:
    """Rows of text under headings.

    Attributes:
        title: what the table holds.
        headings: of the columns; none for text that needs none.
        rows: of the table, or the first of them.
        count: how many rows there are in all; None: those given.
        prose: whether the rows are lines of text, which may be broken anywhere.
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    count: int | None = None
    prose: bool = False

    def html(self) -> str:
        """The table as HTML; of many rows the first `MOST_ROWS`."""
        rows = self.rows[:MOST_ROWS]
        count = len(self.rows) if self.count is None else self.count
        title = f'<p class="soft">{escape(self.title)}</p>'
        if self.prose:
            words = "\n".join(" ".join(row) for row in rows)
            body = f"<pre>{escape(words)}</pre>"
        else:
            head = "".join(f"<th>{escape(word)}</th>" for word in self.headings)
            lines = (
                "<tr>" + "".join(f"<td>{escape(word)}</td>" for word in row) + "</tr>"
                for row in rows
            )
            head = f"<tr>{head}</tr>" if head else ""
            body = f'<table class="figures">{head}{"".join(lines)}</table>'
        more = count - len(rows)
        note = f'<p class="soft">and {more} more</p>' if more > 0 else ""
        return f'{title}<div class="scroll">{body}</div>{note}'
