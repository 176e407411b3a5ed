"""Messages and questions: what policies need to know, and numbers that say nothing."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.scenario.checks.finding import Finding
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.communication import Communication
from fulfillsim.scenario.schema.root import Settings


def check_communication(settings: Settings) -> Iterator[Finding]:
    """Policies that look ahead have promises to look at."""
    plan = settings.communication
    if plan is not None:
        yield from _policy(settings, ("communication", "policy"), plan.policy)
        for name, client in settings.clients.items():
            if client.communication is not None and client.communication.policy is not None:
                yield from _policy(settings, ("clients", name, "communication", "policy"), client.communication.policy)
        yield from _contact(plan)


def _policy(settings: Settings, at: Path, name: str) -> Iterator[Finding]:
    if name == Communication.model_fields["policy"].default:
        return
    from fulfillsim.policies.notification import NOTIFICATION

    is_there = settings.processing is not None and settings.delivery is not None
    if name in NOTIFICATION and NOTIFICATION[name](0.0).looks_ahead and not is_there:
        rule = f"{name} looks for orders that will be late, and nothing is promised"
        yield Finding(at, rule, "add processing and delivery, or policy: milestones")


def _contact(plan: Communication) -> Iterator[Finding]:
    contact = plan.contact
    if contact is not None and contact.silent and contact.silence is None:
        rule = "is the share of those who ask after a silence, whose length is missing"
        yield Finding(("communication", "contact", "silent"), rule, "silence: 3 days", is_warning=True)
