"""A tiny operation that worker processes can import: replication i has one KPI, a function of seed and i."""

import os
import time
from pathlib import Path
from types import SimpleNamespace

from fulfillsim.experiment.record import Outcome, Record, Value
from fulfillsim.sampling.streams import Streams
from fulfillsim.scenario.nodes import Node, Place

DAYS = SimpleNamespace(first_ordinal=739_000, n_warm_up=1, n_window=7, zone="UTC")


class Scenario:
    """What `simulate` asks of a scenario; ``marks`` is a folder for what workers leave behind."""

    def __init__(self, name="fake", marks=None, effect=0.0, days=None):
        self.name, self.marks, self.effect, self.days = name, marks, effect, days or DAYS
        self.settings = SimpleNamespace(layout=None, fulfillment=None)

    def world(self):
        if self.marks is not None:
            (Path(self.marks) / f"world-{os.getpid()}-{time.monotonic_ns()}").touch()
        demand = SimpleNamespace(history=None)
        what = {"name": self.name, "marks": self.marks, "effect": self.effect, "days": self.days}
        return SimpleNamespace(**what, targets=(), currency="EUR", demand=demand)

    def vary(self, changes):
        if len(changes) > 1:
            return Several(", ".join(f"{k}={v}" for k, v in changes.items()), changes)
        ((path, value),) = changes.items()
        return Scenario(f"{path}={value}", self.marks, float(value), self.days)

    def content_hash(self):
        return f"hash of {self.name}"

    def resolved(self):
        return {"name": self.name}

    @property
    def tree(self):
        return Node({"name": Node(self.name, Place("a.yaml", 1, 7))}, Place("a.yaml"))


class Several(Scenario):
    """A scenario of which several settings were changed; its world has them as ``inputs``."""

    def __init__(self, name, inputs):
        super().__init__(name)
        self.inputs = tuple(inputs.values())

    def world(self):
        return SimpleNamespace(**vars(super().world()), inputs=self.inputs)


def responding(world, seed, index, by=()):
    """2 a + 3 b b, a step of the whole number c, chance of variance 1/12, and much chance that all settings share."""
    a, b, c = world.inputs
    shared = Streams(seed, index).uniforms("test", 0, 1)[0]
    own = Streams(seed, index).uniforms(f"own/test:{world.name}", 0, 1)[0]
    value = 2.0 * a + 3.0 * b * b + 0.5 * c + 100.0 * shared + own
    return Outcome(Record(index, (Value("throughput", float(value), "orders/day"),)))


def replicate(world, seed, index, by=()):
    draws = Streams(seed, index).uniforms("test", 0, 3)
    values = [Value("level", float(draws[0]), "share"), Value("nothing", float("nan"), "h")]
    values += [Value("level", float(draws[i]), "share", (("half", i),)) for i in (1, 2) if by]
    return Outcome(Record(index, tuple(values), n_orders=index, by=tuple(by)), trace=f"trace {index}")


def kill_once_at_3(world, seed, index, by=()):
    mark = Path(world.marks) / "died"
    if index == 3 and not mark.exists():
        mark.touch()
        os._exit(9)
    return replicate(world, seed, index, by)


def kill_always_at_3(world, seed, index, by=()):
    if index == 3:
        (Path(world.marks) / f"died-{time.monotonic_ns()}").touch()
        os._exit(9)
    return replicate(world, seed, index, by)


def threads(world, seed, index, by=()):
    time.sleep(0.05)
    n = len(os.listdir("/proc/self/task"))
    return Outcome(Record(index, (Value("threads", float(n), "threads"), Value("process", float(os.getpid()), "id"))))


def break_at_3(world, seed, index, by=()):
    if index == 3:
        raise ZeroDivisionError("replication 3 is broken")
    return replicate(world, seed, index, by)


def interrupt_at_3(world, seed, index, by=()):
    if index == 3:
        raise KeyboardInterrupt
    return replicate(world, seed, index, by)


def slowly(world, seed, index, by=()):
    time.sleep(0.1)
    return replicate(world, seed, index, by)


def break_always(world, seed, index, by=()):
    raise ZeroDivisionError("nothing should run")


def measured(world, seed, index, by=()):
    """KPIs that exist: the world's effect on what all alternatives share, and a little noise of its own.

    Cut, the effect is all of client acme, and client best is as in any world.
    """
    shared, own = Streams(seed, index).uniforms("test", 0, 2).tolist()
    noise = Streams(seed, index).uniforms(f"own/test:{world.name}", 0, 1)[0] if world.effect else own
    values = [
        Value("throughput", 100.0 + 10.0 * shared + world.effect + 0.1 * float(noise), "orders/day"),
        Value("total_cost", 50.0 + shared, "currency"),
        Value("utilization.pickers", 0.8 + 0.1 * shared, "share"),
    ]
    halves = {"acme": 0.5 * values[0].value, "best": 0.5 * (values[0].value - world.effect)} if by else {}
    values += [Value("throughput", half, "orders/day", (("client", client),)) for client, half in halves.items()]
    return Outcome(Record(index, tuple(values), n_orders=index, by=tuple(by)), trace=f"trace {index}")
