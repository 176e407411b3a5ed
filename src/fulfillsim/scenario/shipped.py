"""The scenarios that come with the package: in a wheel in its own folder, in a checkout at the top."""

from __future__ import annotations

from pathlib import Path

from fulfillsim.errors import UnknownNameError

_PACKAGE = Path(__file__).resolve().parents[1]


def scenario_folder() -> Path:
    """Folder of the shipped scenarios."""
    installed = _PACKAGE / "scenarios"
    return installed if installed.is_dir() else _PACKAGE.parents[1] / "scenarios"


def shipped_scenarios() -> dict[str, Path]:
    """Name to file of every shipped scenario; those in folders are ``folder/name``."""
    folder = scenario_folder()
    files = sorted(folder.rglob("*.yaml")) if folder.is_dir() else []
    return {file.relative_to(folder).with_suffix("").as_posix(): file for file in files}


def find_scenario(source: str | Path) -> Path:
    """File of a scenario: a path that ends in .yaml or .yml, else the name of a shipped one.

    Raises
    ------
    UnknownNameError
        If no shipped scenario has the name.
    """
    known = shipped_scenarios()
    if isinstance(source, Path) or str(source).endswith((".yaml", ".yml")):
        return Path(source)
    if source in known:
        return known[source]
    if Path(source).is_file():
        return Path(source)
    raise UnknownNameError("scenario", str(source), known)
