"""Distributions as a file writes them: a plain value, or ``{lognormal: {mean: 45s, cv: 0.5}}``.

Quantities inside carry the unit of what is drawn. Two ways of writing belong to files alone: named components
of a mixture, ``{mixture: {quick: {share: 80 %, of: 30s}, slow: {share: 20 %, of: 5 min}}}``, and shares by value,
``{shares: {"1": 70 %, "2": 30 %}}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from fulfillsim.errors import DistributionError, ScenarioError, nearest
from fulfillsim.sampling.distributions import (
    COUNT_FAMILIES,
    FAMILIES,
    PARAMETERS,
    WRAPPERS,
    Deterministic,
    Distribution,
    Family,
    make,
    make_count,
)
from fulfillsim.scenario.cells import number as number_cell
from fulfillsim.scenario.nodes import show
from fulfillsim.scenario.tables import read_table
from fulfillsim.scenario.units import UnitError, duration_s, share, volume_l, weight_kg

Parse = Callable[[Any], float]
_EXAMPLE_HINT = "write it like {lognormal: {mean: ..., cv: 0.5}}"


def number(value: object) -> float:
    """A number without unit, >= 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnitError("must be a number")
    if not 0 <= value <= 1e12:
        raise UnitError("must be a number from 0 to 1e12")
    return float(value)


def read_distribution(
    value: object, parse: Parse, families: Mapping[str, Family] = FAMILIES, folder: Path | None = None
) -> Distribution:
    """Distribution of a value as it stands in a file.

    Parameters
    ----------
    value
        A quantity, or a mapping of one family to its parameters.
    parse
        Reads one quantity into its base unit.
    families
        `FAMILIES`, or `COUNT_FAMILIES` for whole numbers.
    folder
        Where the files of empirical distributions lie.

    Examples
    --------
    >>> read_distribution({"gamma": {"mean": "1 min", "cv": 0.5}}, duration_s).mean
    60.0
    """
    if not isinstance(value, Mapping):
        return _fixed(parse(value), families)
    if len(value) != 1:
        several = f", here {' and '.join(map(str, value))}" if value else ""
        hint = "take all but one away, as --set PATH.NAME=null does" if value else _EXAMPLE_HINT
        raise UnitError(f"must be one distribution{several}", hint)
    family, given = next(iter(value.items()))
    if not isinstance(given, Mapping):
        raise UnitError(f"{family} must have its parameters below it", "{lognormal: {mean: ..., cv: 0.5}}")
    if family == "shares":
        return _shares(given, parse, families)
    if family == "mixture" and families is FAMILIES:
        return _mixture(given, parse, folder)
    if family not in families:
        near = nearest(str(family), families)
        known = f"there are {', '.join(families)}"
        raise UnitError(f"{family} is no distribution here", f"did you mean {near}?" if near else known)
    if family == "empirical" and "file" in given:
        given = _from_file(given, parse, folder)
    parameters = {name: _parameter(family, name, part, parse) for name, part in given.items()}
    return _made(family, parameters, families)


def _fixed(value: float, families: Mapping[str, Family]) -> Distribution:
    if families is COUNT_FAMILIES:
        return _made("deterministic", {"value": value}, families)
    return Deterministic(value)


def _made(family: str, parameters: Mapping[str, Any], families: Mapping[str, Family]) -> Distribution:
    try:
        return (make_count if families is COUNT_FAMILIES else make)(family, **parameters)
    except DistributionError as error:
        rule = f"{family}, {error.parameter}: {error.rule} (got {error.value})"
        raise UnitError(rule, error.hint) from None


def _shares(given: Mapping[str, Any], parse: Parse, families: Mapping[str, Family]) -> Distribution:
    try:
        pairs = sorted((parse(_as_number(key)), share(part)) for key, part in given.items())
    except UnitError as error:
        raise UnitError(f"shares: {error.rule}", error.hint) from None
    if not pairs or abs(sum(part for _, part in pairs) - 1) > 1e-6:
        raise UnitError(f"shares must sum to 1, here {sum(part for _, part in pairs):g}", "mend one of them")
    values, weights = [list(column) for column in zip(*pairs, strict=True)]
    return _made("empirical", {"values": values, "weights": weights}, families)


def _as_number(key: str) -> object:
    """Keys are text in a file; one that is a number may stand for it."""
    try:
        return float(key)
    except ValueError:
        return key


