"""What is compared: alternatives by name, built from files or by varying one scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from fulfillsim.errors import InputError, UnknownNameError
from fulfillsim.stats.comparison import checked_names

if TYPE_CHECKING:
    from fulfillsim.scenario import Scenario

MAX_ALTERNATIVES = 10_000
CLOCK = ("first_ordinal", "n_warm_up", "n_window", "zone")


def factorial(scenario: Scenario, factors: Mapping[str, Sequence[object]]) -> dict[str, Scenario]:
    """Every combination of some values, named by what was set (``headcount=12, factor=1.2``).

    Parameters
    ----------
    scenario
        What is varied.
    factors
        Dotted path -> its values.

    Raises
    ------
    InputError
        If a path has no value, or there are more than 10,000 combinations; `ScenarioError` with the faults of a
        combination.
    """
    if empty := [path for path, values in factors.items() if not values]:
        raise InputError(f"vary: {empty[0]} has no values - write {empty[0]}=a,b,c")
    n = 1
    for values in factors.values():
        n *= len(values)
    if n > MAX_ALTERNATIVES:
        raise InputError(
            f"vary: {n:,} combinations are more than {MAX_ALTERNATIVES:,} - take fewer values, or a sample"
        )
    short = short_names(list(factors))
    made = {}
    for values in product(*factors.values()):
        name = ", ".join(f"{short[path]}={value}" for path, value in zip(factors, values, strict=True))
        made[name] = scenario.vary(dict(zip(factors, values, strict=True)))
    return made


def latin_hypercube(
    scenario: Scenario, ranges: Mapping[str, tuple[float, float]], n: int, seed: int = 1
) -> dict[str, Scenario]:
    """``n`` points spread over ranges so that each range is covered evenly (Latin hypercube).

    Parameters
    ----------
    ranges
        Dotted path -> (low, high); whole numbers stay whole where both ends are.
    n
        Number of alternatives, >= 2.
    seed
        Of the sample.

    References
    ----------
    McKay, Beckman, Conover (1979), A comparison of three methods for selecting values of input variables in the
    analysis of output from a computer code, Technometrics 21(2).
    """
    from scipy.stats import qmc

    if n < 2:
        raise InputError(f"latin hypercube: must have 2 points or more (got {n})")
    unit = qmc.LatinHypercube(d=len(ranges), rng=seed).random(n)
    short = short_names(list(ranges))
    made = {}
    for row in unit.tolist():
        changes = {path: _between(*ends, u) for (path, ends), u in zip(ranges.items(), row, strict=True)}
        name = ", ".join(f"{short[path]}={value:g}" for path, value in changes.items())
        made[name] = scenario.vary(changes)
    return made


def _between(low: float, high: float, u: float) -> float:
    if not low < high:
        raise InputError(f"range: must begin below its end (got {low:g}..{high:g}) - swap them")
    if float(low).is_integer() and float(high).is_integer() and isinstance(low, int) and isinstance(high, int):
        return low + int(u * (high - low + 1))
    return float(f"{low + u * (high - low):.6g}")


def short_names(paths: Sequence[str]) -> dict[str, str]:
    """Last parts of dotted paths, as many as tell them apart.

    Examples
    --------
    >>> short_names(["staff.pickers.shifts.early.headcount", "staff.packers.shifts.early.headcount"])["demand.factor"]
    Traceback (most recent call last):
    KeyError: 'demand.factor'
    >>> sorted(short_names(["a.b.x", "a.c.x", "d.y"]).values())
    ['b.x', 'c.x', 'y']
    """
    made = {}
    for path in paths:
        parts = path.split(".")
        for n in range(1, len(parts) + 1):
            tail = ".".join(parts[-n:])
            if sum(other == tail or other.endswith(f".{tail}") for other in paths) == 1 or n == len(parts):
                made[path] = tail
                break
    return made


def check_alternatives(subjects: Mapping[str, Any], baseline: str | None) -> None:
    """Refuse what cannot be compared: fewer than two, an unknown baseline, windows of different days."""
    names = checked_names(list(subjects))
    if baseline is not None and baseline not in names:
        raise UnknownNameError("alternative", baseline, names)
    first, *others = names
    days = subjects[first].world().days
    for name in others:
        other = subjects[name].world().days
        for field in CLOCK:
            if getattr(days, field) != getattr(other, field):
                rule = (
                    f"{name!r} and {first!r} have different {field} ({getattr(other, field)}, {getattr(days, field)})"
                )
                raise InputError(f"alternatives: {rule} - give all the same start, days, warm-up and time zone")
