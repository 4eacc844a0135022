"""A network as a picture, and as a table.

Inputs are on the left, outputs on the right, and every node is to the right of what it reads. What
is too large for that is drawn in summary.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from evo.reports.numbers import counted, grouped
from evo.reports.table import MOST_ROWS, Table
from evo.reports.views.network import summary
from evo.reports.views.network.columns import arrange as arrange
from evo.reports.views.network.full import draw_all
from evo.reports.views.network.names import Drawn, read
from evo.reports.views.network.names import Link as Link

MOST_ROOM, MOST_LINKS, MOST_COLUMNS, MOST_PIECES = 160, 1_500, 26, 12_000
"""The largest picture with every link: positions in a column, links, columns, and pieces of links
from column to column.
"""


def draw(description: Mapping[str, Any]) -> str:
    """The SVG text of a network that `Networks.describe` has described.

    It may have "input_names" and "output_names". Blue links excite, orange ones inhibit, dashed
    ones lead back. Raises `ValueError` if links do not fit the nodes.
    """
    network = read(description)
    columns = arrange(
        network.inputs,
        len(network.nodes),
        network.outputs,
        network.links,
        network.recurrent,
    )
    title = f"Network: {size(network)}"
    if _is_large(network, columns):
        return summary.draw(network, columns, title)
    return draw_all(network, columns, title)


def _is_large(network: Drawn, columns: Sequence[Sequence[int]]) -> bool:
    most = max(len(column) for column in columns)
    if most > MOST_ROOM or len(network.links) > MOST_LINKS or len(columns) > MOST_COLUMNS:
        return True
    at = {position: x for x, column in enumerate(columns) for position in column}
    return sum(abs(at[link.target] - at[link.source]) for link in network.links) > MOST_PIECES


def size(network: Drawn) -> str:
    """How many inputs, nodes, outputs and links there are, in words."""
    parts = [
        (network.inputs, "input"),
        (len(network.hidden), "hidden node"),
        (len(network.outputs), "output"),
        (len(network.links), "link"),
    ]
    return ", ".join(counted(count, noun) for count, noun in parts)


def tell(description: Mapping[str, Any]) -> Sequence[Table]:
    """The links of a network, the strongest first, its nodes, and what it learns by if it does."""
    network = read(description)
    names = network.names()
    links = sorted(network.links, key=lambda link: -abs(link.weight))[:MOST_ROWS]
    nodes = [
        [
            names[position],
            f"{node['activation']} of {node['aggregation']}",
            f"{float(node['bias']):.4g}",
        ]
        for position, node in enumerate(network.nodes[:MOST_ROWS], network.inputs)
    ]
    learns_by = description.get("learns_by", {})
    settings = [[name, f"{value:.4g}"] for name, value in learns_by.items()]
    carried = [Table("What it learns by", ("setting", "value"), settings, len(settings))]
    return [
        *(carried if settings else []),
        Table(
            f"{grouped(len(network.links))} links, the strongest first",
            ("from", "to", "weight"),
            [[names[link.source], names[link.target], f"{link.weight:.4g}"] for link in links],
            len(network.links),
        ),
        Table("Nodes", ("node", "computes", "bias"), nodes, len(network.nodes)),
    ]
