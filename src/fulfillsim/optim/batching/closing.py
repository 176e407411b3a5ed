"""Closes the gap between a plan and a solved relaxation: rounds it, branches, chooses among its cheapest columns."""

from __future__ import annotations

from itertools import count
from time import perf_counter

import numpy as np

from fulfillsim.optim.batching.branching.tree import prove
from fulfillsim.optim.batching.course import Course
from fulfillsim.optim.batching.diving import Rest, dive
from fulfillsim.optim.batching.instance import Batches
from fulfillsim.optim.batching.partition import Choice, choose, once_each
from fulfillsim.optim.batching.plans import batches_of
from fulfillsim.optim.batching.relaxation import State

SIZES = (1500, 6000, 25_000)
"""Columns to choose among in turn."""
COLUMNS_PER_SECOND = 2_500
ENDING = 0.05
"""Share of the time at its end in which only annealing goes on, which ends when it should."""
MOST_BRANCHED = 100_000
"""Columns to branch over."""
BRANCHING = (0.03, 0.2), (0.35, 0.55)
"""Shares of a side's time at whose ends rounding ends and branching does where it closes little of the gap, and again a
choice and branching: most proofs need the first turn only, others a shorter plan."""
BRANCHED = 0.85
"""The same where branching ends in any case."""
ROUNDING = 0.5
"""Share of the rest of it for rounding, before the choice."""
DIVING_NEAR = 0.7
"""Share of the time left that rounds it where not all batches are listed, as a choice seldom proves anything there."""
DIVES = 10
"""Roundings where no clock ends them."""
FEW = 120
"""Columns among which a rounding ends with an exact choice."""
ROUNDED = 0.05
"""Share of the time for that choice."""


