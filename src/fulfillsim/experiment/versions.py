"""What the bits of a figure depend on besides scenario, seed and replication."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("fulfillsim", "numpy", "scipy", "simpy", "numba", "ortools", "pyvrp")


def package_versions(packages: tuple[str, ...] = PACKAGES) -> dict[str, str]:
    """Versions by package; packages that are not installed are left out."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def cpu_level() -> str:
    """Instruction sets that numpy chose its loops by on this machine: ``"X86_V2 X86_V3"``."""
    import numpy as np

    simd = np.show_config(mode="dicts").get("SIMD Extensions", {})
    return " ".join([*simd.get("baseline", ()), *simd.get("found", ())]) or platform.machine()


def surroundings() -> dict[str, str]:
    """Everything that has to be equal for equal bits, by name."""
    major_minor = ".".join(platform.python_version_tuple()[:2])
    return {"python": major_minor, **package_versions(), "cpu": cpu_level()}


def differing(there: Mapping[str, str], here: Mapping[str, str]) -> list[str]:
    """What is not the same in two surroundings: ``"numpy 2.0, here 2.1"``."""
    return [
        f"{name} {there.get(name, 'missing')}, here {here.get(name, 'missing')}"
        for name in sorted({*there, *here})
        if there.get(name) != here.get(name)
    ]
