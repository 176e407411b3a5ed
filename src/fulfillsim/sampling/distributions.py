"""Distributions by name: what a scenario may offer, and how its parameters become a distribution.

`FAMILIES` are durations and other continuous quantities, `COUNT_FAMILIES` whole numbers. A family has one or
several forms, each a set of parameters that fixes it. The families themselves live in `durations`,
`hyperexponential`, `empirical`, `composed`, `truncated` and `counts`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from fulfillsim.errors import DistributionError, UnknownNameError, nearest
from fulfillsim.sampling.composed import Mixture, Scaled, Shifted
from fulfillsim.sampling.counts import GeometricCount, PoissonCount, PositiveNegativeBinomial
from fulfillsim.sampling.durations import (
    Deterministic,
    Erlang,
    Exponential,
    Gamma,
    Lognormal,
    Triangular,
    Uniform,
    Weibull,
)
from fulfillsim.sampling.empirical import Empirical
from fulfillsim.sampling.formula import Distribution, Refusal
from fulfillsim.sampling.hyperexponential import Hyperexponential
from fulfillsim.sampling.truncated import Truncated

__all__ = [
    "COUNT_FAMILIES",
    "FAMILIES",
    "PARAMETERS",
    "WRAPPERS",
    "Deterministic",
    "Distribution",
    "Empirical",
    "Erlang",
    "Exponential",
    "Family",
    "Form",
    "Gamma",
    "GeometricCount",
    "Hyperexponential",
    "Lognormal",
    "Mixture",
    "Parameter",
    "PoissonCount",
    "PositiveNegativeBinomial",
    "Scaled",
    "Shifted",
    "Triangular",
    "Truncated",
    "Uniform",
    "Weibull",
    "make",
    "make_count",
]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a parameter name means, the same in every family.

    Attributes
    ----------
    kind
        ``"quantity"`` (has the unit of what is drawn: seconds for a duration), ``"number"`` (no unit),
        ``"whole"``, ``"flag"``, ``"components"`` (distributions).
    many
        Whether a list of them is given.
    meaning
        One line.
    """

    kind: str
    meaning: str
    many: bool = False


PARAMETERS: Final[Mapping[str, Parameter]] = {
    "value": Parameter("quantity", "the value that always comes"),
    "mean": Parameter("quantity", "mean"),
    "cv": Parameter("number", "coefficient of variation: standard deviation / mean"),
    "k": Parameter("whole", "number of exponential phases"),
    "shape": Parameter("number", "shape"),
    "scale": Parameter("quantity", "scale"),
    "median": Parameter("quantity", "median"),
    "sigma": Parameter("number", "standard deviation of the logarithm"),
    "low": Parameter("quantity", "least value"),
    "mode": Parameter("quantity", "likeliest value"),
    "high": Parameter("quantity", "largest value"),
    "probs": Parameter("number", "share of each mean", many=True),
    "means": Parameter("quantity", "means of the exponential phases", many=True),
    "values": Parameter("quantity", "observed values", many=True),
    "weights": Parameter("number", "weight of each value or component", many=True),
    "interpolate": Parameter("flag", "join the values by straight lines instead of steps"),
    "components": Parameter("components", "distributions to choose from", many=True),
    "shift": Parameter("quantity", "fixed part that is added"),
    "at_least": Parameter("quantity", "drawn anew if below"),
    "at_most": Parameter("quantity", "drawn anew if above"),
    "size": Parameter("number", "number of successes, any number > 0"),
    "prob": Parameter("number", "probability of success"),
}

#: Parameters that every continuous family but the composed ones takes besides its own: bounds first, then
#: the shift. The mean given is that of the family before them.
WRAPPERS: Final = ("shift", "at_least", "at_most")


