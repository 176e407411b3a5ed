"""Which kind of slots a world has: told from a reserve, with records that may be wrong, or neither."""

from __future__ import annotations

from fulfillsim.domain.slots import one_place
from fulfillsim.sim.model import Intake, Model
from fulfillsim.sim.record_errors import AtUnsureSlots, UnsureSlots
from fulfillsim.sim.slots import AtSlots, Collected, Slots


def slots_of(model: Model) -> Slots | None:
    """Slots of a world that has to know them, made once; None where all that is on record lies at its slot."""
    inventory = model.world.inventory
    if inventory is None or (inventory.forward is None and inventory.records is None):
        return None
    if model.slots is None:
        forward = inventory.forward or one_place(len(inventory.on_hand))
        records = inventory.records
        model.slots = Slots(model, forward) if records is None else UnsureSlots(model, forward, records)
    slots: Slots = model.slots
    return slots


def at_slots(model: Model, slots: Slots, picked: Intake, collected: Collected, again: Intake) -> AtSlots:
    """What a picking zone does about lines that were not at their slot."""
    if isinstance(slots, UnsureSlots):
        return AtUnsureSlots(model, slots, picked, collected, again)
    return AtSlots(model, slots, picked, collected, again)
