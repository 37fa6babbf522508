"""Node sets: cells selected by their attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ...errors import MorphologyError
from .nodes import Nodes
from .patterns import words_matching

NodeSet: TypeAlias = str | Mapping[str, Any] | Sequence[int] | Sequence[str] | npt.NDArray[np.integer[Any]]
Definitions: TypeAlias = Callable[[], Mapping[str, Any]]
Mask = npt.NDArray[np.bool_]

_MAX_NESTING = 50  # node sets within each other
_COMPARISONS = {"$gt": np.greater, "$lt": np.less, "$gte": np.greater_equal, "$lte": np.less_equal}


def chosen_nodes(node_set: NodeSet, definitions: Definitions, populations: Sequence[Nodes]) -> list[Mask]:
    """The nodes of a node set.

    Parameters
    ----------
    node_set
        One of:

        - the name of a definition;
        - a list of such names: the union of their nodes;
        - a list of node ids, in all populations;
        - a mapping of attributes to a value, a list of values, or a comparison such as ``{"$gt": value}``. A node must
          match all of them: ``{"mtype": ["L4_PC", "L4_SP"], "x": {"$gt": 0}}``. ``population`` and ``node_id`` are
          attributes too.
    definitions : callable
        Returns the definitions by name; it is called only if a name is given.
    populations : sequence of Nodes
        The nodes to select from.

    Returns
    -------
    list of (n_nodes,) bool
        For each population, True for the nodes of the set.

    Raises
    ------
    MorphologyError
        A set, attribute or node does not exist, or the set is empty.
    """
    if isinstance(node_set, np.ndarray):
        node_set = node_set.tolist()
    masks = _resolved(node_set, definitions, populations, (), {})
    if not any(mask.any() for mask in masks):
        counts = ", ".join(f"{nodes.population} with {len(nodes.ids)} nodes" for nodes in populations)
        raise MorphologyError(f"the node set {node_set!r} has no node of {counts}; choose another")
    return masks


def _resolved(
    node_set: Any,
    definitions: Definitions,
    populations: Sequence[Nodes],
    outer: tuple[str, ...],
    found: dict[str, list[Mask]],
) -> list[Mask]:
    """The nodes of a node set; ``outer`` are the names of the sets that contain it, ``found`` the nodes of others."""
    if isinstance(node_set, str):
        known = definitions()
        if node_set in found:
            return found[node_set]
        if node_set not in known or node_set in outer or len(outer) > _MAX_NESTING:
            reason = "contains itself" if node_set in outer else "is not defined"
            reason = f"is nested deeper than {_MAX_NESTING} sets" if len(outer) > _MAX_NESTING else reason
            listed = ", ".join(list(known)[:20]) or "none"
            raise MorphologyError(f"the node set {node_set!r} {reason}; defined are {listed}")
        found[node_set] = _resolved(known[node_set], definitions, populations, (*outer, node_set), found)
        return found[node_set]
    if isinstance(node_set, Mapping):
        return _by_attributes(node_set, populations)
    if isinstance(node_set, Sequence) and node_set and all(isinstance(name, str) for name in node_set):
        parts = [_resolved(name, definitions, populations, outer, found) for name in node_set]
        return [np.logical_or.reduce(masks) for masks in zip(*parts, strict=True)]
    if isinstance(node_set, Sequence) and node_set and all(isinstance(n, int | np.integer) for n in node_set):
        missing = sorted(set(node_set) - {n for nodes in populations for n in nodes.ids.tolist()})
        if missing:
            raise MorphologyError(f"there is no node {missing[0]} in {', '.join(n.location for n in populations)}")
        return [np.isin(nodes.ids, node_set) for nodes in populations]
    raise MorphologyError(
        f"node_set must be a name, a list of names or of node ids, or attributes with their values, got {node_set!r}"
    )


def _by_attributes(rules: Mapping[str, Any], populations: Sequence[Nodes]) -> list[Mask]:
    masks = [np.ones(len(nodes.ids), dtype=bool) for nodes in populations]
    for name, rule in rules.items():
        columns = [_attribute(nodes, name) for nodes in populations]
        if all(column is None for column in columns):
            raise MorphologyError(f"no node of {', '.join(n.location for n in populations)} has the attribute {name!r}")
        for mask, column in zip(masks, columns, strict=True):
            mask &= False if column is None else _matches(column, rule, name)
    return masks


def _attribute(nodes: Nodes, name: str) -> npt.NDArray[Any] | None:
    if name == "population":
        return np.full(len(nodes.ids), nodes.population)
    if name == "node_id":
        return nodes.ids
    return nodes.column(name)


def _matches(column: npt.NDArray[Any], rule: Any, name: str) -> Mask:
    if not isinstance(rule, Mapping):
        wanted = rule if isinstance(rule, list | tuple) else [rule]
        return np.array([value in wanted for value in column.tolist()], dtype=bool)
    mask = np.ones(len(column), dtype=bool)
    for operator, value in rule.items():
        if operator == "$regex":
            matching = words_matching(value, column.tolist(), name)
            mask &= np.array([word in matching for word in column.tolist()], dtype=bool)
        elif operator in _COMPARISONS and column.dtype.kind in "iufb" and isinstance(value, int | float):
            mask &= _COMPARISONS[operator](column, value)
        else:
            raise MorphologyError(
                f"a node set has the condition {name} {rule!r}; expected $regex for text, or $gt, $lt, $gte or $lte "
                "for numbers"
            )
    return mask
