"""The chance that a parcel arrives by a date, by its service's law: what is known before it has arrived.

Disruptions are not known ahead, so a slow carrier's law is the usual one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fulfillsim.sim.carriers import Carriers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MANY_DAYS = 100_000


class Transit:
    """Chances of arrival, each worked out once."""

    def __init__(self, carriers: Carriers) -> None:
        self.carriers, self.days = carriers, carriers.days
        self._known: dict[tuple[int, int, int, int], float] = {}

    def chance(self, lane: int, zone: int, departure_s: float, until_day: int) -> float:
        """Chance that what leaves then is handed over on a day or before; the hour does not count."""
        return self.from_day(lane, zone, self.days.of(departure_s), until_day)

    def from_day(self, lane: int, zone: int, day: int, until_day: int) -> float:
        """The same for what leaves on a day."""
        key = (lane, zone, day, until_day)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._chance(lane, zone, day, until_day) if until_day >= day else 0.0
        return known

    def chances(self, lane: int, departure_s: float, zones: Ints, until_days: Ints) -> Floats:
        """The same for many orders, shape (n,)."""
        codes, place = np.unique(zones * MANY_DAYS + until_days + 1, return_inverse=True)  # a day before zero is -1
        pairs = (divmod(code, MANY_DAYS) for code in codes.tolist())
        each = [self.chance(lane, zone, departure_s, day - 1) for zone, day in pairs]
        return np.array(each)[place.ravel()] if each else np.zeros(0)

    def most(self, lane: int) -> float:
        """Chance that a parcel arrives at all."""
        return 1.0 - self.carriers.delivery.services[lane].loss_prob

    def _chance(self, lane: int, zone: int, pickup_day: int, until_day: int) -> float:
        service = self.carriers.delivery.services[lane]
        calendar = self.carriers.delivery.carriers[service.carrier].calendar
        quoted, total, kept = service.quoted_days[zone], sum(service.day_probs), 0.0
        for offset, prob in zip(service.day_offsets, service.day_probs, strict=True):
            day = calendar.add(pickup_day, max(quoted + offset, min(quoted, 1)))
            if day <= until_day:
                again = calendar.add(day, 1) <= until_day
                kept += prob / total * (1.0 if again else 1.0 - service.failed_attempt_prob)
        return kept * self.most(lane)
