"""The chance that a parcel arrives by a date, by its service's law: what is known before it has arrived.

Disruptions are not known ahead, so a slow carrier's law is the usual one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fulfillsim.sim.carriers import Carriers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MANY_DAYS = 100_000


class Arrivals(dict[int, float]):
    """Day -> the chance that what a service takes on its pickup day arrives on it or before; each worked out once."""

    def __init__(self, chance: Callable[[int], float]) -> None:
        super().__init__()
        self.chance = chance

    def __missing__(self, until_day: int) -> float:
        self[until_day] = found = self.chance(until_day)
        return found


class Transit:
    """Chances of arrival, by carrier service, zone and the day of the pickup."""

    def __init__(self, carriers: Carriers) -> None:
        self.carriers, self.days = carriers, carriers.days
        self._known: dict[tuple[int, int, int], Arrivals] = {}

    def chance(self, lane: int, zone: int, departure_s: float, until_day: int) -> float:
        """Chance that what leaves then is handed over on a day or before; the hour does not count."""
        return self.arrivals(lane, zone, self.days.of(departure_s))[until_day]

    def arrivals(self, lane: int, zone: int, day: int) -> Arrivals:
        """The same for what leaves on a day, by the day of arrival."""
        key = (lane, zone, day)
        if key not in self._known:
            self._known[key] = Arrivals(partial(self._chance, lane, zone, day))
        return self._known[key]

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
        if until_day < pickup_day:
            return 0.0
        service = self.carriers.delivery.services[lane]
        calendar = self.carriers.delivery.carriers[service.carrier].calendar
        quoted, total, kept = service.quoted_days[zone], sum(service.day_probs), 0.0
        for offset, prob in zip(service.day_offsets, service.day_probs, strict=True):
            day = calendar.add(pickup_day, max(quoted + offset, min(quoted, 1)))
            if day <= until_day:
                again = calendar.add(day, 1) <= until_day
                kept += prob / total * (1.0 if again else 1.0 - service.failed_attempt_prob)
        return kept * self.most(lane)
