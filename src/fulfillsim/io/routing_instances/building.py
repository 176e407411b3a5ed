"""From what a file says to an instance, with the lines that its faults are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fulfillsim.errors import DataError, Fault
from fulfillsim.optim.delivery.feasibility import unservable
from fulfillsim.optim.delivery.instance import DeliveryInstance, InstanceError


@dataclass(frozen=True)
class ReadInstance:
    """An instance and the lines of its file.

    Parameters
    ----------
    instance
        What was read.
    stop_lines
        Line of each stop.
    """

    instance: DeliveryInstance
    stop_lines: tuple[int, ...]


def built(
    file: Path,
    stop_lines: Sequence[int],
    depot_lines: Sequence[int],
    vehicle_line: int,
    **parts: Any,
) -> ReadInstance:
    """The instance of its parts.

    Raises
    ------
    DataError
        With every flaw of the parts, and every stop that no vehicle can serve even alone.
    """
    scale = parts["convention"].scale
    scaled = "" if scale == 1 else f", times {scale:g} by convention {parts['convention'].name}"
    lines = {"stop": stop_lines, "depot": depot_lines, "travel": [*depot_lines, *stop_lines]}
    try:
        instance = DeliveryInstance(**parts)
    except InstanceError as error:
        faults = []
        for flaw in error.flaws:
            numbered = lines.get(flaw.kind, ())
            line = numbered[flaw.number] if flaw.number < len(numbered) else vehicle_line
            value = flaw.value + (scaled if "window" in flaw.rule or "time" in flaw.rule else "")
            path = f"{flaw.kind} {_name(parts, flaw.kind, flaw.number)}"
            faults.append(Fault(str(file), line or None, None, path, flaw.rule, value, flaw.hint))
        raise DataError(faults) from None
    if reasons := unservable(instance):
        raise DataError(
            Fault(str(file), stop_lines[stop], None, f"stop {instance.stops[stop].name}", rule, value, hint)
            for stop, rule, value, hint in reasons
        )
    return ReadInstance(instance, tuple(stop_lines))


def _name(parts: dict[str, Any], kind: str, index: int) -> str:
    things = parts.get(f"{kind}s", ())
    return str(things[index].name) if index < len(things) and kind != "vehicle" else str(index)
