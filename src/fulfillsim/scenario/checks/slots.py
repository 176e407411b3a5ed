"""Forward slots: somebody picks from them, and one pick fits into each."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.scenario.checks.finding import Finding
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.schema.slots import largest_usual

AT: Path = ("inventory", "forward")
RECORDS: Path = ("inventory", "records")
NOBODY_PICKS = "fulfillment: {picking: {time: 3 min}}"


def check_slots(settings: Settings) -> Iterator[Finding]:
    """What the file says of all SKUs; what a table or a history says is looked at when it is read."""
    stock = settings.inventory
    if stock is None or stock.forward is None:
        return
    plan = stock.forward
    if not _is_picked(settings):
        yield Finding(AT, "are slots that nobody picks from: there is no picking", NOBODY_PICKS)
    if plan.capacity is not None and settings.demand.history is None:
        usual = max((largest_usual(channel.units) for channel in settings.demand.channels.values()), default=1)
        if plan.capacity < usual:
            yield Finding((*AT, "capacity"), f"is below one pick, which takes up to {usual} units", f"at least {usual}")
    if plan.capacity is not None and plan.minimum is not None and plan.minimum >= plan.capacity:
        yield Finding((*AT, "minimum"), "must be below the capacity", "leave it out for a third of the capacity")


def check_records(settings: Settings) -> Iterator[Finding]:
    """Short picks can come out, and somebody sets the records right."""
    plan = settings.inventory.records if settings.inventory is not None else None
    if plan is None:
        return
    if not _is_picked(settings):
        yield Finding(RECORDS, "differ from a shelf that nobody picks from: there is no picking", NOBODY_PICKS)
    if plan.after_short == "count" and plan.counts is None:
        yield Finding((*RECORDS, "after_short"), "asks for a count, and nobody counts", "counts: {time: 2 min}")
    if not (plan.wrong or plan.misbooked or plan.shrinkage):
        hint = "shrinkage: 1 %, or misbooked: 0.2 %"
        yield Finding(RECORDS, "are never wrong: there is no error", hint, is_warning=True)


def _is_picked(settings: Settings) -> bool:
    return settings.fulfillment is not None and settings.fulfillment.picking is not None
