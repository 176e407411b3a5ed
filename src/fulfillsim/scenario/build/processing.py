"""Verification, holds and promises."""

from __future__ import annotations

from fulfillsim.domain.processing import Hold, Processing, Promise, Verification
from fulfillsim.scenario.build.timeline import Timeline
from fulfillsim.scenario.build.work import station
from fulfillsim.scenario.names import carrier_services, client_names, service_names, usable
from fulfillsim.scenario.schema import processing as says
from fulfillsim.scenario.schema.root import Settings
from fulfillsim.scenario.terms import service_of


def build_processing(settings: Settings, timeline: Timeline) -> Processing | None:
    """Checks and promises, None if the scenario leaves them out."""
    plan = settings.processing
    if plan is None:
        return None
    return Processing(
        verification=_verification(plan),
        holds=tuple(_hold(settings, name, plan.holds[name]) for name in sorted(plan.holds)),
        promises=tuple(
            _promise(settings, timeline, name, service_of(settings, client, name))
            for client in client_names(settings)
            for name in service_names(settings)
        ),
        calendar=timeline.warehouse,
        clock_start=plan.clock_start,
    )


def _verification(plan: says.Processing) -> Verification:
    manual = plan.manual
    return Verification(
        automatic_s=plan.automatic,
        manual=station("verification", manual.time, discipline=manual.discipline) if manual else None,
        manual_prob=manual.share if manual else 0.0,
        catch_prob=plan.catch,
        address_share=plan.address_share,
        duplicate_prob=plan.duplicates,
        instruction_refused_prob=plan.instructions_refused,
        conflict=plan.conflict,
    )


def _hold(settings: Settings, name: str, plan: says.Hold) -> Hold:
    names = sorted(settings.demand.channels)
    struck = [i for i, channel in enumerate(names) if plan.channels.get(channel, not any(plan.channels.values()))]
    return Hold(name, plan.share, plan.duration, tuple(struck), plan.cancel)


def _promise(settings: Settings, timeline: Timeline, name: str, plan: says.Service) -> Promise:
    products = carrier_services(settings)
    chosen = usable(plan.carriers, products)
    indices = tuple(i for i, product in enumerate(products) if product in chosen)
    return Promise(
        service=name,
        policy=plan.promise,
        cutoff_s=tuple(_cutoff(timeline, plan, day) for day in range(len(timeline.days))),
        handling_days=plan.handling.n,
        carrier_services=indices,
        fixed_days=plan.days or 0,
        kept_prob=plan.kept,
        path_time=plan.path_time,
    )


def _cutoff(timeline: Timeline, plan: says.Service, day: int) -> float:
    clock_s = plan.cutoff[timeline.days.weekday(day)]
    if clock_s is None or not timeline.warehouse.working[day]:
        return -1.0
    return timeline.second(day, clock_s)
