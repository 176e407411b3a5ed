"""What policies see of the running model, read-only, and what they are asked."""

from __future__ import annotations

from typing import Protocol

from fulfillsim.optim.batching.instance import Batches, BatchingInstance


class PickQueue(Protocol):
    """Orders that wait for a picker at the moment of a decision, as far as the policy may look ahead.

    All of it is made for this decision: whatever a policy does with it changes nothing in the model.
    """

    @property
    def now_s(self) -> float:
        """Simulated seconds."""
        ...

    @property
    def orders(self) -> BatchingInstance:
        """The orders in the sequence of the queue, with what they load and when each has to be at the dock.

        An order too large for any cart counts as filling one. ``due_s`` is infinite without a promised departure.
        """
        ...

    @property
    def routing(self) -> str:
        """How pickers of this scenario walk."""
        ...

    @property
    def budget(self) -> int:
        """Steps that a search may take."""
        ...

    @property
    def seed(self) -> int:
        """Of all draws for this decision; another one for each decision and replication."""
        ...


class BatchingPolicy(Protocol):
    """Puts waiting orders together; made anew for each zone of each replication, so it may keep what it has learnt."""

    def plan(self, queue: PickQueue) -> Batches:
        """Batches that hold every order once, in the sequence in which they should be picked."""
        ...
