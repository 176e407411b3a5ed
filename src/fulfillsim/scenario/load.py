"""Reading a scenario: layers, overrides, schema, checks; all faults at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from fulfillsim.domain.notebook import html_table
from fulfillsim.errors import Fault, FaultyFileError, ScenarioError
from fulfillsim.scenario import overlay
from fulfillsim.scenario.changes import misfit, set_layers, vary_layers
from fulfillsim.scenario.checks import check_settings
from fulfillsim.scenario.checks.finding import told
from fulfillsim.scenario.faults import faults_of
from fulfillsim.scenario.files import every_file, file_faults, in_the_scenario, named_files
from fulfillsim.scenario.nodes import Node, Place, fault_at, format_path, place_of, plain
from fulfillsim.scenario.overlay import Layer
from fulfillsim.scenario.schema import Settings
from fulfillsim.scenario.schema.fleet import AUTO, Fleet
from fulfillsim.scenario.sheets import tables_below, without, without_tables
from fulfillsim.scenario.shipped import find_scenario, shipped_scenarios

if TYPE_CHECKING:
    import pandas as pd

    from fulfillsim.domain.world import World
    from fulfillsim.kpi.load import Load


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
    tree
        What was written, with its places: all layers together, rows of tables included.
    layers
        The same in layers, for `vary` to lay more on them; here ``auto`` is still what was written.
    """

    settings: Settings
    folder: Path
    warnings: tuple[Fault, ...] = ()
    tree: Node = field(default=Node({}, Place("")), repr=False, compare=False)
    layers: tuple[Layer, ...] = field(default=(), repr=False, compare=False)

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
        return _checked((*self.layers, *vary_layers(changes)), self.folder)

    def workload(self, seed: int = 1) -> Load:
        """Hours of expected work against rostered productive hours, by day and role, without simulating."""
        from fulfillsim.kpi.load import load_of

        return load_of(self.world(), seed)

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
        from fulfillsim.scenario.build.world import build_world

        return build_world(self.settings, self.folder)

    def content_hash(self) -> str:
        """Name of the content, 64 hexadecimal digits: equal for equal settings and tables, however written."""
        text = json.dumps(self.resolved(), sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(text.encode())
        for named in sorted(every_file(self.tree), key=str):
            path = self.folder / named.source.partition("#")[0]
            if path.is_file():
                with path.open("rb") as stream:
                    digest.update(hashlib.file_digest(stream, "sha256").digest())
        return digest.hexdigest()

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_world"}

    def __repr__(self) -> str:
        settings = self.settings
        return f"Scenario({settings.name!r}, {settings.days} days from {settings.start})"

    def rows(self) -> list[tuple[str, str]]:
        """Each section of the scenario in a line: its name, and what it names or says."""
        return [(key, _short(value)) for key, value in self.resolved().items() if key not in _IN_THE_TITLE]

    def summary(self) -> str:
        """Name, question and sections as text."""
        rows = self.rows()
        width = max((len(key) for key, _ in rows), default=0)
        body = [f"{key:<{width}}  {value}" for key, value in rows]
        return "\n".join([repr(self), *([self.question] if self.question else []), "", *body, *map(str, self.warnings)])

    def to_frame(self) -> pd.DataFrame:
        """Every setting, defaults included: ``path`` as ``--set`` takes it, and ``value``."""
        import pandas as pd

        return pd.DataFrame(list(_leaves(self.resolved(), ())), columns=["path", "value"])

    def _repr_html_(self) -> str:
        titles, above = ("section", "what it says"), [repr(self), *([self.question] if self.question else [])]
        return html_table(titles, self.rows(), above, [str(warning) for warning in self.warnings])


_IN_THE_TITLE = ("name", "question", "schema")
_MOST_SAID = 110


def _short(value: Any) -> str:
    """Names in a section, or its value."""
    said = ", ".join(map(str, value)) if isinstance(value, dict | list) else str(value)
    return said if len(said) <= _MOST_SAID else f"{said[: _MOST_SAID - 3]}..."


def _leaves(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _leaves(below, (*path, key))
    else:
        yield format_path(path), value


ROSTER = ("roster",)


def load_scenario(source: str | Path, overrides: Iterable[str] = (), folder: str | Path | None = None) -> Scenario:
    """Read and check a scenario.

    Parameters
    ----------
    source
        A file, or the name of a shipped scenario.
    overrides
        Settings laid on it, of the form ``path.to.field=value``.
    folder
        Where the tables lie that it names; beside the file if not given.

    Raises
    ------
    ScenarioError
        With all faults at once.
    UnknownNameError
        If ``source`` is neither a file nor a shipped scenario.
    """
    file = find_scenario(source)
    readable: list[Fault] = []
    try:
        layers = [*overlay.read_layers(file, shipped_scenarios(), readable), *set_layers(overrides)]
    except ScenarioError as error:
        raise ScenarioError([*readable, *error.faults]) from None
    return _checked(layers, file.parent if folder is None else Path(folder), readable)


def scenario_from(settings: Mapping[str, Any], folder: str | Path = ".") -> Scenario:
    """Scenario of a dictionary, as a file would hold it; ``folder`` is where its tables lie."""
    return _checked(vary_layers(settings), Path(folder))


def _checked(layers: Sequence[Layer], folder: Path, of_texts: Sequence[Fault] = ()) -> Scenario:
    """Scenario of layers from the bottom up; all faults of all of it at once, those of its texts included."""
    tree, faults, is_whole = _assembled(layers, folder)
    faults = [*of_texts, *faults]
    try:
        settings = Settings.model_validate(plain(tree), context={"folder": folder})
    except ValidationError as error:
        faults += faults_of(error, tree, Settings) + file_faults(tree, folder)
        raise ScenarioError(_each_once(faults, of_texts)) from None
    findings = list(check_settings(settings)) if is_whole else []
    faults += [told(tree, finding) for finding in findings if not finding.is_warning]
    if faults:
        raise ScenarioError(_each_once(faults + file_faults(tree, folder), of_texts))
    warnings = tuple(told(tree, finding) for finding in findings)
    fleet = settings.delivery.fleet if settings.delivery else None
    if fleet is not None and fleet.solver == AUTO:
        return _with_solver(layers, folder, tree, fleet, settings.fetches_returns)
    scenario = Scenario(settings, folder, warnings, tree, tuple(layers))
    if any(named_files(tree)):
        try:
            scenario.world()
        except FaultyFileError as error:
            raise ScenarioError(in_the_scenario(error.faults, tree, folder)) from None
    return scenario


def _with_solver(layers: Sequence[Layer], folder: Path, tree: Node, fleet: Fleet, fetches: bool) -> Scenario:
    """The scenario with the solver by its name that ``auto`` stands for here, so that a run is the same elsewhere."""
    from fulfillsim.scenario.fleet_solver import named

    name, said = named(fleet, fetches)
    path = ("delivery", "fleet", "solver")
    found = _checked((*layers, *vary_layers({format_path(path): name})), folder)
    note = fault_at(place_of(tree, path), path, said)
    return replace(found, warnings=(*found.warnings, note), layers=tuple(layers))


def _assembled(layers: Sequence[Layer], folder: Path) -> tuple[Node, list[Fault], bool]:
    """Tree of the layers on the tables that they name, what did not fit, and whether the rest can be checked.

    Broken tables leave their section out. What lies on one may seem to lie on nothing, except on a roster: it only says
    for some days how many of the people of ``staff`` come.
    """
    named = overlay.stack(layers, [])
    below = tables_below(named, folder)
    if any(section != ROSTER for section in below.broken):
        return without(without_tables(named, named), below.broken), below.faults, False
    faults: list[Fault] = []
    tree = overlay.stack(below.under(layers), faults, lambda tree, layer: misfit(tree, layer, Settings))
    return without(without_tables(tree, named), below.broken), below.faults + faults, not faults


def _each_once(faults: list[Fault], of_texts: Sequence[Fault]) -> list[Fault]:
    """Faults without repetitions; where the text itself is at fault, what else is wrong with the value follows."""
    places = {(fault.file, fault.line, fault.column) for fault in of_texts}
    return list(dict.fromkeys(f for f in faults if f in of_texts or (f.file, f.line, f.column) not in places))


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
        elif name in settings.model_fields_set and isinstance(value, str):
            result[key] = value  # what the schema itself says for a section that was left out
        elif info.default is not None and info.default != {}:
            result[key] = _filled(value, info.default)
        elif isinstance(value, BaseModel):
            result[key] = _filled(value, {})
    return result


def _key(key: Any) -> str:
    return key if isinstance(key, str) else key.isoformat() if hasattr(key, "isoformat") else str(key)


def json_schema() -> dict[str, Any]:
    """JSON schema of scenario files, for editors; ``extends`` may stand in a file beside the settings."""
    schema = _schema_of(Settings, "fulfillsim scenario")
    extends = {"type": "string", "description": "A file of the same folder, or a shipped scenario, to build on."}
    schema["properties"]["extends"] = extends
    needed = schema.pop("required", [])
    schema["anyOf"] = [{"required": needed}, {"required": ["extends"]}]
    return schema


def delivery_day_schema() -> dict[str, Any]:
    """JSON schema of files that hold a day's routes; see `fulfillsim.scenario.delivery_day`."""
    from fulfillsim.scenario.schema.delivery_day import DeliveryDay

    return _schema_of(DeliveryDay, "fulfillsim delivery day")


def rate_cards_schema() -> dict[str, Any]:
    """JSON schema of files that hold carriers' rate cards for a day; see `fulfillsim.scenario.rate_cards`."""
    from fulfillsim.scenario.schema.rate_cards import RateCards

    return _schema_of(RateCards, "fulfillsim rate cards")


def _schema_of(model: type[BaseModel], title: str) -> dict[str, Any]:
    schema = model.model_json_schema(by_alias=True)
    return schema | {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
