"""The part of a report that says how its figures were made and how to make them again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from fulfillsim.experiment.estimates import LEVEL
from fulfillsim.experiment.stress_des import CHECKLIST
from fulfillsim.report.html.changed import Change, as_options, changes
from fulfillsim.report.html.page import Block, Bullets, Code, Section, Table
from fulfillsim.report.reading import RunRead

MOST_OPTIONS = 6
"""Changes that still fit on a command line."""


def method(run: RunRead, more: tuple[str, ...] = ()) -> Section:
    """Bullets on model and statistics of a run, and the versions that its figures depend on."""
    days = run.resolved
    spans = [f"{days['days']} reported days from {days['start']}" if {"days", "start"} <= set(days) else ""]
    spans += [f"a warm-up of {days['warm_up']} before that is not counted" if days.get("warm_up") else ""]
    told = [
        "Discrete-event simulation: every order is followed from receipt to delivery, with the people, stock and "
        "carriers that it waits for.",
        f"Time: {', '.join(filter(None, spans))}." if any(spans) else "",
        f"A value is the mean over independent replications; ± is the half-width of its {LEVEL:.0%} t interval, which "
        "tells how far chance alone may have moved it. It does not tell how well the scenario fits the real operation.",
        *more,
        f"The STRESS-DES checklist of this study is in {CHECKLIST} in its folder." if _has_checklist(run) else "",
    ]
    blocks: list[Any] = [Bullets([text for text in told if text])]
    if assumed := run.resolved.get("assumed"):
        blocks.append(_assumptions(assumed))
    return Section("How these figures were made", blocks)


def _has_checklist(run: RunRead) -> bool:
    """Beside the run, or beside the study that it belongs to."""
    return (run.folder / CHECKLIST).is_file() or (run.folder.parent / CHECKLIST).is_file()


def _assumptions(assumed: Any) -> Table:
    pairs = assumed.items() if isinstance(assumed, Mapping) else enumerate(assumed, 1)
    rows = [(str(what), value if isinstance(value, str) else json.dumps(value)) for what, value in pairs]
    return Table("Assumed, not measured", ("what", "assumption"), rows)


def versions(manifest: Mapping[str, Any]) -> Table | None:
    """Seed, hash and versions: equal ones give equal bits."""
    known = manifest.get("versions")
    rows = [("seed", str(manifest["seed"]))] if "seed" in manifest else []
    rows += [("content hash", str(manifest["content_hash"]))] if "content_hash" in manifest else []
    rows += [(str(name), str(value)) for name, value in known.items()] if isinstance(known, dict) else []
    return Table("What every bit of the figures depends on", ("what", "is"), rows) if rows else None


def reproduction(run: RunRead) -> list[Code]:
    """Command lines that give the same figures again."""
    n, seed = run.result.n_replications, run.manifest.get("seed", 1)
    tail = f"-n {max(n, 1)} --seed {seed}"
    lines = [Code(f"fulfillsim run scenario.yaml {tail} -o again", "In the folder of the run")]
    options = shipped_changes(run)
    if options is not None and len(options) <= MOST_OPTIONS:
        words = ["fulfillsim run", shlex.quote(run.result.name), *as_options(options), tail]
        lines.append(Code(" ".join(words), "Anywhere"))
    return lines


def again(runs: Mapping[str, RunRead]) -> Section:
    """Command lines that run each part of a study again, and what their bits depend on."""
    lines = [
        f"fulfillsim run {run.folder.name}/scenario.yaml -n {max(1, run.result.n_replications)} "
        f"--seed {run.manifest.get('seed', 1)}"
        for run in runs.values()
    ]
    table = versions(next(iter(runs.values())).manifest)
    blocks: list[Block] = [Code("\n".join(lines), "In the folder of the study"), *([table] if table else [])]
    return Section("How to get the same figures again", blocks)


def shipped_changes(run: RunRead) -> list[Change] | None:
    """What differs from the shipped scenario of the same name; None where there is none."""
    from fulfillsim.scenario import load_scenario, shipped_scenarios

    if not run.resolved or run.result.name not in shipped_scenarios():
        return None
    # as it was written to the directory: dates have become text
    shipped = json.loads(json.dumps(load_scenario(run.result.name).resolved(), default=str))
    return changes(shipped, run.resolved)