def _mixture(given: Mapping[str, Any], parse: Parse, folder: Path | None) -> Distribution:
    hint = "write it like {mixture: {quick: {share: 80 %, of: ...}, slow: {share: 20 %, of: ...}}}"
    weights, components = [], []
    for name, part in sorted(given.items()):
        if not isinstance(part, Mapping) or set(part) != {"share", "of"}:
            raise UnitError(f"mixture, {name}: must have `share` and `of`", hint)
        weights.append(share(part["share"]))
        components.append(read_distribution(part["of"], parse, FAMILIES, folder))
    return _made("mixture", {"weights": weights, "components": components}, FAMILIES)


def _from_file(given: Mapping[str, Any], parse: Parse, folder: Path | None) -> dict[str, Any]:
    """Values of ``{file: times.csv, column: seconds, unit: s}`` put in their place."""
    column, unit = given.get("column"), given.get("unit", "")
    if not isinstance(column, str):
        raise UnitError("empirical, column: is missing", "name the column of the file")
    try:
        table = read_table(str(given["file"]), folder or Path())
        faults: list[Any] = []
        values = table.column(column, lambda cell: parse(_with_unit(cell, unit)), faults)
        if faults:
            raise ScenarioError(faults)
    except ScenarioError as error:
        raise UnitError(f"empirical: {error.faults[0].rule} ({error.faults[0].file})", error.faults[0].hint) from None
    rest = {name: part for name, part in given.items() if name not in ("file", "column", "unit")}
    return {**rest, "values": values}


def _with_unit(cell: Any, unit: str) -> Any:
    return f"{number_cell(cell)!r} {unit}" if unit else number_cell(cell)


def _parameter(family: str, name: str, value: Any, parse: Parse) -> Any:
    if name not in PARAMETERS:
        return value  # refused by the family, which knows its own
    kind = PARAMETERS[name].kind
    many = PARAMETERS[name].many
    if many and not isinstance(value, list | tuple):
        raise UnitError(f"{family}, {name}: must be a list", "write it like [1, 2, 3]")
    if kind == "flag":
        return value
    one = parse if kind == "quantity" else number
    try:
        if many:
            return [part if isinstance(part, float) and kind == "quantity" else one(part) for part in value]
        return int(one(value)) if kind == "whole" and one(value).is_integer() else one(value)
    except UnitError as error:
        raise UnitError(f"{family}, {name}: {error.rule} (got {show(value)})", error.hint) from None


def _validator(parse: Parse, families: Mapping[str, Family]) -> PlainValidator:
    def validate(value: Any, info: ValidationInfo) -> Distribution:
        return read_distribution(value, parse, families, (info.context or {}).get("folder"))

    return PlainValidator(validate)


def _schema(families: Mapping[str, Family], example: object) -> WithJsonSchema:
    extra = WRAPPERS if families is FAMILIES else ()
    properties = {
        name: {
            "type": "object",
            "description": family.summary,
            "properties": {p: {"description": PARAMETERS[p].meaning} for p in (*family.parameter_names, *extra)},
        }
        for name, family in families.items()
    }
    by_name = {"type": "object", "minProperties": 1, "maxProperties": 1, "properties": properties}
    return WithJsonSchema({"anyOf": [{"type": ["string", "number"]}, by_name], "examples": [example]})


_EXAMPLE = {"lognormal": {"mean": "45s", "cv": 0.5}}
TimeDistribution = Annotated[Distribution, _validator(duration_s, FAMILIES), _schema(FAMILIES, _EXAMPLE)]
"""Times in seconds: "45s", or a family with its parameters."""
WeightDistribution = Annotated[Distribution, _validator(weight_kg, FAMILIES), _schema(FAMILIES, "300 g")]
"""Weights in kilograms."""
VolumeDistribution = Annotated[Distribution, _validator(volume_l, FAMILIES), _schema(FAMILIES, "2 l")]
"""Volumes in litres."""
ShareDistribution = Annotated[Distribution, _validator(share, FAMILIES), _schema(FAMILIES, "30 %")]
"""Parts of 1."""
NumberDistribution = Annotated[Distribution, _validator(number, FAMILIES), _schema(FAMILIES, 20)]
"""Numbers without unit."""
CountDistribution = Annotated[
    Distribution, _validator(number, COUNT_FAMILIES), _schema(COUNT_FAMILIES, {"geometric": {"mean": 1.8}})
]
"""Whole numbers from 1."""
