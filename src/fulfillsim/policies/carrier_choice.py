"""Which carrier service takes a parcel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Option(NamedTuple):
    """A carrier service that could take the parcel.

    ``departure_s`` is its next departure, ``arrival_s`` the last second of the quoted arrival date, ``price`` in the
    scenario's currency.
    """

    lane: int
    departure_s: float
    arrival_s: float
    price: float


Choice = Callable[[Sequence[Option], float | None], Option]


def cheapest(options: Sequence[Option], promise_s: float | None) -> Option:
    """Least price; the earlier arrival among equals."""
    return min(options, key=lambda option: (option.price, option.arrival_s))


def fastest(options: Sequence[Option], promise_s: float | None) -> Option:
    """Earliest quoted arrival; the lower price among equals."""
    return min(options, key=lambda option: (option.arrival_s, option.price))


def cheapest_on_promise(options: Sequence[Option], promise_s: float | None) -> Option:
    """Least price among those quoted to arrive by the promise; the fastest where none is.

    Without a promise yet (when it is being made) simply the cheapest.
    """
    if promise_s is None:
        return cheapest(options, None)
    on_time = [option for option in options if option.arrival_s <= promise_s]
    return cheapest(on_time, None) if on_time else fastest(options, None)


CHOICES: dict[str, Choice] = {
    "cheapest": cheapest,
    "fastest": fastest,
    "cheapest_on_promise": cheapest_on_promise,
}
