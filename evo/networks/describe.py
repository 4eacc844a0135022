"""Networks from the plain data that `Networks.describe` makes of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from evo.networks.flat import Columns, Networks
from evo.networks.functions import ACTIVATIONS, AGGREGATIONS

KINDS = dict(
    zip(
        Columns._fields,
        (np.int64, np.float64, np.uint8, np.uint8, np.int64, np.int32, np.float64, np.int32),
        strict=True,
    )
)
"""The types of the arrays of `Networks`."""


def from_description(description: Mapping[str, Any]) -> Networks:
    """The network that was described, as `Networks` of one.

    Raises `ValueError` if that is not a network.
    """
    try:
        return _checked(_read(description))
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(
            f"not the description of a network: {type(error).__name__}: {error}"
        ) from error


def from_columns(inputs: int, recurrent: bool, columns: Mapping[str, Any]) -> Networks:
    """One network from its arrays, as they are in `Networks`.

    Raises `ValueError` where they do not fit together.
    """
    try:
        arrays: dict[str, Any] = {}
        for name, kind in KINDS.items():
            arrays[name] = np.ascontiguousarray(columns[name], kind)
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError(f"not the columns of a network: {error}") from None
    network = Networks(inputs, arrays["output"].size, recurrent, **arrays)
    n, m = len(network.bias), len(network.weights)
    lengths = {
        "nodes": (2,),
        "activation": (n,),
        "aggregation": (n,),
        "links": (n + 1,),
        "sources": (m,),
        "weights": (m,),
        "output": (1, network.outputs),
    }
    for name, shape in lengths.items():
        if arrays[name].shape != shape:
            raise ValueError(f"{name} has the shape {arrays[name].shape}, not {shape}")
    if network.nodes.tolist() != [0, n] or network.links[0] != 0 or network.links[-1] != m:
        raise ValueError("the offsets of nodes and links are not those of one network")
    if (np.diff(network.links) < 0).any():
        raise ValueError("the offsets of links go back")
    for name, codes in (("activation", ACTIVATIONS), ("aggregation", AGGREGATIONS)):
        if not np.isin(arrays[name], [int(code) for code in codes.values()]).all():
            raise ValueError(f"a code of {name} is unknown")
    return _checked(network)


def _read(description: Mapping[str, Any]) -> Networks:
    inputs, nodes = int(description["inputs"]), description["nodes"]
    positions = [node["position"] for node in nodes]
    if positions != list(range(inputs, inputs + len(nodes))):
        raise ValueError(
            f"nodes have positions {positions}; they stand in order, from {inputs} (the number of "
            "inputs) on"
        )
    incoming: dict[int, list[tuple[int, float]]] = {position: [] for position in positions}
    for link in description["links"]:
        if link["target"] not in incoming:
            raise ValueError(f"a link ends at {link['target']!r}, where no node is")
        incoming[link["target"]].append((int(link["source"]), float(link["weight"])))
    flat = [link for position in positions for link in incoming[position]]
    output = [int(position) for position in description["outputs"]]
    return Networks(
        inputs=inputs,
        outputs=len(output),
        recurrent=bool(description["recurrent"]),
        nodes=np.array([0, len(nodes)]),
        bias=np.array([float(node["bias"]) for node in nodes]),
        activation=np.array([ACTIVATIONS[node["activation"]] for node in nodes], np.uint8),
        aggregation=np.array([AGGREGATIONS[node["aggregation"]] for node in nodes], np.uint8),
        links=np.cumsum([0, *(len(incoming[position]) for position in positions)]),
        sources=np.array([source for source, _ in flat], np.int32),
        weights=np.array([weight for _, weight in flat], np.float64),
        output=np.array([output], np.int32),
    )


def _checked(networks: Networks) -> Networks:
    """The same network.

    Raises `ValueError` where a kernel would read beyond an array, or a value before it is computed.
    """
    inputs, size = networks.inputs, networks.inputs + len(networks.bias)
    if inputs < 0 or networks.outputs < 1:
        raise ValueError(
            f"{inputs} inputs and {networks.outputs} outputs; a network has at least one output"
        )
    own = np.repeat(np.arange(inputs, size), np.diff(networks.links))
    beyond = np.full(len(own), size) if networks.recurrent else own
    wrong = (networks.sources < 0) | (networks.sources >= beyond)
    if wrong.any():
        k = int(np.flatnonzero(wrong)[0])
        allowed = f"0 … {beyond[k] - 1}" + (
            "" if networks.recurrent else ": in a feed-forward network links go forward"
        )
        raise ValueError(
            f"the link to {own[k]} starts at {networks.sources[k]}; it may start at {allowed}"
        )
    if ((networks.output < 0) | (networks.output >= size)).any():
        raise ValueError(
            f"outputs are held by positions {networks.output[0].tolist()}; there are 0 … {size - 1}"
        )
    if not (np.isfinite(networks.bias).all() and np.isfinite(networks.weights).all()):
        raise ValueError("a bias or weight is not a finite number")
    return networks