@dataclass(frozen=True, slots=True)
class Form:
    """Parameters that fix a member of a family; those in ``optional`` may be left out."""

    required: tuple[str, ...]
    build: Callable[..., Distribution]
    optional: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All parameters of the form."""
        return self.required + self.optional

    def fits(self, given: Mapping[str, Any]) -> bool:
        """Whether all that is required is given, and nothing unknown."""
        return set(self.required) <= given.keys() <= set(self.names)


@dataclass(frozen=True, slots=True)
class Family:
    """A named family of distributions.

    Attributes
    ----------
    summary
        When to use it, one line.
    forms
        The sets of parameters it takes.
    """

    summary: str
    forms: tuple[Form, ...]

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Every parameter of any form, once, in order."""
        return tuple(dict.fromkeys(name for form in self.forms for name in form.names))


def _deterministic(mean: float, cv: float = 0.0) -> Deterministic:
    if cv != 0:
        raise Refusal("deterministic")("cv", cv, "must be 0", "leave it out, or use gamma or lognormal")
    return Deterministic(mean)


def _exponential(mean: float, cv: float = 1.0) -> Exponential:
    if cv != 1:
        hint = "below 1 use erlang or gamma, above 1 hyperexponential, gamma or lognormal"
        raise Refusal("exponential")("cv", cv, "must be 1", hint)
    return Exponential(mean)


def _hyperexponential(probs: Any, means: Any) -> Hyperexponential:
    return Hyperexponential(tuple(probs), tuple(means))


def _empirical(values: Any, weights: Any = None, interpolate: Any = False) -> Empirical:
    if not isinstance(interpolate, bool):
        hint = "leave it out for steps"
        raise Refusal("empirical")("interpolate", interpolate, "must be true or false", hint)
    return Empirical(tuple(values), None if weights is None else tuple(weights), interpolate)


def _mixture(weights: Any, components: Any) -> Mixture:
    return Mixture(tuple(weights), tuple(components))


def _fixed_count(value: float) -> Deterministic:
    Refusal("deterministic").whole("value", value)
    return Deterministic(value)


def _empirical_count(values: Any, weights: Any = None) -> Empirical:
    counts = _empirical(values, weights)
    for value in counts.values:
        Refusal("empirical").whole("values", value)
    return counts


_MEAN_CV: Final = ("mean", "cv")

FAMILIES: Final[Mapping[str, Family]] = {
    "deterministic": Family(
        "always the same", (Form(("value",), Deterministic), Form(("mean",), _deterministic, ("cv",)))
    ),
    "exponential": Family("without memory, cv 1", (Form(("mean",), _exponential, ("cv",)),)),
    "erlang": Family(
        "sum of k equal phases, cv 1/sqrt(k)", (Form(("mean", "k"), Erlang), Form(_MEAN_CV, Erlang.from_cv))
    ),
    "hyperexponential": Family(
        "short mostly, long sometimes, cv >= 1",
        (Form(_MEAN_CV, Hyperexponential.from_cv), Form(("probs", "means"), _hyperexponential)),
    ),
    "lognormal": Family(
        "skewed task and repair times, any cv",
        (Form(_MEAN_CV, Lognormal.from_cv), Form(("median", "sigma"), Lognormal)),
    ),
    "gamma": Family(
        "task times of any cv, lighter tail than lognormal",
        (
            Form(_MEAN_CV, Gamma.from_cv),
            Form(("mean", "shape"), Gamma),
            Form(("shape", "scale"), Gamma.from_scale),
        ),
    ),
    "weibull": Family(
        "lifetimes and patience",
        (
            Form(_MEAN_CV, Weibull.from_cv),
            Form(("mean", "shape"), Weibull.from_shape),
            Form(("scale", "shape"), Weibull),
        ),
    ),
    "triangular": Family(
        "what people can estimate: least, likeliest, largest",
        (Form(("low", "mode", "high"), Triangular), Form(_MEAN_CV, Triangular.from_cv)),
    ),
    "uniform": Family("evenly between two bounds", (Form(("low", "high"), Uniform), Form(_MEAN_CV, Uniform.from_cv))),
    "empirical": Family("as observed", (Form(("values",), _empirical, ("weights", "interpolate")),)),
    "mixture": Family("one of several kinds of work", (Form(("weights", "components"), _mixture),)),
}

