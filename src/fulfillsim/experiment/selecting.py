"""`select`: the best of several alternatives with a stated guarantee, feasible ones only if asked."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fulfillsim.domain.notebook import html_table
from fulfillsim.errors import InputError, SimulationError, UnknownNameError
from fulfillsim.experiment.alternatives import check_alternatives
from fulfillsim.experiment.bounds import check_bounds, parse_target
from fulfillsim.experiment.cache import Cache
from fulfillsim.experiment.comparing import open_study, started
from fulfillsim.experiment.output import write_checklist, write_study_values
from fulfillsim.experiment.result import Result
from fulfillsim.experiment.simulation import DEFAULT_SEED, as_subject
from fulfillsim.experiment.study import Floats, Progress, Setting, Study
from fulfillsim.experiment.worker import Replicate
from fulfillsim.kpi import find_kpi
from fulfillsim.stats.selection import (
    PROCEDURES,
    BestFeasible,
    ChanceConstraint,
    MeanConstraint,
    Procedure,
    Selection,
)

if TYPE_CHECKING:
    import pandas as pd

    from fulfillsim.domain.world import World
    from fulfillsim.scenario import Scenario

Constraint = MeanConstraint | ChanceConstraint
TOLERANCE_SHARE, CHANCE_TOLERANCE = 0.01, 0.05
"""Indifference around a bound where none is given: a share of it; of a probability, or half of what is left above."""


@dataclass(frozen=True)
class SelectionResult:
    """The alternative chosen, and what that rests on.

    Parameters
    ----------
    kpi, procedure
        What was made best, and how.
    selection
        The choice; None where no alternative keeps the constraints.
    constraints
        What alternatives had to keep.
    results
        Runs by alternative.
    """

    kpi: str
    procedure: str
    selection: Selection | None
    constraints: tuple[Constraint, ...]
    results: Mapping[str, Result]

    @property
    def best(self) -> str | None:
        """Name of the alternative chosen; None where none is feasible."""
        return self.selection.best if self.selection is not None else None

    def sentence(self) -> str:
        """The answer in words, with its guarantee and what it cost."""
        if self.selection is None:
            return f"no alternative keeps {' and '.join(map(str, self.constraints))}: relax a bound or add alternatives"
        found = self.selection
        return (
            f"{found.best} is chosen in {self.kpi} by {self.procedure}: {found.guarantee}. "
            f"It took {found.n_total} replications"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per alternative: ``alternative``, ``mean``, ``n`` (replications), ``survived``, ``chosen``."""
        import pandas as pd

        found = self.selection
        rows = [
            {
                "alternative": name,
                "mean": found.means[name] if found else float("nan"),
                "n": found.n_used[name] if found else result.n_replications,
                "survived": bool(found and name in found.survivors),
                "chosen": bool(found and name == found.best),
            }
            for name, result in self.results.items()
        ]
        return pd.DataFrame(rows, columns=["alternative", "mean", "n", "survived", "chosen"])

    def summary(self) -> str:
        """Sentence and table."""
        return f"{self.sentence()}\n\n{self.to_frame().to_string(index=False)}"

    def __repr__(self) -> str:
        return f"<SelectionResult: {self.sentence()}>"

    def _repr_html_(self) -> str:
        frame = self.to_frame()
        rows = ((row.alternative, f"{row.mean:.6g}", row.n, row.survived, row.chosen) for row in frame.itertuples())
        return html_table(list(frame.columns), rows, [self.sentence()])


def parse_constraint(text: str) -> Constraint:
    """Constraint of ``on_time_shipment>=0.95``, with its tolerance ``on_time_shipment>=0.95~0.01``, or a chance.

    ``P(on_time_shipment>=0.95)>=0.9`` bounds the probability that a run's value is good enough.

    Raises
    ------
    InputError
        If it is something else.
    """
    text, _, tolerance = (part.strip() for part in text.partition("~"))
    chance = re.fullmatch(r"P\((.+)\)\s*>=\s*(0?\.\d+)", text)
    target = parse_target(chance[1] if chance else text)
    try:
        width = float(tolerance) if tolerance else None
    except ValueError as error:
        raise InputError(f"constraint: the tolerance after ~ must be a number (got {tolerance!r})") from error
    if chance:
        prob = float(chance[2])
        wide = width if width is not None else min(CHANCE_TOLERANCE, (1 - prob) / 2)
        return ChanceConstraint(target.kpi, target.value, prob, wide, target.at_most)
    wide = width if width is not None else TOLERANCE_SHARE * abs(target.value) or TOLERANCE_SHARE
    return MeanConstraint(target.kpi, target.value, wide, target.at_most)


