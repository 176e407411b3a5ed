"""Random numbers by name: the same (seed, replication, purpose, cell) always gives the same uniforms.

A number belongs to its name and place, never to the order of calls. So adding a source of chance, asking in
another order or simulating a longer horizon leaves every other number as it was (common random numbers).
Two roads: blocks of uniforms from Philox (orders, arrivals), and single hashed uniforms (a delivery, an
absence on a day). What the uniforms mean is the business of `distributions` and `arrivals`.

References
----------
Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3 (Philox 4x64-10).
Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators (the finalizer of SplitMix64).
"""

from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.random import Philox
from numpy.typing import ArrayLike, NDArray

from fulfillsim.errors import UnknownNameError

#: Every purpose that chance serves. A purpose may be qualified: ``"channel:web/arrivals"`` (an owner before
#: the last slash) and ``"transit:economy"`` (a variant after a colon) are streams of their own; the word
#: that remains (``arrivals``, ``transit``) stands here.
PURPOSES: Final[dict[str, str]] = {
    # demand and its shared shocks
    "arrivals": "instants of arrival within a piece of the day, or gaps between arrivals",
    "arrival_count": "number of arrivals in a piece of the day",
    "batch_size": "orders that arrive together",
    "day_factor": "busyness shared by all hours of a day",
    "replication_factor": "forecast error shared by a whole replication",
    # what an order is
    "channel": "channel through which an order comes",
    "client": "client of a third-party warehouse to whom an order belongs",
    "customer": "who orders",
    "zone": "where the order goes",
    "n_lines": "number of order lines",
    "sku": "article of an order line",
    "quantity": "units of an order line",
    "service": "delivery service that the customer asks for",
    "options": "gift wrap, kits, special instructions and other marks of an order",
    "branch": "which way an order takes where ways part",
    # people and stations
    "work": "content of a piece of work at a station",
    "patience": "how long a caller waits before hanging up",
    "capture_error": "mistake made when an order is captured",
    "verification": "which orders need a manual check, and its outcome",
    "hold": "which orders are held, and how long",
    "mispick": "wrong article or quantity picked",
    "short_pick": "article not found at its slot",
    "rework": "whether finished work has to be done again",
    "experience": "how long a worker has been there, and how quick he is",
    "absence": "a worker who does not come on a day",
    "absence_shock": "busyness of the flu: absence shared by all workers of a day",
    "cancellation": "customer who cancels, and when",
    # stock and suppliers
    "initial_stock": "stock and orders on the way at the start",
    "lead_time": "time from a supplier order to its arrival",
    "supplier_short": "share of a supplier order that arrives",
    "supplier_late": "days after the quoted one, and what the deliveries of a supplier and day share of them",
    "record_error": "difference between stock on record and on the shelf",
    # delivery and communication
    "transit": "days in transit relative to the quote",
    "transit_shock": "transit delay shared by all parcels of a carrier and pickup day",
    "delivery_hour": "hour of the day at the customer's door",
    "first_attempt": "customer not at home",
    "loss": "parcel lost on its way",
    "damage": "goods damaged on their way",
    "door": "private or business address",
    "travel": "travel-time noise of a leg of a route",
    "stop_service": "time at a stop of a route",
    "return": "order that comes back, when, how, and in what state",
    "contact": "customer who asks where the order is, and when",
    # everything that decides by lot
    "policy": "random decisions of a policy",
    "test": "numbers for a test or a demonstration",
}

_MASK: Final = 2**64 - 1
_GAMMA: Final = 0x9E3779B97F4A7C15
_MIX_1: Final = 0xBF58476D1CE4E5B9
_MIX_2: Final = 0x94D049BB133111EB
_HALF_STEP: Final = 2.0**-53
_ONE_BITS: Final = 0x3FF0000000000000
#: The largest and the smallest uniform that a stream can give.
UNIFORM_MAX: Final = 1.0 - _HALF_STEP
UNIFORM_MIN: Final = _HALF_STEP


