"""Proves which partition of listed batches is shortest, by branching on counts of batches and on pairs of orders.

Branching on single batches, as SCIP does, hardly raises the bound where thousands of batches are alike. Whether orders
are together raises it more, and how many batches have a trait, say two orders or more, by far more where that is no
whole number: often one such question ends the search. Which question that is, is tried out.

References
----------
Achterberg, Koch & Martin (2005), Branching rules revisited, Operations Research Letters 33(1): trying out candidates
(strong branching) with a look ahead. Jepsen et al. (2008), as `cuts` says, whose cuts hold at all nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from time import perf_counter
from typing import NamedTuple

import numpy as np

from fulfillsim.optim.batching.branching.decisions import WHOLE, Decision, Question, Subject, questions
from fulfillsim.optim.batching.branching.program import Program, Solved, Which
from fulfillsim.optim.batching.cuts import Triple, separate
from fulfillsim.optim.batching.instance import Batches
from fulfillsim.optim.batching.master import NoOptimumError

MOST_NODES = 200
"""Where no clock ends the search."""
CUTS = 40
"""Cuts added at once."""
ROUNDS = 10
"""Times that cuts are added at the first node; at others once."""
EQUAL_M = 1e-4
"""Metres by which a plan must be shorter to count, where it is not known by how much plans differ at least."""
SOLVED = 4
"""Questions, the best by estimate, whose nodes are solved."""
AHEAD = 6
"""Estimates without a better one after which no more are made."""
HOPE = 0.5
"""Share of the gap of the first node that must be closed for the search to go on when patience is over."""
LOW = 1e-3
"""Share of the gap that counts as raised in any case."""


@dataclass(frozen=True)
class Proof:
    """What branching found.

    Parameters
    ----------
    batches
        A partition that is worth something; None if there is none among the batches, or none was found.
    bound_m
        Metres below which there is none.
    """

    batches: Batches | None
    bound_m: float


class Node(NamedTuple):
    """Part of all plans: those that keep some decisions.

    Attributes
    ----------
    bound_m
        Metres below which it has none.
    ticket
        Which tells nodes of one bound apart.
    decisions
        Made so far.
    open
        Batches that may be in plans worth something.
    """

    bound_m: float
    ticket: int
    decisions: tuple[Decision, ...]
    open: Which


def prove(
    columns: Sequence[tuple[int, ...]],
    lengths_m: Sequence[float],
    n_orders: int,
    number: tuple[float, float],
    cuts: Sequence[Triple],
    worth_m: float,
    step_m: float,
    deadline: float,
    patient_until: float = np.inf,
) -> Proof:
    """Search partitions of all orders into some of the columns that are shorter than ``worth_m``, best bound first.

    Parameters
    ----------
    columns, lengths_m
        Batches and their metres.
    n_orders
        Orders 0 to n_orders - 1.
    number
        Least and most batches.
    cuts
        Subset-row cuts that tighten every relaxation; more are found on the way.
    worth_m
        Metres from which a plan is worth nothing.
    step_m
        By how much one plan is shorter than another at least, 0 if unknown.
    deadline
        Reading of ``time.perf_counter`` at which to end; infinite: after `MOST_NODES` nodes instead.
    patient_until
        Reading from which to end where most of the gap is still open.
    """
    program = Program(columns, np.asarray(lengths_m, np.float64), n_orders, number, worth_m)
    program.cut(cuts)
    return _Tree(program, worth_m, step_m, deadline, patient_until).search()


class _Tree:
    """The nodes that are open, and the best plan so far."""

    def __init__(self, program: Program, worth_m: float, step_m: float, deadline: float, patient_until: float) -> None:
        self._program, self._worth_m, self._step_m = program, worth_m, step_m
        self._deadline, self._patient_until = deadline, patient_until
        self._ticket = count()
        self._scores: dict[Subject, float] = {}
        self._best: Batches | None = None
        self._bound_m = worth_m
        self._first_m = 0.0
        everything = np.arange(len(program.columns), dtype=np.int32)
        self._nodes = [Node(0.0, next(self._ticket), (), everything)]

    def search(self) -> Proof:
        """Take the node with the least bound, until no node may have a plan worth something."""
        for n_solved in count():
            if not self._nodes or self._nodes[0].bound_m >= self._worth_m:
                return Proof(self._best, self._bound_m)
            if self._is_late() or self._is_hopeless() or (np.isinf(self._deadline) and n_solved == MOST_NODES):
                return Proof(self._best, self._nodes[0].bound_m)
            node = heappop(self._nodes)
            try:
                is_done = self._divide(node, ROUNDS if n_solved == 0 else 1)
            except NoOptimumError:
                is_done = False
            if not is_done:
                return Proof(self._best, node.bound_m)
        raise AssertionError

    def _is_late(self) -> bool:
        return perf_counter() > self._deadline

    def _is_hopeless(self) -> bool:
        """Whether patience is over, and most of the gap is open."""
        open_m = self._worth_m - self._nodes[0].bound_m
        return perf_counter() > self._patient_until and open_m > (1.0 - HOPE) * (self._worth_m - self._first_m)

    def _divide(self, node: Node, n_rounds: int) -> bool:
        """Solve a node, and put two in its place unless it has no plan or only one; False if that was not possible."""
        self._program.ask(node.decisions, node.open)
        solved = self._cut(self._program.solve(), n_rounds)
        bound_m = max(node.bound_m, solved.bound_m)
        self._first_m = self._first_m or bound_m
        if bound_m >= self._worth_m:
            return True
        asked = questions(self._program.batches.of(solved.which), solved.value, solved.dual)
        if not asked:
            return self._take(solved)
        node = node._replace(bound_m=bound_m, open=solved.within(self._worth_m - solved.bound_m))
        children = self._best_children(node, asked)
        for child in children or [node]:  # it comes back if time was up
            if child.bound_m < self._worth_m:
                heappush(self._nodes, child)
        return True

    def _cut(self, solved: Solved, n_rounds: int) -> Solved:
        """Cut off fractions, as long as that raises the bound."""
        program, before_m = self._program, 0.0
        for _ in range(n_rounds):
            if solved.bound_m < before_m + LOW * (self._worth_m - before_m) or solved.bound_m >= self._worth_m:
                break
            value = np.zeros(len(program.columns))
            value[solved.which] = solved.value
            if self._is_late() or not program.cut(separate(program.columns, value, len(solved.dual), CUTS)):
                break
            before_m, solved = solved.bound_m, program.solve()
        return solved

    def _take(self, solved: Solved) -> bool:
        """Write down a plan; False if it leaves orders over, at a price, or the node may have shorter ones."""
        program = self._program
        plan = tuple(program.columns[k] for k in solved.which[solved.value > 0.5].tolist())
        if sorted(order for batch in plan for order in batch) != list(range(len(solved.dual))):
            return False
        length_m = float(program.batches.length_m[solved.which[solved.value > 0.5]].sum())
        self._best, self._bound_m = plan, length_m
        self._worth_m = min(self._worth_m, length_m - max(self._step_m - WHOLE, EQUAL_M))
        return solved.bound_m >= self._worth_m

    def _best_children(self, node: Node, asked: list[Question]) -> list[Node]:
        """The nodes of the question that raises the bound most; none if time was up before any was known."""
        best, best_score = list[Node](), -1.0
        for estimate, question in sorted(self._estimates(node, asked), key=lambda entry: -entry[0])[:SOLVED]:
            if estimate <= best_score or self._is_late():
                break
            children = [self._child(node, decision) for decision in question]
            score = self._score(node, *(child.bound_m for child in children))
            if score > best_score:
                best, best_score = children, score
        return best

    def _estimates(self, node: Node, asked: list[Question]) -> Iterator[tuple[float, Question]]:
        """How far questions may raise the bound, by the batches taken in so far; first what did so at other nodes."""
        best, since = -1.0, 0
        for question in sorted(asked, key=lambda question: -self._scores.get(question[0].subject, 0.0)):
            if since == AHEAD or self._is_late():
                return
            values = []
            for decision in question:
                self._program.ask((*node.decisions, decision), node.open)
                values.append(self._program.estimate())
            score = self._scores[question[0].subject] = self._score(node, *values)
            since = 0 if score > best else since + 1
            best = max(best, score)
            yield score, question

    def _child(self, node: Node, decision: Decision) -> Node:
        decisions = (*node.decisions, decision)
        self._program.ask(decisions, node.open)
        solved = self._program.solve()
        bound_m = max(node.bound_m, solved.bound_m)
        return Node(bound_m, next(self._ticket), decisions, solved.within(self._worth_m - solved.bound_m))

    def _score(self, node: Node, *values: float) -> float:
        """The product of what both sides raise the bound by, in shares of the gap."""
        gap_m = self._worth_m - node.bound_m
        low, high = (min(max(value - node.bound_m, LOW * gap_m) / gap_m, 1.0) for value in values)
        return low * high
