"""Kits in the sequence in which they can be made, and the benches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fulfillsim.domain.assembly import Assembly, Bench, Kit
from fulfillsim.domain.catalog import Catalog
from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario.build.work import station
from fulfillsim.scenario.files import SCENARIO
from fulfillsim.scenario.names import bench_names
from fulfillsim.scenario.schema import assembly as says
from fulfillsim.scenario.schema.root import Settings


def build_assembly(settings: Settings, catalog: Catalog | None) -> Assembly | None:
    """Kits and benches, None if the scenario leaves them out."""
    plan = settings.assembly
    if plan is None or catalog is None:
        return None
    index = {name: place for place, name in enumerate(catalog.names)}
    _refuse_unknown(plan, index)
    depth = _depths(plan)
    deepest = {
        bench: max((depth[name] for name, kit in plan.kits.items() if (kit.bench or bench) == bench), default=0)
        for bench in bench_names(settings)
    }
    benches = sorted(deepest, key=lambda bench: (deepest[bench], bench))
    names = sorted(plan.kits, key=lambda name: (depth[name], name))
    return Assembly(
        kits=tuple(_kit(plan, plan.kits[name], name, index, benches) for name in names),
        benches=tuple(_bench(name, plan.benches.get(name, says.Bench())) for name in benches),
    )


def _depths(plan: says.Assembly) -> dict[str, int]:
    """How many levels of kits lie below each kit."""
    found: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in found:
            below = (part for part in plan.kits[name].components if part in plan.kits)
            found[name] = max((1 + depth(part) for part in below), default=0)
        return found[name]

    return {name: depth(name) for name in plan.kits}


def _kit(plan: says.Assembly, kit: says.Kit, name: str, index: dict[str, int], benches: list[str]) -> Kit:
    time = kit.time or plan.time
    assert time is not None, "checked: every kit has a time"
    return Kit(
        sku=index[name],
        components=tuple(sorted((index[part], units) for part, units in kit.components.items())),
        time=time,
        bench=benches.index(kit.bench) if kit.bench is not None else 0,
        setup_s=kit.setup,
        to_stock=(kit.make or plan.make) == "to_stock",
        lead_s=kit.lead_time,
        lot=kit.lot,
    )


def _bench(name: str, plan: says.Bench) -> Bench:
    return Bench(station(name, None, discipline=plan.discipline), plan.positions)


def _refuse_unknown(plan: says.Assembly, index: dict[str, int]) -> None:
    """Refuse names that the catalog's table does not have."""
    at = [(f"assembly.kits.{kit}", kit) for kit in plan.kits]
    at += [(f"assembly.kits.{n}.components.{part}", part) for n, kit in plan.kits.items() for part in kit.components]
    rule, hint = "is no SKU of the catalog", "add it to the catalog's table"
    faults = [Fault(SCENARIO, None, None, path, rule, name, hint) for path, name in at if name not in index]
    if faults:
        raise ScenarioError(faults)


def with_kits(catalog: Catalog, assembly: Assembly, settings: Settings) -> Catalog:
    """Catalog in which kits weigh and take up what their components do where nobody says otherwise.

    A kit that holds dangerous goods is dangerous.
    """
    weight, volume, hazmat = catalog.weight_kg.copy(), catalog.volume_l.copy(), catalog.hazmat.copy()
    plan = settings.catalog
    assert plan is not None, "checked: kits need a catalog"
    for kit in assembly.kits:
        parts = np.array([part for part, _ in kit.components])
        units = np.array([n for _, n in kit.components])
        said = plan.items.get(catalog.names[kit.sku])
        if plan.table is None and (said is None or said.weight is None):
            weight[kit.sku] = units @ weight[parts]
        if plan.table is None and (said is None or said.volume is None):
            volume[kit.sku] = units @ volume[parts]
        hazmat[kit.sku] |= hazmat[parts].any()
    return replace(catalog, weight_kg=weight, volume_l=volume, hazmat=hazmat)