class Streams:
    """All random numbers of one replication.

    Not for sharing between threads: one bit generator is aimed anew at every call.

    Parameters
    ----------
    seed
        Of the study; any integer.
    replication
        Index of the independent run; any integer.

    Examples
    --------
    >>> streams = Streams(seed=1, replication=0)
    >>> streams.uniforms("work", cell=3, shape=2).round(6).tolist()
    [0.27971, 0.423115]
    >>> round(streams.hashed_uniform("absence", 17, 4), 6)
    0.182016
    """

    def __init__(self, seed: int, replication: int) -> None:
        self.seed, self.replication = int(seed), int(replication)
        self._philox = Philox(0)
        self._states: dict[str, dict[str, Any]] = {}
        self._hash_keys: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(seed={self.seed}, replication={self.replication})"

    def __reduce__(self) -> tuple[type["Streams"], tuple[int, int]]:
        return type(self), (self.seed, self.replication)

    def uniforms(self, purpose: str, cell: int, shape: int | tuple[int, ...], block: int = 0) -> NDArray[np.float64]:
        """Uniforms in the open interval (0, 1): odd multiples of 2**-53.

        Parameters
        ----------
        purpose
            A name of `PURPOSES`, qualified or not.
        cell, block
            Integers that tell draws of one purpose apart: a day and a piece of it, a block of orders.
        shape
            Of the result, filled row by row: a larger number of rows begins with the same rows.

        Returns
        -------
        NDArray
            Fresh float64 array; ``(0.5 + (x >> 12)) * 2**-52`` of the raw 64-bit numbers x, without rounding
            (with 53 bits the largest would round to 1.0).

        Raises
        ------
        UnknownNameError
            If the purpose is not in the table.
        """
        state = self._states.get(purpose) or self._new_state(purpose)
        state["state"]["counter"] = [0, 0, block & _MASK, cell & _MASK]
        self._philox.state = state  # type: ignore[assignment]  # lists are set three times faster than arrays
        raw: NDArray[np.uint64] = self._philox.random_raw(shape)
        raw >>= 12
        raw |= _ONE_BITS
        values = raw.view(np.float64)
        values -= 1.0 - _HALF_STEP
        return values

    def hashed_uniform(self, purpose: str, *keys: int) -> float:
        """One uniform in (0, 1) for what is not an order; ``keys`` say which (entity, day, index ...).

        See Also
        --------
        hashed_uniforms : the same bits for arrays of keys.
        """
        hashed = self._hash_keys.get(purpose) or self._new_hash_key(purpose)
        for key in keys:
            hashed = (hashed + (key + 1) * _GAMMA) & _MASK
            hashed = ((hashed ^ (hashed >> 30)) * _MIX_1) & _MASK
            hashed = ((hashed ^ (hashed >> 27)) * _MIX_2) & _MASK
            hashed ^= hashed >> 31
        return (2 * (hashed >> 12) + 1) * _HALF_STEP

    def hashed_uniforms(self, purpose: str, *keys: ArrayLike) -> NDArray[np.float64]:
        """Hashed uniforms for integer arrays of keys, which are broadcast against each other."""
        shape = np.broadcast_shapes(*(np.shape(key) for key in keys))
        start = self._hash_keys.get(purpose) or self._new_hash_key(purpose)
        # one dimension at least: numpy warns when a scalar wraps around, and wrapping is meant here
        hashed: NDArray[np.uint64] = np.full(shape or (1,), start, dtype=np.uint64)
        for key in keys:
            hashed += (np.atleast_1d(key).astype(np.uint64) + np.uint64(1)) * np.uint64(_GAMMA)
            hashed = (hashed ^ (hashed >> np.uint64(30))) * np.uint64(_MIX_1)
            hashed = (hashed ^ (hashed >> np.uint64(27))) * np.uint64(_MIX_2)
            hashed ^= hashed >> np.uint64(31)
        odd = (hashed >> np.uint64(12)) * np.uint64(2) + np.uint64(1)
        return (odd.astype(np.float64) * _HALF_STEP).reshape(shape)

    def _digest(self, road: str, purpose: str, n_bytes: int) -> bytes:
        check_purpose(purpose)
        text = f"fulfillsim/{road}/{self.seed}/{self.replication}/{purpose}"
        return blake2b(text.encode(), digest_size=n_bytes).digest()

    def _new_state(self, purpose: str) -> dict[str, Any]:
        digest = self._digest("philox", purpose, 16)
        key = [int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")]
        state: dict[str, Any] = {
            "bit_generator": "Philox",
            "state": {"counter": [0, 0, 0, 0], "key": key},
            "buffer": [0, 0, 0, 0],
            "buffer_pos": 4,
            "has_uint32": 0,
            "uinteger": 0,
        }
        self._states[purpose] = state
        return state

    def _new_hash_key(self, purpose: str) -> int:
        key = int.from_bytes(self._digest("hash", purpose, 8), "little")
        self._hash_keys[purpose] = key
        return key


class MirroredStreams(Streams):
    """The antithetic numbers: 1 - u wherever `Streams` of the same seed and replication give u.

    Examples
    --------
    >>> MirroredStreams(seed=1, replication=0).uniforms("work", cell=3, shape=2).round(6).tolist()
    [0.72029, 0.576885]
    """

    def uniforms(self, purpose: str, cell: int, shape: int | tuple[int, ...], block: int = 0) -> NDArray[np.float64]:  # noqa: D102
        mirrored: NDArray[np.float64] = 1.0 - super().uniforms(purpose, cell, shape, block)
        return mirrored

    def hashed_uniform(self, purpose: str, *keys: int) -> float:  # noqa: D102
        return 1.0 - super().hashed_uniform(purpose, *keys)

    def hashed_uniforms(self, purpose: str, *keys: ArrayLike) -> NDArray[np.float64]:  # noqa: D102
        mirrored: NDArray[np.float64] = 1.0 - super().hashed_uniforms(purpose, *keys)
        return mirrored


def check_purpose(purpose: str) -> None:
    """Refuse a purpose whose word is not in `PURPOSES`.

    Examples
    --------
    >>> check_purpose("channel:web/arrivals")
    >>> check_purpose("arivals")
    Traceback (most recent call last):
    ...
    fulfillsim.errors.UnknownNameError: no purpose ... is called 'arivals' - did you mean 'arrivals'? ...
    """
    word = purpose.rpartition("/")[2].partition(":")[0]
    if word not in PURPOSES:
        raise UnknownNameError("purpose in sampling/streams.py", word, PURPOSES)
