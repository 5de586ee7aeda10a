"""All climbs of one track as a network over the weeks, and its cheapest climb under given prices.

A *climb* is a path of columns together with one contract per block (slots and minutes).  Nodes
carry, besides the state between two weeks, how many sessions have been shown at each stage of the
envelope, so that what a climb earns is exact.  The cheapest climb is found by dynamic programming,
over all contracts of a block at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from planner.domain.directions import Direction
from planner.solver.columns import NOT_BEGUN, Column, State
from planner.solver.terms import Contract, Terms

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Priced so, an arc is out of the question.
NEVER = 1e12

#: What has been shown so far: sessions per (direction, stage), as many as are counted.
Shown = tuple[int, ...]
Node = tuple[State, Shown]

#: By block, the fewest and most sessions a week and the most minutes of one; nothing said means any.
Bounds = Mapping[int, tuple[int, int, int]]
ANY = (0, 99, 999)
UNBOUNDED: Bounds = MappingProxyType({})

#: Name of a row of the master problem.
Row = tuple[object, ...]


@dataclass(frozen=True)
class Climb:
    """One climb of one track: its columns, contracts, cost and entries in the master's rows.

    ``own`` are the entries that its columns make, ``entries`` those and the ones of its contracts.
    """

    track: str
    columns: Mapping[int, Column]
    contracts: Mapping[int, Contract]
    cost: int
    own: Mapping[int, float]
    entries: Mapping[int, float]

    @property
    def name(self) -> tuple[object, ...]:
        """What tells two climbs of a track apart."""
        return (
            tuple((w, c.rungs, c.after) for w, c in sorted(self.columns.items())),
            tuple((b, c.slots, c.minutes) for b, c in sorted(self.contracts.items())),
        )


@dataclass(frozen=True)
class _Offer:
    """Contracts of a block that admit the same columns, for one number of minutes."""

    frequency: int
    classes: frozenset[int]
    minutes: int
    patterns: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class _Week:
    """What columns with the same rungs in one week share."""

    minutes: int
    kind: int
    cost: int
    entries: list[tuple[int, float]]


@dataclass
class _Layer:
    """The arcs of one week, sorted by the node they lead to."""

    week: int
    columns: list[Column | None]
    source: Ints
    target: Ints
    starts: Ints
    cost: Floats
    closed: Floats  # arcs x offers of the block: 0 or NEVER
    entry_arc: Ints
    entry_row: Ints
    entry_value: Floats


@dataclass(frozen=True)
class _Block:
    """One block of a forward sweep: price and pattern of each offer, and the values before and after its weeks."""

    block: int
    offered: Floats
    chosen: list[tuple[int, ...]]
    steps: list[tuple[_Layer, Floats, Floats]]  # layer, reduced costs, values before (nodes x offers)
    after: Floats


class Network:
    """The network of one track.

    Parameters
    ----------
    rows
        Number of each row of the master problem, by name; rows that do not exist are not there.
    """

    def __init__(self, terms: Terms, key: str, rows: Mapping[Row, int]) -> None:
        self.terms = terms
        self.key = key
        self.ladder = terms.ladders[key]
        self.rows = rows
        self.counted = self._counted()
        self.blocks = [b for b, weeks in enumerate(terms.blocks) if any(self.ladder.active(week) for week in weeks)]
        self._slot_classes: list[frozenset[int]] = []
        self.offers: dict[int, list[_Offer | None]] = {}
        self.layers: dict[int, _Layer] = {}
        self._build()

    # ---------------------------------------------------------------- build
    def _counted(self) -> list[tuple[Direction, int, int]]:
        """(direction, stage, sessions) that this track can show and that open a further stage."""
        out = []
        reach: dict[Direction, int] = {}
        for columns in self.terms.columns[self.key].values():
            for column in columns:
                for r in column.rungs:
                    for direction, stage in self.ladder.rungs[r].stages.items():
                        reach[direction] = max(reach.get(direction, 0), stage)
        for direction, limit in sorted(self.terms.gate.opens.items()):
            for stage in range(max(1, limit.first), min(max(limit.highest) - 1, reach.get(direction, 0)) + 1):
                out.append((direction, stage, limit.sessions))
        return out

    def _build(self) -> None:
        terms, ladder = self.terms, self.ladder
        shown = tuple(min(most, terms.shown(self.key, way, stage)) for way, stage, most in self.counted)
        nodes: dict[Node, int] = {(terms.start(self.key), shown): 0}
        made: dict[int, tuple[dict[Node, int], list[tuple[int, Column | None, Node]]]] = {}
        for week in range(ladder.first_week, ladder.last_week + 1):
            by_state: dict[State, list[Column]] = defaultdict(list)
            for column in terms.columns[self.key][week]:
                by_state[column.before].append(column)
            arcs: list[tuple[int, Column | None, Node]] = []
            for (state, shown), index in nodes.items():
                if state == NOT_BEGUN and terms.may_wait(self.key, week):
                    arcs.append((index, None, (state, shown)))
                for column in by_state.get(state, ()):
                    arcs.append((index, column, (column.after, self._show(shown, column))))
            nodes = {}
            for _, _, node in arcs:
                nodes.setdefault(node, len(nodes))
            made[week] = (nodes, arcs)
        for block in self.blocks:
            weeks = [w for w in terms.blocks[block] if ladder.active(w)]
            self.offers[block] = self._offers(block, [c for w in weeks for c in terms.columns[self.key][w]])
            for week in weeks:
                self.layers[week] = self._layer(week, block, *made[week])

    def _show(self, shown: Shown, column: Column) -> Shown:
        return tuple(
            min(most, so_far + self.terms.shows(self.ladder, column, direction, stage))
            for so_far, (direction, stage, most) in zip(shown, self.counted, strict=True)
        )

    def _class(self, slots: frozenset[int]) -> int:
        if slots not in self._slot_classes:
            self._slot_classes.append(slots)
        return self._slot_classes.index(slots)

    def _offers(self, block: int, columns: list[Column]) -> list[_Offer | None]:
        """Contracts of a block in groups; the first offer is none at all."""
        terms = self.terms
        classes = {self._class(terms.slots_of(self.ladder, c)) for c in columns}
        minutes = sorted({terms.column_minutes(self.ladder, c) for c in columns})
        groups: dict[tuple[int, frozenset[int]], list[tuple[int, ...]]] = defaultdict(list)
        for size in terms.frequencies(self.key):
            for pattern in terms.patterns(self.key, block, size):
                fitting = frozenset(n for n in classes if set(pattern) <= self._slot_classes[n])
                if fitting:
                    groups[size, fitting].append(pattern)
        return [None] + [
            _Offer(size, fitting, m, tuple(found)) for (size, fitting), found in groups.items() for m in minutes
        ]

    def _layer(
        self, week: int, block: int, nodes: dict[Node, int], arcs: list[tuple[int, Column | None, Node]]
    ) -> _Layer:
        terms = self.terms
        arcs = sorted(arcs, key=lambda arc: nodes[arc[2]])
        target = np.array([nodes[node] for _, _, node in arcs], dtype=np.int64)
        starts = np.searchsorted(target, np.arange(len(nodes)))
        offers = self.offers[block]
        by_rungs: dict[tuple[int, ...], _Week] = {}
        for _, column, _ in arcs:
            if column is not None and column.rungs not in by_rungs:
                by_rungs[column.rungs] = _Week(
                    terms.column_minutes(self.ladder, column),
                    self._class(terms.slots_of(self.ladder, column)),
                    terms.cost(self.key, week, column),
                    [(self.rows[row], n) for row, n in self._column_entries(week, column) if row in self.rows],
                )
        minutes = np.array([0 if c is None else by_rungs[c.rungs].minutes for _, c, _ in arcs])
        frequency = np.array([0 if c is None else c.frequency for _, c, _ in arcs])
        kinds = np.array([-1 if c is None else by_rungs[c.rungs].kind for _, c, _ in arcs])
        closed = np.full((len(arcs), len(offers)), NEVER)
        for n, offer in enumerate(offers):
            fits = kinds == -1
            if offer is not None:
                fits |= (
                    (frequency == offer.frequency)
                    & (minutes <= offer.minutes)
                    & np.isin(kinds, np.array(sorted(offer.classes)))
                )
            closed[fits, n] = 0.0
        shown = [
            [(self.rows[row], n) for row, n in self._shown_entries(week, node) if row in self.rows] for node in nodes
        ]
        entries = [
            (n, row, number)
            for n, (_, column, _) in enumerate(arcs)
            for row, number in ([] if column is None else by_rungs[column.rungs].entries) + shown[target[n]]
        ]
        waiting = terms.cost(self.key, week, None)
        return _Layer(
            week=week,
            columns=[column for _, column, _ in arcs],
            source=np.array([source for source, _, _ in arcs], dtype=np.int64),
            target=target,
            starts=starts,
            cost=np.array([waiting if c is None else by_rungs[c.rungs].cost for _, c, _ in arcs], dtype=np.float64),
            closed=closed,
            entry_arc=np.array([n for n, _, _ in entries], dtype=np.int64),
            entry_row=np.array([row for _, row, _ in entries], dtype=np.int64),
            entry_value=np.array([number for _, _, number in entries], dtype=np.float64),
        )

    def _column_entries(self, week: int, column: Column) -> Iterable[tuple[Row, float]]:
        """Rows of the master that a week of this track enters, and with which number."""
        terms, ladder = self.terms, self.ladder
        for n, limit in enumerate(terms.covers):
            count = terms.covering(ladder, column, limit)
            if count:
                yield ("cover", n, week), float(count)
        for direction in terms.gate.opens:
            highest = terms.stage(ladder, column, direction)
            for stage in range(1, highest + 1):
                yield ("uses", direction, week, stage, self.key), 1.0
        for n, order in enumerate(terms.precedes):
            here = {ladder.rungs[r].exercise.id for r in column.rungs}
            if here & order.after:
                yield ("precede", n, week, self.key), float(order.sessions)
            for other, first in terms.earning(order).items():
                before = terms.practised(ladder, column, order, first)
                for later in range(week + 1, terms.case.weeks + 1) if before else ():
                    yield ("precede", n, later, other), -float(before)
        for n, new in enumerate(terms.news):
            if count := terms.new(ladder, column, new):
                yield ("new", n, week), float(count)
        if terms.must(ladder) and terms.meets(ladder, column):
            yield ("must", self.key), 1.0

    def _shown_entries(self, week: int, node: Node) -> Iterable[tuple[Row, float]]:
        """Rows of the stages that a node has earned."""
        terms, ladder = self.terms, self.ladder
        # what has been shown by the end of this week opens a stage in the next
        until = week + 1 if week < ladder.last_week else terms.case.weeks
        for count, (direction, stage, most) in zip(node[1], self.counted, strict=True):
            if count >= most:
                for later in range(week + 1, until + 1):
                    yield ("earned", direction, later, stage + 1), -1.0

    # ---------------------------------------------------------------- prices
    def _prices(self, prices: Floats, block: int, bounds: Bounds) -> tuple[Floats, list[tuple[int, ...]]]:
        """Price of every offer of a block, each with its cheapest pattern."""
        offers = self.offers[block]
        out = np.zeros(len(offers))
        chosen: list[tuple[int, ...]] = []
        low, high, most = bounds.get(block, ANY)
        known: dict[tuple[int, ...], tuple[float, float]] = {}
        for n, offer in enumerate(offers):
            frequency, minutes = (0, 0) if offer is None else (offer.frequency, offer.minutes)
            allowed = low <= frequency <= high and minutes <= most
            if offer is None or not allowed:
                out[n] = 0.0 if allowed else NEVER
                chosen.append(())
                continue
            best = (NEVER, offer.patterns[0])
            for pattern in offer.patterns:
                if pattern not in known:
                    fixed = -sum(prices[row] * number for row, number in self.contract_entries(block, pattern, 0))
                    known[pattern] = fixed, -sum(prices[self.rows["minutes", block, slot]] for slot in pattern)
                fixed, a_minute = known[pattern]
                price = fixed + offer.minutes * a_minute
                if price < best[0] - 1e-12:
                    best = (price, pattern)
            out[n] = best[0]
            chosen.append(best[1])
        return out, chosen

    def contract_entries(self, block: int, pattern: tuple[int, ...], minutes: int) -> list[tuple[int, float]]:
        """Rows of the master that a contract enters, and with which numbers."""
        terms = self.terms
        rows: list[tuple[Row, float]] = []
        for slot in pattern:
            rows.append((("minutes", block, slot), float(minutes)))
            rows.append((("items", block, slot), float(terms.items(self.key, block))))
            rows.extend((("opposed", pair, block, slot), 1.0) for pair in terms.opposed if self.key in pair)
            for n, limit in enumerate(terms.gaps):
                rows.extend(
                    (("hard", n, block, muscle, slot, self.key), 1.0)
                    for muscle in terms.hard_muscles(self.key, block, limit)
                )
        return [(self.rows[row], number) for row, number in rows if row in self.rows and number]

    def _reduced(self, layer: _Layer, prices: Floats) -> Floats:
        if not len(layer.entry_arc):
            return layer.cost
        paid = prices[layer.entry_row] * layer.entry_value
        return layer.cost - np.bincount(layer.entry_arc, weights=paid, minlength=len(layer.cost))

    def _sweep(self, prices: Floats, bounds: Bounds) -> tuple[list[_Block], Floats]:
        """Forward over the weeks: every block with its prices and values, and the values after the last."""
        values = np.zeros(1)
        swept = []
        for block in self.blocks:
            offered, chosen = self._prices(prices, block, bounds)
            table = values[:, None] + offered[None, :]
            steps = []
            for week in self.terms.blocks[block]:
                layer = self.layers.get(week)
                if layer is None:
                    continue
                reduced = self._reduced(layer, prices)
                steps.append((layer, reduced, table))
                table = np.minimum.reduceat(table[layer.source] + reduced[:, None] + layer.closed, layer.starts, axis=0)
            swept.append(_Block(block, offered, chosen, steps, table))
            values = table.min(axis=1)
        return swept, values

    def cheapest(self, prices: Floats, bounds: Bounds = UNBOUNDED) -> tuple[float, Climb] | None:
        """The cheapest climb within bounds when entering row ``i`` with number ``a`` costs ``-prices[i] * a``."""
        swept, values = self._sweep(prices, bounds)
        at = int(np.argmin(values))
        value = float(values[at])
        if value >= NEVER / 2:
            return None
        columns: dict[int, Column] = {}
        contracts: dict[int, Contract] = {}
        own: dict[int, float] = defaultdict(float)
        cost = 0
        for part in reversed(swept):
            offer = int(np.argmin(part.after[at]))
            used = 0
            for layer, reduced, before in reversed(part.steps):
                begin = int(layer.starts[at])
                end = int(layer.starts[at + 1]) if at + 1 < len(layer.starts) else len(layer.source)
                arcs = slice(begin, end)
                arc = begin + int(
                    np.argmin(before[layer.source[arcs], offer] + reduced[arcs] + layer.closed[arcs, offer])
                )
                column = layer.columns[arc]
                cost += int(layer.cost[arc])
                if column is not None:
                    columns[layer.week] = column
                    used = max(used, self.terms.column_minutes(self.ladder, column))
                low, high = np.searchsorted(layer.entry_arc, [arc, arc + 1])
                for n in range(int(low), int(high)):
                    own[int(layer.entry_row[n])] += float(layer.entry_value[n])
                at = int(layer.source[arc])
            if used:
                contracts[part.block] = Contract(self.key, part.block, part.chosen[offer], used)
        return value, self.signed(Climb(self.key, columns, contracts, cost, dict(own), {}), contracts)

    def signed(self, climb: Climb, contracts: Mapping[int, Contract]) -> Climb:
        """The same columns on other slots."""
        entries: dict[int, float] = defaultdict(float, climb.own)
        for block, contract in contracts.items():
            for row, number in self.contract_entries(block, contract.slots, contract.minutes):
                entries[row] += number
        return replace(climb, contracts=contracts, entries=entries)

    def worth(self, prices: Floats, at_most: float) -> tuple[set[Column], set[Contract]]:
        """Columns and contracts that are part of some climb of this price or less.

        Every column is priced by the cheapest climb through it: forward and backward over the weeks.
        """
        swept, values = self._sweep(prices, UNBOUNDED)
        columns: set[Column] = set()
        contracts: set[Contract] = set()
        ahead = np.zeros(len(values))
        for part in reversed(swept):
            block, offered = part.block, part.offered
            after = np.repeat(ahead[:, None], len(offered), axis=1)
            through = np.full(len(offered), NEVER)
            for layer, reduced, before in reversed(part.steps):
                here = reduced[:, None] + layer.closed + after[layer.target]
                total = before[layer.source] + here
                for arc in np.flatnonzero(total.min(axis=1) <= at_most + 1e-6):
                    column = layer.columns[int(arc)]
                    if column is not None:
                        columns.add(column)
                through = total.min(axis=0)
                after = np.full((len(before), len(offered)), NEVER)
                np.minimum.at(after, layer.source, here)
            ahead = (after + offered[None, :]).min(axis=1)
            for n, offer in enumerate(self.offers[block]):
                if offer is None or through[n] > at_most + 1e-6:
                    continue
                for pattern in offer.patterns:
                    price = -sum(prices[r] * v for r, v in self.contract_entries(block, pattern, offer.minutes))
                    if through[n] - offered[n] + price <= at_most + 1e-6:
                        contracts.add(Contract(self.key, block, pattern, offer.minutes))
        return columns, contracts

    def lighter(self, climb: Climb, prices: Floats) -> list[Climb]:
        """Climbs beside one: in one block a minute or a session less, or a session more, at these prices."""
        same = {b: (len(c.slots), len(c.slots), ANY[2]) for b, c in climb.contracts.items()}
        out = []
        for block, contract in climb.contracts.items():
            size = len(contract.slots)
            tries = [(size, size, contract.minutes - 1)]
            tries += [(size + step, size + step, ANY[2]) for step in (-1, 1) if size + step > 0]
            for bounds in tries:
                answer = self.cheapest(prices, {**same, block: bounds})
                if answer is not None:
                    out.append(answer[1])
        return out

    def seeds(self) -> list[Climb]:
        """Cheapest climbs on their own: as often as they like, as often as each frequency, and not at all."""
        found: dict[tuple[object, ...], Climb] = {}
        nothing = np.zeros(len(self.rows) + 1)
        for bounds in [ANY, *((f, f, ANY[2]) for f in (*self.terms.frequencies(self.key), 0))]:
            made = self.cheapest(nothing, dict.fromkeys(self.blocks, bounds))
            if made is not None:
                found.setdefault(made[1].name, made[1])
        return list(found.values())
