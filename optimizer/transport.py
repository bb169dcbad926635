"""Who fills the postings with the fewest moves: a small minimum-cost flow, exact and whole.

Today's staff must all be placed, new officers fill what is left; staying costs nothing, moving
costs one. Successive shortest paths (Ford & Fulkerson) from a start in which everybody who can
stay does.
"""

from collections import deque
from dataclasses import dataclass

from optimizer.instance import Cell, Instance, StaffClass
from optimizer.plan import Transfer
from optimizer.staff import EXPERIENCED_UNITS, Gender

RECRUIT = 1  # a new officer where experience is needed


@dataclass
class _Arc:
    to: int
    room: int
    cost: int
    back: int  # index of the reverse arc in the list of ``to``


class _Network:
    """A residual network by adjacency lists."""

    def __init__(self, nodes: int) -> None:
        self.arcs: list[list[_Arc]] = [[] for _ in range(nodes)]

    def add(self, start: int, to: int, room: int, cost: int) -> _Arc:
        forth = _Arc(to, room, cost, len(self.arcs[to]))
        self.arcs[to].append(_Arc(start, 0, -cost, len(self.arcs[start])))
        self.arcs[start].append(forth)
        return forth

    def push(self, arc: _Arc, amount: int) -> None:
        arc.room -= amount
        self.arcs[arc.to][arc.back].room += amount

    def saturate(self, source: int, sink: int) -> None:
        """Push along cheapest paths until none is left."""
        while (path := self.cheapest_path(source, sink)) is not None:
            amount = min(arc.room for arc in path)
            for arc in path:
                self.push(arc, amount)

    def cheapest_path(self, source: int, sink: int) -> list[_Arc] | None:
        """Bellman-Ford with a queue; None when the sink can't be reached."""
        distance: list[int | None] = [None] * len(self.arcs)
        via: list[tuple[int, _Arc] | None] = [None] * len(self.arcs)
        distance[source] = 0
        waiting, queued = deque([source]), {source}
        while waiting:
            node = waiting.popleft()
            queued.discard(node)
            base = distance[node]
            assert base is not None
            for arc in self.arcs[node]:
                known = distance[arc.to]
                if arc.room > 0 and (known is None or base + arc.cost < known):
                    distance[arc.to] = base + arc.cost
                    via[arc.to] = (node, arc)
                    if arc.to not in queued:
                        queued.add(arc.to)
                        waiting.append(arc.to)
        if distance[sink] is None:
            return None
        path: list[_Arc] = []
        node = sink
        while node != source:
            step = via[node]
            assert step is not None
            node = step[0]
            path.append(step[1])
        return path


def transfers(
    instance: Instance, count: dict[tuple[Cell, Gender], int]
) -> tuple[Transfer, ...] | None:
    """Fewest moves that turn today's staff and the new officers into these postings.

    Among these, those that leave the fewest new officers in ``EXPERIENCED_UNITS``.

    None when it can't be done: too many or too few officers, or nobody who can serve a unit.
    """
    found: list[Transfer] = []
    for gender in Gender:
        part = _of_gender(instance, gender, {c: n for (c, q), n in count.items() if q is gender})
        if part is None:
            return None
        found += part
    return tuple(sorted(found, key=_transfer_key))


def _transfer_key(t: Transfer) -> tuple[str, ...]:
    origin = (t.from_office or "", str(t.from_unit or ""))
    return (str(t.gender), *origin, t.to_office, str(t.to_unit), ",".join(t.skills))


def _of_gender(
    instance: Instance, gender: Gender, wanted: dict[Cell, int]
) -> list[Transfer] | None:
    groups = [g for g in instance.groups if g.gender is gender]
    lots = [(c, n) for c, n in instance.hires.items() if c.gender is gender]
    move = 1 + sum(many for _, many in lots)  # dearer than all recruits together
    # Dearer than any chain of moves, which passes each group once: today's staff are placed first.
    new_officer = move * (1 + 2 * len(groups)) + 1
    cells = [c for c in instance.cells if wanted.get(c)]
    if sum(wanted.values()) != sum(wanted[c] for c in cells):
        return None  # posted to an office or unit that isn't in the problem
    node = {cell: 2 + n for n, cell in enumerate(cells)}
    first_group, first_lot = 2 + len(cells), 2 + len(cells) + len(groups)
    net = _Network(first_lot + len(lots))
    exits = {cell: net.add(node[cell], 1, wanted[cell], 0) for cell in cells}
    choices: list[tuple[int, Cell, _Arc, int]] = []
    for n, g in enumerate(groups):
        home = Cell(g.office, g.unit)
        entry = net.add(0, first_group + n, g.count, 0)
        for cell in cells:
            if cell != home and (g.locked or cell.unit not in g.skills):
                continue
            arc = net.add(first_group + n, node[cell], g.count, move * (cell != home))
            choices.append((n, cell, arc, g.count))
            if cell == home:
                staying = min(g.count, exits[cell].room)
                for step in (entry, arc, exits[cell]):
                    net.push(step, staying)
    for n, (who, many) in enumerate(lots):
        net.add(0, first_lot + n, many, new_officer)
        for cell in cells:
            if cell.unit in who.skills:
                cost = RECRUIT * (cell.unit in EXPERIENCED_UNITS)
                arc = net.add(first_lot + n, node[cell], many, cost)
                choices.append((len(groups) + n, cell, arc, many))
    net.saturate(0, 1)
    placed = sum(g.count for g in groups) - sum(
        arc.room for arc in net.arcs[0] if arc.cost == 0 and arc.to >= first_group
    )
    if any(arc.room for arc in exits.values()) or placed != sum(g.count for g in groups):
        return None
    origins: list[tuple[StaffClass, Cell | None]] = [
        (StaffClass(g.gender, g.skills), Cell(g.office, g.unit)) for g in groups
    ]
    origins += [(who, None) for who, _ in lots]
    return _read(choices, origins)


def _read(
    choices: list[tuple[int, Cell, _Arc, int]], origins: list[tuple[StaffClass, Cell | None]]
) -> list[Transfer]:
    counts: dict[tuple[StaffClass, Cell | None, Cell], int] = {}
    for n, cell, arc, room in choices:
        who, origin = origins[n]
        flow = room - arc.room
        if flow and origin != cell:
            counts[who, origin, cell] = counts.get((who, origin, cell), 0) + flow
    return [
        Transfer(
            gender=who.gender,
            skills=who.skills,
            from_office=origin.office if origin else None,
            from_unit=origin.unit if origin else None,
            to_office=cell.office,
            to_unit=cell.unit,
            count=flow,
        )
        for (who, origin, cell), flow in counts.items()
    ]
