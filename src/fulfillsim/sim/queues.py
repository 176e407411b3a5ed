"""Queue disciplines: who of those waiting at a station is next.

A queue is true while somebody waits. ``push`` adds, ``pop`` takes the next, ``back`` returns one whose work was
interrupted to the place it had among its equals, ``remove`` takes out one who leaves.
"""

from __future__ import annotations

from collections import deque
from heapq import heapify, heappop, heappush

from fulfillsim.sim.engine import Item


class FirstCome(deque[Item]):
    """First come, first served."""

    __slots__ = ()

    push = deque.append
    pop = deque.popleft
    back = deque.appendleft

    @property
    def head(self) -> Item:
        """Who is next."""
        return self[0]


class Ranked:
    """Smaller ``rank`` first, then first come; whoever was interrupted before all equals.

    Urgencies are few (departures, classes) and those who wait may be many, so each urgency has a line of its own.
    """

    def __init__(self) -> None:
        self._lines: dict[float, FirstCome] = {}
        self._ranks: list[float] = []
        self._n = 0

    def __len__(self) -> int:
        return self._n

    @property
    def head(self) -> Item:
        """Who is next."""
        return self._lines[self._ranks[0]][0]

    def _line(self, rank: float) -> FirstCome:
        line = self._lines.get(rank)
        if line is None:
            line = self._lines[rank] = FirstCome()
            heappush(self._ranks, rank)
        self._n += 1
        return line

    def push(self, item: Item) -> None:
        """Add at the end of its equals."""
        self._line(item.rank).append(item)

    def back(self, item: Item) -> None:
        """Return before its equals; the last interrupted had started first."""
        self._line(item.rank).appendleft(item)

    def pop(self) -> Item:
        """Take the next."""
        rank = self._ranks[0]
        line = self._lines[rank]
        item = line.popleft()
        self._n -= 1
        if not line:
            del self._lines[heappop(self._ranks)]
        return item

    def remove(self, item: Item) -> None:
        """Take out one who leaves."""
        rank = item.rank
        line = self._lines[rank]
        line.remove(item)
        self._n -= 1
        if not line:
            del self._lines[rank]
            self._ranks.remove(rank)
            heapify(self._ranks)


class Shortest(list[tuple[float, int, Item]]):
    """Least work first; whoever was interrupted before all equals."""

    def __init__(self) -> None:
        super().__init__()
        self._n_pushed = self._n_returned = 0

    @property
    def head(self) -> Item:
        """Who is next."""
        return self[0][2]

    def push(self, item: Item) -> None:
        """Add at the end of its equals."""
        self._n_pushed += 1
        heappush(self, (item.seconds, self._n_pushed, item))

    def back(self, item: Item) -> None:
        """Return before its equals; the last interrupted had started first."""
        self._n_returned -= 1
        heappush(self, (item.seconds, self._n_returned, item))

    def pop(self) -> Item:  # type: ignore[override]
        """Take the next."""
        return heappop(self)[2]

    def remove(self, item: Item) -> None:  # type: ignore[override]
        """Take out one who leaves."""
        self[:] = [entry for entry in self if entry[2] is not item]
        heapify(self)


QUEUES = {"fifo": FirstCome, "priority": Ranked, "preemptive": Ranked, "shortest": Shortest}
