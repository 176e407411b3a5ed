"""Roles and the duties of their shifts."""

from __future__ import annotations

from fulfillsim.domain.staff import (
    Absence,
    Agency,
    Break,
    Duty,
    Learning,
    Role,
    Shift,
    ShiftEnd,
    Skill,
)
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.schema import staff as says
from fulfillsim.scenario.schema.root import Settings


def build_staff(settings: Settings, timeline: Timeline) -> tuple[Role, ...]:
    """All roles, in the order of their names."""
    return tuple(_role(timeline, settings, name, settings.staff[name]) for name in sorted(settings.staff))


def _role(timeline: Timeline, settings: Settings, name: str, plan: says.Role) -> Role:
    skills = sorted((skill.rank, station, skill.speed) for station, skill in plan.skills.items())
    return Role(
        name=name,
        skills=tuple(Skill(station, rank, speed) for rank, station, speed in skills),
        shifts=tuple(_shift(timeline, settings, shift, plan.shifts[shift]) for shift in sorted(plan.shifts)),
        wage_per_h=plan.wage.amount,
        indirect_share=plan.indirect,
        at_break=plan.at_break,
        assignment=plan.assignment,
        absence=Absence(plan.absence.share, plan.absence.correlation, plan.absence.paid) if plan.absence else None,
        learning=_learning(plan.learning) if plan.learning else None,
        spread_cv=plan.spread,
        shift_end=ShiftEnd(plan.overtime.at_most, plan.overtime.home_after) if plan.overtime else None,
    )


def _learning(plan: says.Learning) -> Learning:
    return Learning(plan.start, plan.full_after, plan.errors, plan.tenure)


def _shift(timeline: Timeline, settings: Settings, name: str, plan: says.Shift) -> Shift:
    agency = plan.agency
    return Shift(
        name=name,
        headcount=max(plan.headcount, *plan.heads.values(), 0),
        duties=_duties(timeline, settings, plan),
        agency=Agency(agency.rate.amount, agency.notice or 0.0, agency.orders_per_head) if agency else None,
        learning=_learning(agency.learning) if agency else None,
    )


def _duties(timeline: Timeline, settings: Settings, plan: says.Shift) -> tuple[Duty, ...]:
    """One duty per day on which the shift begins; a shift that is always on is one duty."""
    if plan.hours is None:
        return (Duty(0.0, timeline.days.midnight_s[-1]),)
    pauses = sorted((plan.span_of(pause), pause.paid) for pause in plan.breaks.values())
    return tuple(
        Duty(
            timeline.second(day, plan.hours.from_s),
            timeline.second(day, plan.hours.until_s),
            tuple(
                Break(timeline.second(day, at.from_s), timeline.second(day, at.until_s), paid) for at, paid in pauses
            ),
            plan.heads.get(timeline.days.date(day), plan.headcount) if plan.heads else None,
        )
        for day in range(len(timeline.days) - 1)
        if _works(timeline, settings, plan, day)
    )


def _works(timeline: Timeline, settings: Settings, plan: says.Shift, day: int) -> bool:
    is_holiday = timeline.days.date(day) in settings.calendar.holidays
    if timeline.days.date(day) in plan.heads:
        return True
    weekdays = settings.calendar.working_days if plan.days is None else plan.days
    return timeline.days.weekday(day) in weekdays and (plan.holidays or not is_holiday)