class Closing:
    """What finds plans near the relaxation of a course, and proves that none is shorter.

    Parameters
    ----------
    course
        Whose plan and bound it betters.
    """

    def __init__(self, course: Course) -> None:
        self._course, self._relaxation = course, course.relaxation
        self._random = np.random.default_rng(course.stop.seed)

    def is_far(self, sides: list[State]) -> bool:
        """Whether on some side that may have shorter plans too many columns may be in them for a proof soon."""
        for side in sides:
            self._relaxation.go_back(side)
            gap_m = self._course.worth_m() - side.value_m
            if gap_m > 0.0 and self._relaxation.n_within(gap_m) > MOST_BRANCHED:
                return True
        return False

    def settle(self, side: State, others: list[State]) -> float:
        """Look for plans on one side, in its part of the time; returns the metres below which none is there."""
        if side.value_m >= self._course.worth_m():
            return side.value_m
        self._relaxation.go_back(side)
        self._relaxation.forget(self._course.worth_m() - side.value_m)
        bound_m, part_s = side.value_m, self._part_s(others)
        began = perf_counter()
        for look, (looked, patient) in zip((self.dive, self._choose_few), BRANCHING, strict=True):
            if bound_m < self._course.worth_m() and self._can_branch():
                look(began + looked * part_s)
                bound_m = max(bound_m, self._branch(began + BRANCHED * part_s, began + patient * part_s))
        if bound_m < self._course.worth_m():
            self.dive(perf_counter() + ROUNDING * (began + part_s - perf_counter()))
            if not self._can_branch():
                bound_m = max(bound_m, self._branch(began + BRANCHED * part_s))
            bound_m = max(bound_m, self.choose_ever_more(True, began + part_s))
        return bound_m

    def _can_branch(self) -> bool:
        """Whether the columns that may be in shorter plans are few."""
        return self._relaxation.n_within(self._course.worth_m() - self._relaxation.value_m) <= MOST_BRANCHED

    def _branch(self, deadline: float, patient_until: float = np.inf) -> float:
        """Branch over the cheapest columns, all that count if they are few; metres below which there is no plan."""
        gap_m = self._course.worth_m() - self._relaxation.value_m
        found, edge_m = self._relaxation.cheapest(MOST_BRANCHED, gap_m, deadline)
        cuts = self._relaxation.master.cuts[: len(self._relaxation.cut_dual)]
        n, number, unit_m = self._course.instance.n_orders, self._relaxation.number, self._course.unit_m or 0.0
        worth_m = self._relaxation.value_m + min(edge_m, gap_m)
        proof = prove(*found, n, number, cuts, worth_m, unit_m, deadline, patient_until)
        self._course.offer(proof.batches)
        return self._course.search.least_m if proof.bound_m >= self._course.worth_m() else proof.bound_m

    def _part_s(self, others: list[State]) -> float:
        """Seconds left for one side, if all others that may have plans get as much."""
        return self._course.left() / (1 + sum(other.value_m < self._course.worth_m() for other in others))

    def dive_each(self, sides: list[State]) -> None:
        """Look for plans on each side that may have some, the lower one first."""
        for number, side in enumerate(sides, 1):
            if side.value_m < self._course.worth_m():
                self._relaxation.go_back(side)
                self._relaxation.forget(self._course.worth_m() - side.value_m)
                self.dive(perf_counter() + DIVING_NEAR * self._part_s(sides[number:]))

    def _choose_few(self, deadline: float) -> None:
        """Choose among the very cheapest columns, for a shorter plan."""
        self._choose(SIZES[0], False, deadline)

    def choose_ever_more(self, is_solved: bool, deadline: float) -> float:
        """Choose among ever more columns; metres below which there is no plan, if the relaxation is solved."""
        bound_m = self._relaxation.value_m
        for size in SIZES:
            if bound_m >= self._course.worth_m() or size > self._most_columns(deadline):
                break
            chosen_m, is_all = self._choose(size, is_solved, deadline)
            bound_m = max(bound_m, chosen_m)
            if is_all:
                break
        return bound_m

    def dive(self, deadline: float) -> None:
        """Round the relaxation to plans shorter than the best, always otherwise."""
        for number in count() if np.isfinite(deadline) else range(DIVES):
            if perf_counter() > deadline or self._relaxation.value_m >= self._course.worth_m():
                return
            rest = dive(self._relaxation, self._course.worth_m(), FEW, deadline, self._random if number else None)
            if rest is not None and not rest.fixed:
                return  # nothing had to be rounded: the choice that follows is exact
            if rest is not None:
                self._round(rest, deadline)

    def _round(self, rest: Rest, deadline: float) -> None:
        """Choose among what a dive has left."""
        fixed = once_each(rest.fixed)
        deadline = min(deadline, perf_counter() + ROUNDED * (self._course.stop.seconds or np.inf))
        columns, lengths = [*fixed, *rest.columns[0]], [*self._course.lengths(fixed), *rest.columns[1]]
        self._course.offer(self._chosen(columns, lengths, (), True, deadline).batches)

    def _choose(self, size: int, is_solved: bool, deadline: float) -> tuple[float, bool]:
        """Choose among the cheapest columns; metres below which there is no plan, and whether no others count.

        A plan with any other column is longer than the relaxation by its cost at least, which bounds all plans.
        """
        least_m, left = self._course.search.least_m, deadline - perf_counter()
        gap_m = self._course.worth_m() - self._relaxation.value_m
        found, edge_m = self._relaxation.cheapest(size, gap_m, perf_counter() + left / 6)
        is_all = edge_m >= gap_m
        best, known = batches_of(self._course.search.best), set(found[0])
        missing = tuple(batch for batch in best if batch not in known)
        columns, lengths = [*found[0], *missing], [*found[1], *self._course.lengths(missing)]
        is_cover = self._relaxation.is_cover and self._relaxation.listing is None
        if np.isfinite(deadline) and not (is_all and is_solved):
            deadline -= (deadline - perf_counter()) / 2
        choice = self._chosen(columns, lengths, best, is_cover, deadline)
        self._course.offer(choice.batches)
        return min(choice.bound_m, least_m if is_all else self._relaxation.value_m + edge_m), is_all

    def _chosen(
        self, columns: list[tuple[int, ...]], lengths: list[float], known: Batches, is_cover: bool, deadline: float
    ) -> Choice:
        """The best of these columns."""
        n, seed = self._course.instance.n_orders, self._course.stop.seed
        number, cuts = self._relaxation.number, () if is_cover else self._relaxation.master.cuts
        return choose(columns, lengths, n, number, known, cuts, is_cover, deadline, seed)

    def _most_columns(self, deadline: float) -> float:
        """Columns that can still be made a choice of until then: what takes seconds is not begun at the end."""
        seconds = self._course.stop.seconds
        if seconds is None:
            return np.inf
        return COLUMNS_PER_SECOND * (min(deadline, self._course.until(1.0 - ENDING)) - perf_counter())
