"""Queue disciplines against a sorted list."""

import random

import pytest

from fulfillsim.sim.engine import Item
from fulfillsim.sim.queues import QUEUES

SEED = 7


@pytest.mark.parametrize("name", ["priority", "shortest", "fifo"])
def test_who_is_next_agrees_with_a_sorted_list_whoever_is_returned_or_leaves(name):
    draw, queue, waiting = random.Random(SEED), QUEUES[name](), []
    key = {"priority": lambda item: item.rank, "shortest": lambda item: item.seconds, "fifo": lambda item: 0}[name]
    for number in range(3000):
        act = draw.random()
        if act < 0.5 or not waiting:
            item = Item(number, draw.randrange(4))
            item.seconds = draw.randrange(50) / 7
            returned = act < 0.1
            (queue.back if returned else queue.push)(item)
            waiting.insert(0, item) if returned else waiting.append(item)
        elif act < 0.6:
            item = draw.choice(waiting)
            queue.remove(item)
            waiting.remove(item)
        else:
            expected = min(waiting, key=key)  # the first of equals
            assert queue.head is expected
            assert queue.pop() is expected
            waiting.remove(expected)
        assert (len(queue), bool(queue)) == (len(waiting), bool(waiting))
