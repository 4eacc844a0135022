"""Where the networks that learn are: by themselves, or beside a body that they move."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from evo.networks.flat import Networks
from evo.phenotype import NO_TRAITS, Need, Network, Parts, Traits


def network_of(need: Need) -> Network | None:
    """The networks among what is needed; None if there are none, or several kinds of them."""
    if isinstance(need, Network):
        return need
    parts = dict(need.parts).values() if isinstance(need, Parts) else ()
    wanted = [part for part in parts if isinstance(part, Network)]
    return wanted[0] if len(wanted) == 1 else None


def with_traits(need: Need, traits: Traits) -> Need | None:
    """The need for networks that carry more traits, behind those that they carry already.

    None where some of a kind are carried already: those by which networks learn are the first and
    last of their kind.
    """
    network = network_of(need)
    assert network is not None
    if traits == NO_TRAITS:
        return need
    pairs = {
        kind: (getattr(network.traits, kind), getattr(traits, kind))
        for kind in ("network", "node", "link")
    }
    if any(before and more for before, more in pairs.values()):
        return None
    carrying = replace(network, traits=Traits(**{k: (*a, *b) for k, (a, b) in pairs.items()}))
    if isinstance(need, Parts):
        return Parts(**{k: carrying if part is network else part for k, part in need.parts})
    return carrying


def networks_in(phenotypes: Any) -> Networks:
    """The networks of n phenotypes, which are networks or have them as one of their parts."""
    if isinstance(phenotypes, Mapping):
        return next(part for part in phenotypes.values() if isinstance(part, Networks))
    return phenotypes
