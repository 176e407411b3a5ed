"""What customers are told, and when they ask."""

from __future__ import annotations

from dataclasses import dataclass

from fulfillsim.domain.work import Station


@dataclass(frozen=True)
class Notification:
    """What customers are sent.

    Parameters
    ----------
    notices
        Messages that the scenario lists: any of ``"confirmation"``, ``"shipped"``, ``"out_for_delivery"``,
        ``"delivered"``, ``"eta_change"``, ``"delay"``.
    policy
        Name in `fulfillsim.policies.notification.NOTIFICATION`: which of them are sent, and whom a delay is told ahead.
    late_chance
        Chance of being late above which a policy that looks ahead warns.
    """

    notices: tuple[str, ...] = ()
    policy: str = "milestones"
    late_chance: float = 0.3


@dataclass(frozen=True)
class Communication:
    """Notices and contacts.

    Parameters
    ----------
    rules
        What customers are sent, by client.
    contact
        Station of the agents who answer; the same station name as a phone channel's means one queue.
    late_contact_prob
        Chance that a customer whose promise passes without delivery asks where the order is.
    noticed_factor
        Factor on that chance if a delay notice was sent before.
    silence_s, silence_contact_prob
        A customer who heard nothing for so long after acceptance asks with this chance.
    delay_s
        Mean time from the reason to the contact (exponential).
    contact_cost
        Cost of a contact beside the agent's time.
    later_contact_prob
        Chance on each further day of lateness, of those who have not asked.
    look_times_s
        When policies that look ahead look at all open orders, rising.
    """

    rules: tuple[Notification, ...] = (Notification(),)
    contact: Station | None = None
    late_contact_prob: float = 0.0
    noticed_factor: float = 0.5
    silence_s: float | None = None
    silence_contact_prob: float = 0.0
    delay_s: float = 7200.0
    contact_cost: float = 0.0
    later_contact_prob: float = 0.0
    look_times_s: tuple[float, ...] = ()
