"""Targets: KPIs that are there, shares that are shares, and cuts that the KPI can be had by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fulfillsim.scenario.checks.finding import Finding, unknown
from fulfillsim.scenario.names import client_names, n_classes, service_names, zone_names
from fulfillsim.scenario.nodes import Path
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.schema.targets import Target

if TYPE_CHECKING:
    from fulfillsim.kpi.measure import Kpi

WEEK_DAYS = 7


def check_targets(settings: Settings) -> Iterator[Finding]:
    """Every target can be judged."""
    if not settings.targets:
        return
    kpis = _kpis(settings)
    for name, target in settings.targets.items():
        at, kpi = ("targets", name), target.kpi or name
        if kpi not in kpis:
            yield unknown((*at, "kpi") if target.kpi else at, "KPI", kpi, kpis)
            continue
        if lacking := _lacking(settings, kpis[kpi]):
            rule = f"is about {kpi}, which needs `{lacking}`, and the scenario leaves it out"
            yield Finding(at, rule, f"add {lacking}, or take the target out")
            continue
        yield from _value(at, target, kpis[kpi])
        yield from _where(settings, (*at, "where"), target, kpis[kpi])
        if target.per == "week" and settings.days < WEEK_DAYS:
            yield Finding((*at, "per"), f"is week, the window has {settings.days} days only", "days: 7, or per: day")


def _kpis(settings: Settings) -> dict[str, Kpi]:
    """KPIs by the names that a target may bear; a family has one for each role, station, reason and so on."""
    from fulfillsim.kpi.definitions import KPIS
    from fulfillsim.kpi.measure import FamilyKpi

    people = {
        *settings.staff,
        *(station for role in settings.staff.values() for station in role.skills),
        *settings.clients,
    }
    people |= set(settings.inventory.suppliers) if settings.inventory else set()
    found: dict[str, Kpi] = {}
    for kpi in KPIS:
        if isinstance(kpi, FamilyKpi):
            found |= {f"{kpi.name}.{member}": kpi for member in (*sorted(people), *kpi.members)}
        else:
            found[kpi.name] = kpi
    return found


def _lacking(settings: Settings, kpi: Kpi) -> str | None:
    """A section without which nobody can say the KPI; what takes more than a section, building the world tells."""
    from fulfillsim.kpi import needs

    sections: dict[object, tuple[str, ...]] = {
        needs.delivers: ("delivery",),
        needs.promises: ("delivery",),
        needs.drives: ("delivery",),
        needs.keeps_word: ("delivery", "communication"),
        needs.informs: ("communication",),
        needs.stocked: ("inventory",),
        needs.priced: ("inventory",),
        needs.staffed: ("staff",),
        needs.picks: ("fulfillment",),
        needs.walks: ("fulfillment",),
        needs.disturbed: ("events",),
    }
    return next((name for name in sections.get(kpi.needs, ()) if not getattr(settings, name)), None)


def _value(at: Path, target: Target, kpi: Kpi) -> Iterator[Finding]:
    """A share lies between 0 and 1, so that 98 without the % is a slip."""
    sense, value = target.bound
    if kpi.unit == "share" and not 0 <= value <= 1:
        hint = f'write "{sense} {value:g} %"' if 1 < value <= 100 else "write it like 0.98 or 98 %"
        yield Finding(at, "must be between 0 and 1, as all shares", hint)


def _where(settings: Settings, at: Path, target: Target, kpi: Kpi) -> Iterator[Finding]:
    from fulfillsim.kpi.measure import RowKpi

    if target.where and not isinstance(kpi, RowKpi):
        yield Finding(at, f"cannot cut {kpi.name}, which is of the operation as a whole", "take `where` out")
        return
    labels = {
        "channel": tuple(sorted(settings.demand.channels)),
        "client": client_names(settings),
        "carrier": tuple(sorted(settings.delivery.carriers)) if settings.delivery else (),
        "service": service_names(settings),
        "zone": zone_names(settings),
        "path": (*sorted(settings.fulfillment.paths), "others") if settings.fulfillment else (),
        "priority": tuple(map(str, range(n_classes(settings)))),
    }
    for key, label in target.where.items():
        if key not in labels:
            yield unknown((*at, key), "cut", key, labels)
        elif label not in labels[key]:
            yield unknown((*at, key), key, label, labels[key])
