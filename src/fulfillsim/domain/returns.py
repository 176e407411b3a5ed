"""Goods that customers send back."""

from __future__ import annotations

from dataclasses import dataclass

from fulfillsim.domain.work import Station
from fulfillsim.sampling.distributions import Distribution


@dataclass(frozen=True)
class Returns:
    """What comes back of what was delivered, and what is done with it.

    Parameters
    ----------
    share
        Chance that an order (each piece of a split one by itself) comes back, whole.
    delay
        Seconds from its delivery until its customer sends it off: it is at the dock then, or asks for a van.
    desk
        Where it is looked at; its time counts parcel, lines and units.
    as_new_prob
        Chance of each line to go back to the shelf.
    collected_prob
        Chance that a customer to whom own vans go asks for one of them.
    """

    share: float
    delay: Distribution
    desk: Station
    as_new_prob: float = 1.0
    collected_prob: float = 0.0
