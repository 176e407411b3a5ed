"""Checks between receipt and acceptance, and the promise given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fulfillsim.domain.clock import WorkCalendar
from fulfillsim.domain.work import Station
from fulfillsim.sampling.distributions import Distribution


@dataclass(frozen=True)
class Hold:
    """A reason for which an order may wait (payment, fraud, credit): chance, and how long until it clears.

    Parameters
    ----------
    cancel_prob
        Chance that a held order is cancelled when its hold ends.
    channels
        Indices of the channels whose orders it may strike.
    """

    name: str
    prob: float
    duration: Distribution
    channels: tuple[int, ...]
    cancel_prob: float = 0.0


@dataclass(frozen=True)
class Verification:
    """Automatic checks, and people for what they cannot decide.

    Parameters
    ----------
    automatic_s
        Delay of the automatic check.
    manual
        Station of the clerks; ``None`` where nobody looks.
    manual_prob
        Chance that an order needs a clerk though nothing is wrong with it.
    catch_prob
        Chance that a capture error is caught (by the automatic check, which sends the order to a clerk); what is not
        caught surfaces later: a wrong address at the first delivery attempt, a wrong item in the parcel.
    duplicate_prob
        Chance that the order is an accidental duplicate, which is cancelled here.
    instruction_refused_prob
        Chance that a special instruction cannot be met, and the order is cancelled.
    conflict
        What a clerk does with goods that the requested service may not carry: take a service that may, or cancel.
    """

    automatic_s: float = 0.0
    manual: Station | None = None
    manual_prob: float = 0.0
    catch_prob: float = 0.0
    address_share: float = 0.5
    duplicate_prob: float = 0.0
    instruction_refused_prob: float = 0.0
    conflict: Literal["change_service", "cancel"] = "change_service"


@dataclass(frozen=True)
class Promise:
    """What customers of one requested service (and one client) are told.

    Parameters
    ----------
    policy
        Name in `fulfillsim.policies.promising.PROMISING`.
    cutoff_s
        Latest clock-start second of each day for that day's departures, shape (n_days,); a day on which the
        warehouse does not work has -1.
    handling_days
        Warehouse working days between the cutoff and the departure.
    fixed_days
        Working days after the cutoff, for ``"fixed_days"``.
    kept_prob
        Chance with which a promise by ``"quantile"`` is to be kept.
    path_time
        From acceptance to the dock, in seconds in which the house is staffed, as ``"quantile"`` takes it; ``None``: as
        orders of this run have taken so far.
    carrier_services
        Indices of the carrier services that may serve it.
    """

    service: str
    policy: str
    cutoff_s: tuple[float, ...]
    handling_days: int
    carrier_services: tuple[int, ...]
    fixed_days: int = 0
    kept_prob: float = 0.95
    path_time: Distribution | None = None


@dataclass(frozen=True)
class Processing:
    """From receipt to acceptance.

    Parameters
    ----------
    promises
        By client, then by requested service: index ``client * n_services + service``, which orders carry.
    clock_start
        Which moment starts the promise clock.
    calendar
        The warehouse's working days.
    """

    verification: Verification
    holds: tuple[Hold, ...]
    promises: tuple[Promise, ...]
    calendar: WorkCalendar
    clock_start: Literal["placed", "payment_cleared", "accepted"] = "payment_cleared"
