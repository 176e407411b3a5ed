"""Notices and contacts."""

from __future__ import annotations

from fulfillsim.domain.communication import Communication, Notification
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.build.work import station
from fulfillsim.scenario.names import client_names
from fulfillsim.scenario.schema import communication as says
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.terms import communication_of


def build_communication(settings: Settings, timeline: Timeline) -> Communication | None:
    """What customers are told and when they ask, None if the scenario leaves it out."""
    plan = settings.communication
    if plan is None:
        return None
    rules = tuple(_notification(communication_of(settings, client)) for client in client_names(settings))
    looks = timeline.every(plan.every)
    contact = plan.contact
    if contact is None:
        return Communication(rules, look_times_s=looks)
    return Communication(
        rules=rules,
        contact=station(contact.station, contact.time, patience=contact.patience),
        late_contact_prob=contact.late,
        noticed_factor=contact.noticed_factor,
        silence_s=contact.silence,
        silence_contact_prob=contact.silent,
        delay_s=contact.delay,
        contact_cost=contact.cost.amount,
        later_contact_prob=contact.later,
        look_times_s=looks,
    )


def _notification(plan: says.Communication) -> Notification:
    notices = tuple(sorted(name for name, sent in plan.notices.items() if sent))
    return Notification(notices, plan.policy, plan.late_chance)
