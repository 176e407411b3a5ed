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

    push = deque.append
    pop = deque.popleft
    back = deque.appendleft


class Ranked(list[tuple[float, int, Item]]):
    """Smaller ``rank`` first, then first come; whoever was interrupted before all equals."""

    def __init__(self) -> None:
        super().__init__()
        self.n_pushed = self.n_returned = 0

    def key(self, item: Item) -> float:
        """What is compared."""
        return item.rank

    def push(self, item: Item) -> None:
        """Add at the end of its equals."""
        self.n_pushed += 1
        heappush(self, (self.key(item), self.n_pushed, item))

    def back(self, item: Item) -> None:
        """Return before its equals; the last interrupted had started first."""
        self.n_returned -= 1
        heappush(self, (self.key(item), self.n_returned, item))

    def pop(self) -> Item:  # type: ignore[override]
        """Take the next."""
        return heappop(self)[2]

    def remove(self, item: Item) -> None:  # type: ignore[override]
        """Take out one who leaves."""
        self[:] = [entry for entry in self if entry[2] is not item]
        heapify(self)


class Shortest(Ranked):
    """Least work first."""

    def key(self, item: Item) -> float:
        """Work content in seconds."""
        return item.seconds


QUEUES = {"fifo": FirstCome, "priority": Ranked, "preemptive": Ranked, "shortest": Shortest}
