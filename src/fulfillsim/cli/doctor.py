"""``fulfillsim doctor``: what this installation can do, and what is missing for more."""

from __future__ import annotations

import os
import platform
from importlib.util import find_spec
from pathlib import Path

import typer

from fulfillsim.cli.options import Format, FormatOption
from fulfillsim.cli.tables import Row, show

EXTRAS = {
    "pyvrp": ("pyvrp", "delivery routes closer to the best known"),
    "dask": ("distributed", "replications on a cluster"),
}
"""Extra -> (module it brings, what for)."""


def examine(form: FormatOption = Format.table) -> None:
    """Tell versions, CPU level, cores, caches, and which optional engines are installed."""
    from fulfillsim.experiment.study import available_cores
    from fulfillsim.experiment.versions import cpu_level, package_versions

    facts: dict[str, object] = {
        "python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        **package_versions((*_PACKAGES, "pyvrp", "distributed")),
        "cpu level": cpu_level(),
        "cores": f"{available_cores()} of {os.cpu_count()}",
        "numba cache": _numba_cache(),
        "scenarios": _scenarios(),
        **{f"extra {extra}": _extra(extra, module, use) for extra, (module, use) in EXTRAS.items()},
    }
    rows: list[Row] = [{"what": name, "found": value} for name, value in facts.items()]
    typer.echo(show(rows, form, {"schema_version": 1, **facts}))


_PACKAGES = (
    *("fulfillsim", "simpy", "ortools", "numba", "numpy", "scipy", "pandas", "pyarrow"),
    *("pydantic", "typer", "matplotlib"),
)


def _numba_cache() -> str:
    place = os.environ.get("NUMBA_CACHE_DIR")
    if place:
        return f"{place} (NUMBA_CACHE_DIR)"
    import fulfillsim

    package = Path(fulfillsim.__file__).parent
    if os.access(package, os.W_OK):
        return f"__pycache__ below {package}"
    return "in the user's cache folder: the package's own folder cannot be written"


def _scenarios() -> str:
    from fulfillsim.scenario import shipped_scenarios

    return ", ".join(shipped_scenarios()) or "none found"


def _extra(extra: str, module: str, use: str) -> str:
    if find_spec(module) is not None:
        return f"installed: {use}"
    return f"not installed ({use}) - pip install 'fulfillsim[{extra}]'"
