"""Notices and contacts."""

from __future__ import annotations

from fulfillsim.domain.communication import Communication
from fulfillsim.scenario.build.work import station
from fulfillsim.scenario.schema.root import Settings


def build_communication(settings: Settings) -> Communication | None:
    """What customers are told and when they ask, None if the scenario leaves it out."""
    plan = settings.communication
    if plan is None:
        return None
    notices = tuple(sorted(name for name, sent in plan.notices.items() if sent))
    contact = plan.contact
    if contact is None:
        return Communication(notices)
    return Communication(
        notices=notices,
        contact=station(contact.station, contact.time, patience=contact.patience),
        late_contact_prob=contact.late,
        noticed_factor=contact.noticed_factor,
        silence_s=contact.silence,
        silence_contact_prob=contact.silent,
        delay_s=contact.delay,
        contact_cost=contact.cost.amount,
    )