def select(
    alternatives: Mapping[str, Scenario | World],
    kpi: str,
    delta: float,
    *,
    procedure: str = "kn",
    constraints: Sequence[str | Constraint] = (),
    level: float = 0.95,
    first: int = 10,
    budget: int | None = None,
    independent: bool = False,
    seed: int | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    out: Path | str | None = None,
    progress: Progress = True,
    replicate: Replicate | None = None,
    cache: Path | str | None = None,
) -> SelectionResult:
    """Choose the best alternative in a KPI.

    Parameters
    ----------
    alternatives
        Scenarios by name, two or more, over the same days.
    kpi
        What is to be best, in the KPI's own direction.
    delta
        Indifference zone: the least difference worth detecting, in the KPI's unit.
    procedure
        Name in `fulfillsim.stats.selection.PROCEDURES`, which says what each guarantees. Those that allow common
        random numbers run on them.
    constraints
        What an alternative has to keep, decided first: see `parse_constraint`.
    level
        Probability that the guarantee holds.
    first
        Replications of the first stage.
    budget
        Replications in all, for ``ocba``.
    independent
        Other orders for each alternative even where the procedure allows common random numbers.
    seed, jobs, executor, progress, replicate, cache
        As in `simulate`.
    out
        Study directory; an unfinished study of the same alternatives is gone on with.

    Raises
    ------
    UnknownNameError
        If there is no such KPI or procedure.
    InputError
        If a number makes no sense, or the KPI has no direction.
    """
    if procedure not in PROCEDURES:
        raise UnknownNameError("selection procedure", procedure, PROCEDURES)
    better = find_kpi(kpi).better
    if better == "neutral":
        raise InputError(f"select: {kpi} has no direction - choose a KPI where more or less is better")
    if (procedure == "ocba") != (budget is not None):
        raise InputError("select: ocba needs a budget in replications, the other procedures take none")
    subjects = {name: as_subject(scenario) for name, scenario in alternatives.items()}
    check_alternatives(subjects, None)
    kept = tuple(parse_constraint(item) if isinstance(item, str) else item for item in constraints)
    for kind in (MeanConstraint, ChanceConstraint):
        check_bounds((one.kpi, one.bound, one.is_upper) for one in kept if isinstance(one, kind) and _is_usual(one))
    common = PROCEDURES[procedure].allows_crn and not independent
    shelves = None if cache is None else Cache(cache)
    seed = DEFAULT_SEED if seed is None else seed
    setting = Setting(seed, jobs, executor, progress, replicate, common=common, cache=shelves, kpi=kpi)
    home = None if out is None else open_study("selection", subjects, setting, out)

    def made(names: Sequence[str], probability: float) -> Procedure:
        numbers: dict[str, Any] = {"n_first": first, "crn": common, "is_larger_better": better == "higher"}
        numbers |= {"budget": budget} if budget is not None else {"delta": delta, "level": probability}
        machine: Procedure = PROCEDURES[procedure].make(names, **numbers)
        return machine

    machine: Any = BestFeasible(list(subjects), kept, made, level, first) if kept else made(list(subjects), level)
    columns = (kpi, *(constraint.kpi for constraint in kept))
    with started(subjects, setting, home) as study:
        _drive(machine, study, columns)
        results = study.results()
    found = SelectionResult(kpi, procedure, machine.result, kept, results)
    if home is not None:
        home.write("selection.json", json.dumps(as_document(found), indent=2, ensure_ascii=False) + "\n")
        write_study_values(home, results)
        aims = [f"The best of {', '.join(results)} in {kpi}.", *(f"Constraint: {one}." for one in kept)]
        write_checklist(home, results, aims, [f"{found.sentence()}."], common)
    return found


def _is_usual(constraint: Constraint) -> bool:
    """Whether most values have to keep it: two chances of less than a half each may well hold together."""
    return isinstance(constraint, MeanConstraint) or constraint.prob > 0.5


def as_document(found: SelectionResult) -> dict[str, Any]:
    """The choice as plain data for JSON; a number that is not known is null."""
    rows = found.to_frame().to_dict("records")
    plain = [{k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()} for row in rows]
    return {
        "schema_version": 1,
        "answer": found.sentence(),
        "kpi": found.kpi,
        "procedure": found.procedure,
        "constraints": [str(constraint) for constraint in found.constraints],
        "best": found.best,
        "rows": plain,
    }


def _drive(machine: Any, study: Study, columns: Sequence[str]) -> None:
    """Run what the procedure asks for until it asks for nothing."""
    have = dict.fromkeys(study.names, 0)
    while wanted := machine.ask():
        study.run({name: have[name] + n for name, n in wanted.items()})
        told = {}
        for name, n in wanted.items():
            rows = study.values(name, columns, have[name], have[name] + n)
            _check_finite(name, columns, have[name], rows)
            told[name] = rows if len(columns) > 1 else rows[:, 0]
            have[name] += n
        machine.tell(told)


def _check_finite(name: str, columns: Sequence[str], start: int, rows: Floats) -> None:
    """Every replication must have every value: a choice cannot be made on some of them."""
    if not np.isfinite(rows).all():
        place, column = (int(index) for index in np.argwhere(~np.isfinite(rows))[0])
        rule = f"{name}: {columns[column]} has no finite value in replication {start + place}, so nothing can be chosen"
        raise SimulationError(rule)
