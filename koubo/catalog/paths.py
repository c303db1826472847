"""How two things of the catalogue are joined: a short path through the graph, and a sentence that says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from koubo.catalog.adjacency import Adjacency
from koubo.catalog.graph import EdgeKind, NodeKind

STEPS, VISITS = 6, 2_000
"""Steps from one thing to another, and nodes looked at in each, before the two count as not joined."""
_SAYS: Mapping[EdgeKind, tuple[str, str]] = MappingProxyType(
    {
        EdgeKind.MADE_BY: ("{0}是{1}的", "{0}和{2}都是{1}的"),
        EdgeKind.IN_CATEGORY: ("{0}属于{1}", "{0}和{2}都属于{1}"),
        EdgeKind.PART_OF: ("{0}是{1}的一类", "{0}和{2}都是{1}的一类"),
        EdgeKind.HAS: ("{0}的{1}", "{0}和{2}一样，{1}"),
        EdgeKind.PRAISED_FOR: ("{0}的卖点是{1}", "{0}和{2}的卖点都是{1}"),
        EdgeKind.COMPLAINED_OF: ("有买家说{0}{1}", "有买家说{0}和{2}都{1}"),
        EdgeKind.ASKED_ABOUT: ("有人问{0}的{1}", "有人问{0}和{2}的{1}"),
        EdgeKind.TAGGED: ("{0}的关键词有{1}", "{0}和{2}的关键词都有{1}"),
        EdgeKind.SHOWN_IN: ("{0}出现在{1}里", "{0}和{2}都出现在{1}里"),
        EdgeKind.LIKE: ("{0}和{1}几乎一样", "{0}、{2}都和{1}几乎一样"),
    }
)
"""What an edge says of source 0 and target 1, and what two like it say of sources 0 and 2 with one target 1."""
_OTHERWISE = ("{0}和{1}有关", "{0}和{2}都和{1}有关")


@dataclass(frozen=True, slots=True)
class GraphPath:
    """How one node is joined to another: the nodes from end to end, the kind of each edge, and both in a sentence."""

    nodes: tuple[str, ...]
    edges: tuple[EdgeKind, ...]
    sentence: str


def find_path(graph: Adjacency, start: int, end: int, title: Callable[[str], str]) -> GraphPath | None:
    """The path between two nodes; None where STEPS and VISITS do not join them.

    What both share is tried first (a brand, a value, a category above both), the shortest way and the rarest node
    winning, and what buyers say of both only where they share nothing else; then any shortest way, through other
    products too. What buyers say (好看) joins too much to be a step on such a way.

    Args:
        graph: of the snapshot.
        start, end: numbers of the nodes.
        title: what people call a product, by its id.
    """
    nodes = _by_what_both_share(graph, start, end) or _shortest(graph, start, end)
    if nodes is None:
        return None
    kinds = [graph.kind(here, there) for here, there in pairwise(nodes)]
    ids = [graph.ids[node] for node in nodes]
    return GraphPath(tuple(ids), tuple(kinds), "，".join(_clauses(ids, kinds, title)))


def _by_what_both_share(graph: Adjacency, start: int, end: int) -> list[int] | None:
    one, other = _upwards(graph, start), _upwards(graph, end)
    shared = one.keys() & other.keys()
    if not shared:
        return None
    best = min(
        shared, key=lambda node: (_is_said(graph, node), len(one[node]) + len(other[node]), graph.degree(node), node)
    )
    return [*one[best], *reversed(other[best][:-1])]


def _is_said(graph: Adjacency, node: int) -> bool:
    return graph.ids[node].startswith(f"{NodeKind.ASPECT.value}:")


def _upwards(graph: Adjacency, start: int) -> dict[int, list[int]]:
    """{node: the way to it} for the node itself, what stands beside it (no products), and the categories above."""
    ways = {start: [start]}
    for node in graph.beside(start).tolist():
        if not graph.products[node]:
            ways[node] = [start, node]
    for node in list(ways):
        kind, _, path = graph.ids[node].partition(":")
        while kind == NodeKind.CATEGORY and "/" in path:
            path, below = path.rpartition("/")[0], node
            node = graph.number[f"{kind}:{path}"]
            ways.setdefault(node, [*ways[below], node])
    return ways


def _shortest(graph: Adjacency, start: int, end: int) -> list[int] | None:
    """Breadth first from both ends in turn, STEPS times, each time from the rarest nodes on until VISITS are seen."""
    came: tuple[dict[int, int], dict[int, int]] = ({start: start}, {end: end})
    fronts = [[start], [end]]
    for step in range(STEPS):
        side = step % 2
        fronts[side], met = _step(graph, fronts[side], came[side], came[1 - side])
        if met is not None:
            return [*reversed(_way(came[0], met)), *_way(came[1], met)[1:]]
    return None


def _step(
    graph: Adjacency, front: Sequence[int], came: dict[int, int], across: Mapping[int, int]
) -> tuple[list[int], int | None]:
    """The nodes one step further, and the one that the other end has reached already, if any."""
    reached: list[int] = []
    left = VISITS
    for node in sorted(front, key=graph.degree):
        for other in graph.beside(node)[:left].tolist():
            left -= 1
            if _is_said(graph, other):
                continue
            if other not in came:
                came[other] = node
                reached.append(other)
            if other in across:
                return reached, other
    return reached, None


def _way(came: Mapping[int, int], node: int) -> list[int]:
    """The nodes from one back to where the search began."""
    way = [node]
    while came[way[-1]] != way[-1]:
        way.append(came[way[-1]])
    return way


def _clauses(ids: Sequence[str], kinds: Sequence[EdgeKind], title: Callable[[str], str]) -> Iterator[str]:
    """One clause an edge; one for two edges where both ends say the same of the node between them."""
    names = [_name(node, title) for node in ids]
    place = 0
    while place < len(kinds):
        alone, both = _SAYS.get(kinds[place], _OTHERWISE)
        if _meets(ids, kinds, place):
            yield both.format(*names[place : place + 3])
            place += 2
            continue
        ends = names[place], names[place + 1]
        yield alone.format(*(ends if _points_on(ids[place], ids[place + 1], kinds[place]) else ends[::-1]))
        place += 1


def _meets(ids: Sequence[str], kinds: Sequence[EdgeKind], place: int) -> bool:
    """Whether this edge and the next are of one kind and point to the node between them."""
    if place + 1 == len(kinds) or kinds[place + 1] is not kinds[place]:
        return False
    before, middle, after = ids[place : place + 3]
    return _points_on(before, middle, kinds[place]) and _points_on(after, middle, kinds[place])


def _points_on(here: str, there: str, kind: EdgeKind) -> bool:
    """Whether the edge points from here to there: products and the lower of two categories are sources."""
    if kind is EdgeKind.PART_OF:
        return here.startswith(f"{there}/")
    return kind is EdgeKind.LIKE or here.startswith(f"{NodeKind.PRODUCT.value}:")


def _name(node: str, title: Callable[[str], str]) -> str:
    """What people call a node."""
    kind, _, label = node.partition(":")
    match kind:
        case NodeKind.PRODUCT:
            return f"「{title(label)}」"
        case NodeKind.ATTRIBUTE:
            return "是".join(label.split("=", 1))
        case NodeKind.ASPECT:
            return label.replace("=", "", 1)
        case NodeKind.CATEGORY:
            return f"{label.rpartition('/')[2]}类"
        case NodeKind.IMAGE:
            return f"图片{label}"
        case _:
            return label