COUNT_FAMILIES: Final[Mapping[str, Family]] = {
    "deterministic": Family("always the same", (Form(("value",), _fixed_count),)),
    "geometric": Family("from 1 on, each further one equally likely", (Form(("mean",), GeometricCount),)),
    "poisson": Family("shift plus Poisson", (Form(("mean",), PoissonCount, ("shift",)),)),
    "negative_binomial": Family(
        "from 1 on with a long tail",
        (
            Form(_MEAN_CV, PositiveNegativeBinomial.from_cv),
            Form(("size", "prob"), PositiveNegativeBinomial),
        ),
    ),
    "empirical": Family("as observed", (Form(("values",), _empirical_count, ("weights",)),)),
}


def make(name: str, /, **parameters: Any) -> Distribution:
    """Make a continuous distribution of `FAMILIES`.

    Parameters
    ----------
    name
        Of the family.
    **parameters
        Those of one of its forms, and any of `WRAPPERS`.

    Raises
    ------
    UnknownNameError
        If there is no such family.
    DistributionError
        If the parameters are of no form or have bad values.

    Examples
    --------
    >>> make("lognormal", mean=60.0, cv=0.5).cv
    0.5
    >>> make("exponential", mean=10.0, shift=5.0).mean
    15.0
    """
    family = _family(FAMILIES, "distribution", name)
    wrappers = {key: parameters.pop(key) for key in WRAPPERS if key in parameters}
    base = _build(name, family, parameters, extra=WRAPPERS)
    if "at_least" in wrappers or "at_most" in wrappers:
        base = Truncated(base, wrappers.get("at_least", 0.0), wrappers.get("at_most", math.inf))
    return Shifted(base, wrappers["shift"]) if "shift" in wrappers else base


def make_count(name: str, /, **parameters: Any) -> Distribution:
    """Make a distribution of whole numbers of `COUNT_FAMILIES`; errors as in `make`.

    Examples
    --------
    >>> make_count("geometric", mean=2.0).quantile_one(0.6)
    2.0
    """
    return _build(name, _family(COUNT_FAMILIES, "count distribution", name), parameters, extra=())


def _family(families: Mapping[str, Family], kind: str, name: str) -> Family:
    if name not in families:
        raise UnknownNameError(kind, name, families)
    return families[name]


def _build(name: str, family: Family, given: dict[str, Any], extra: tuple[str, ...]) -> Distribution:
    for parameter in given.keys() & PARAMETERS.keys():
        if PARAMETERS[parameter].many:
            _check_many(name, parameter, given[parameter])
    for form in family.forms:
        if form.fits(given):
            return form.build(**given)
    ways = "; ".join(_way(form) for form in family.forms)
    known = family.parameter_names + extra
    unknown = [parameter for parameter in given if parameter not in known]
    if unknown:
        meant = f"did you mean {near}? It takes " if (near := nearest(unknown[0], known)) else "it takes "
        raise DistributionError(name, unknown[0], given[unknown[0]], "is not a parameter here", meant + ways)
    shown = ", ".join(given) or "nothing"
    raise DistributionError(name, "parameters", shown, "must be one full set and no other", f"give {ways}")


def _check_many(name: str, parameter: str, value: object) -> None:
    refuse = Refusal(name)
    if value is None and parameter == "weights":
        return
    if not isinstance(value, (list, tuple, np.ndarray)):
        raise refuse(parameter, value, "must be a list", "write it in brackets")
    if parameter == "components":
        for part in value:
            if not isinstance(part, Distribution):
                raise refuse(parameter, part, "must be distributions", "make each with make(...)")


def _way(form: Form) -> str:
    optional = f" (and {', '.join(form.optional)})" if form.optional else ""
    return " and ".join(form.required) + optional
