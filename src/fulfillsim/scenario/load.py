"""Reading a scenario: layers, overrides, schema, checks; all faults at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario import overlay
from fulfillsim.scenario.checks import Finding, check_settings
from fulfillsim.scenario.faults import faults_of
from fulfillsim.scenario.nodes import Node, Place, fault_at, find, place_of, plain
from fulfillsim.scenario.schema import Settings
from fulfillsim.scenario.shipped import find_scenario, shipped_scenarios

if TYPE_CHECKING:
    from fulfillsim.domain.world import World


@dataclass(frozen=True)
class Scenario:
    """A checked scenario; made by `load_scenario`, changed by `vary`.

    Attributes
    ----------
    settings
        What the file says, defaults filled in, in base units.
    folder
        Where the tables lie that it names.
    warnings
        What is odd and does not stop a run.
    """

    settings: Settings
    folder: Path
    warnings: tuple[Fault, ...] = ()
    tree: Node = field(default=Node({}, Place("")), repr=False, compare=False)

    @property
    def name(self) -> str:
        """Short name."""
        return self.settings.name

    @property
    def question(self) -> str:
        """What it is to answer."""
        return self.settings.question

    def resolved(self) -> dict[str, Any]:
        """Everything that holds, as it could stand in one file: layers merged, defaults written out."""
        filled = _filled(self.settings, plain(self.tree))
        assert isinstance(filled, dict)
        return filled

    def vary(self, changes: Mapping[str, object]) -> Scenario:
        """The same scenario with some values changed, by dotted path; ``None`` takes a value away.

        Raises
        ------
        ScenarioError
            With all faults of the changed scenario.
        """
        return _checked(overlay.vary(self.tree, changes), self.folder)

    def world(self) -> World:
        """The operation, built when first asked for.

        Raises
        ------
        InputError
            With the faults of the tables and the history that the scenario names.
        """
        return self._world

    @cached_property
    def _world(self) -> World:
        from fulfillsim.scenario.build import build_world

        return build_world(self.settings, self.folder)

    def content_hash(self) -> str:
        """Name of the content, 64 hexadecimal digits: equal for equal settings and tables, however written."""
        text = json.dumps(self.resolved(), sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(text.encode())
        for file in sorted(_files(self.resolved())):
            path = self.folder / file.partition("#")[0]
            if path.is_file():
                with path.open("rb") as stream:
                    digest.update(hashlib.file_digest(stream, "sha256").digest())
        return digest.hexdigest()

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_world"}

    def __repr__(self) -> str:
        settings = self.settings
        return f"Scenario({settings.name!r}, {settings.days} days from {settings.start})"


def load_scenario(source: str | Path, overrides: Iterable[str] = ()) -> Scenario:
    """Read and check a scenario.

    Parameters
    ----------
    source
        A file, or the name of a shipped scenario.
    overrides
        Settings laid on it, of the form ``path.to.field=value``.

    Raises
    ------
    ScenarioError
        With all faults at once.
    UnknownNameError
        If ``source`` is neither a file nor a shipped scenario.
    """
    file = find_scenario(source)
    tree = overlay.apply_sets(overlay.read_layers(file, shipped_scenarios()), overrides)
    return _checked(tree, file.parent)


def scenario_from(settings: Mapping[str, Any], folder: str | Path = ".") -> Scenario:
    """Scenario of a dictionary, as a file would hold it; ``folder`` is where its tables lie."""
    empty = Node({}, Place("settings"))
    return _checked(overlay.vary(empty, settings), Path(folder))


def _checked(tree: Node, folder: Path) -> Scenario:
    try:
        settings = Settings.model_validate(plain(tree), context={"folder": folder})
    except ValidationError as error:
        raise ScenarioError(faults_of(error, tree, Settings)) from None
    findings = list(check_settings(settings))
    faults = [_fault(tree, finding) for finding in findings if not finding.is_warning]
    if faults:
        raise ScenarioError(faults)
    warnings = tuple(_fault(tree, finding) for finding in findings)
    scenario = Scenario(settings, folder, warnings, tree)
    if any(_files(plain(tree))):
        _check_tables(scenario)
    return scenario


def _check_tables(scenario: Scenario) -> None:
    """Read the tables that a scenario names, so that their faults come before a run."""
    if scenario.settings.demand.history is not None:
        from fulfillsim.scenario.build.history import mapping

        mapping(scenario.settings.demand.history)
        missing = [_missing(scenario, name) for name in ("file", "orders_file")]
        if faults := [fault for fault in missing if fault]:
            raise ScenarioError(faults)
        return
    scenario.world()


def _missing(scenario: Scenario, name: str) -> Fault | None:
    file = getattr(scenario.settings.demand.history, name)
    if file is None or (scenario.folder / file).is_file():
        return None
    path = ("demand", "history", name)
    return fault_at(place_of(scenario.tree, path), path, "there is no such file", file, "check the name and the folder")


def _fault(tree: Node, finding: Finding) -> Fault:
    found = find(tree, finding.path)
    value = ... if found is None or isinstance(found.value, dict | list) else found.value
    return fault_at(place_of(tree, finding.path), finding.path, finding.rule, value, finding.hint)


def _files(value: Any) -> list[str]:
    """Every table that settings name."""
    if not isinstance(value, dict):
        return []
    here = [text for key, text in value.items() if key in ("file", "orders_file", "table") and isinstance(text, str)]
    return here + [file for below in value.values() for file in _files(below)]


def _filled(settings: Any, written: Any) -> Any:
    """What was written, with the defaults of all models below it written out; empty values are left out."""
    if isinstance(settings, dict) and isinstance(written, dict):
        by_text = {_key(key): below for key, below in settings.items()}
        return {key: _filled(by_text.get(key), below) for key, below in written.items()}
    if not isinstance(settings, BaseModel) or not isinstance(written, dict):
        return written
    result = dict(written)
    for name, info in type(settings).model_fields.items():
        key, value = info.alias or name, getattr(settings, name)
        if key in written:
            result[key] = _filled(value, written[key])
        elif info.default is not None and info.default != {}:
            result[key] = _filled(value, info.default)
        elif isinstance(value, BaseModel):
            result[key] = _filled(value, {})
    return result


def _key(key: Any) -> str:
    return key if isinstance(key, str) else key.isoformat() if hasattr(key, "isoformat") else str(key)


def json_schema() -> dict[str, Any]:
    """JSON schema of scenario files, for editors; ``extends`` may stand in a file beside the settings."""
    schema = Settings.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "fulfillsim scenario"
    extends = {"type": "string", "description": "A file of the same folder, or a shipped scenario, to build on."}
    schema["properties"]["extends"] = extends
    needed = schema.pop("required", [])
    schema["anyOf"] = [{"required": needed}, {"required": ["extends"]}]
    return schema
