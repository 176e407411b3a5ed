"""Forward slots: somebody picks from them, and one pick fits into each."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.scenario.checks.finding import Finding
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.schema.slots import largest_usual

AT: Path = ("inventory", "forward")


def check_slots(settings: Settings) -> Iterator[Finding]:
    """What the file says of all SKUs; what a table or a history says is looked at when it is read."""
    stock = settings.inventory
    if stock is None or stock.forward is None:
        return
    plan = stock.forward
    if settings.fulfillment is None or settings.fulfillment.picking is None:
        hint = "fulfillment: {picking: {time: 3 min}}"
        yield Finding(AT, "are slots that nobody picks from: there is no picking", hint)
    if plan.capacity is not None and settings.demand.history is None:
        usual = max((largest_usual(channel.units) for channel in settings.demand.channels.values()), default=1)
        if plan.capacity < usual:
            yield Finding((*AT, "capacity"), f"is below one pick, which takes up to {usual} units", f"at least {usual}")
    if plan.capacity is not None and plan.minimum is not None and plan.minimum >= plan.capacity:
        yield Finding((*AT, "minimum"), "must be below the capacity", "leave it out for a third of the capacity")
