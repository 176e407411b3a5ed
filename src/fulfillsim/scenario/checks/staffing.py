"""Roles, the stations they serve, and their shifts."""

from __future__ import annotations

from collections.abc import Iterator

from fulfillsim.scenario.checks.finding import Finding, unknown
from fulfillsim.scenario.checks.stations import staffed_stations
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.schema.staff import Shift
from fulfillsim.scenario.units import DAY_S


def check_stations(settings: Settings) -> Iterator[Finding]:
    """Every role serves a station that is there, and every station has somebody."""
    stations = staffed_stations(settings)
    served: set[str] = set()
    for name, role in settings.staff.items():
        n_people = sum(shift.headcount for shift in role.shifts.values())
        for skill in role.skills:
            if skill not in stations:
                yield unknown(("staff", name, "skills", skill), "station", skill, stations)
            elif n_people:
                served.add(skill)
        if not role.skills:
            hint = f"skills: {{{next(iter(stations), 'picking')}: 1}}"
            yield Finding(("staff", name), "is a role that no station uses", hint)
        if not role.shifts:
            yield Finding(
                ("staff", name, "shifts"), "is missing", "shifts: {early: {hours: 06:00-14:00, headcount: 3}}"
            )
    for station, path in stations.items():
        if station not in served:
            hint = f"give a role with people the skill {station}"
            yield Finding(path, f"is the station {station}, which nobody can serve", hint)


NOTHING_TO_LOOK_AT = "looks at the orders in fulfillment, which is not there"


def check_shifts(settings: Settings) -> Iterator[Finding]:
    """Breaks lie inside their shift and apart from each other; rules for people have what they look at."""
    for role_name, role in settings.staff.items():
        if role.overtime is not None and settings.fulfillment is None:
            yield Finding(("staff", role_name, "overtime"), NOTHING_TO_LOOK_AT, "leave it out", is_warning=True)
        for shift_name, shift in role.shifts.items():
            at = ("staff", role_name, "shifts", shift_name)
            yield from _breaks(at, shift)
            yield from _agency(settings, at, shift)


def _agency(settings: Settings, at: Path, shift: Shift) -> Iterator[Finding]:
    """People of an agency are called in time, by the work that waits."""
    if shift.agency is None:
        return
    if shift.agency.notice is None:
        hint = "notice: 1 days, so long before a shift it is decided how many come"
        yield Finding((*at, "agency"), "has a rate and no notice", hint)
    if shift.hours is None:
        yield Finding((*at, "agency"), "cannot stand in a shift that is always on", "give the shift hours")
    if settings.fulfillment is None:
        yield Finding((*at, "agency"), NOTHING_TO_LOOK_AT, "leave it out", is_warning=True)


def _breaks(at: Path, shift: Shift) -> Iterator[Finding]:
    if shift.hours is None:
        for name in shift.breaks:
            yield Finding((*at, "breaks", name), "cannot stand in a shift that is always on", "give the shift hours")
        return
    last_end, last_name = 0.0, ""
    for span, name in sorted((shift.span_of(pause), name) for name, pause in shift.breaks.items()):
        if span.from_s < shift.hours.from_s or span.until_s > shift.hours.until_s:
            yield Finding((*at, "breaks", name), "must lie inside the shift", "move it between the shift's hours")
        elif last_name and span.from_s < last_end:
            yield Finding((*at, "breaks", name), f"overlaps {last_name}", "move one of the two")
        last_end, last_name = span.until_s, name


def presence(settings: Settings, weekday: int) -> list[tuple[float, float]]:
    """From and until of every shift with people that touches a weekday, on that day's clock (s)."""
    spans: list[tuple[float, float]] = []
    for role in settings.staff.values():
        for shift in role.shifts.values():
            if not shift.headcount:
                continue
            if shift.hours is None:
                spans.append((0.0, DAY_S))
                continue
            days = settings.calendar.working_days if shift.days is None else shift.days
            if weekday in days:
                spans.append((shift.hours.from_s, shift.hours.until_s))
            if (weekday - 1) % 7 in days and shift.hours.until_s > DAY_S:
                spans.append((shift.hours.from_s - DAY_S, shift.hours.until_s - DAY_S))
    return spans
