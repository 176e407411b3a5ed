"""What can go wrong, as one tree.

::

    FulfillsimError
    |-- InputError                  what was given cannot be used; the command line exits with 2
    |   |-- FaultyFileError         one or many faults in what was read, all reported at once
    |   |   |-- ScenarioError       ... in a scenario file or a table it names
    |   |   `-- DataError           ... in an order history or another data file
    |   |-- UnknownNameError        a scenario, KPI, policy, solver ... that does not exist
    |   |-- MissingExtraError       an optional dependency that is not installed
    |   |-- RunDirectoryError       a run directory that cannot be written, read or resumed
    |   |-- DistributionError       a distribution that its parameters do not allow; a ValueError too
    |   `-- TooFewReplicationsError an estimate that needs more replications than there are
    |-- InterruptedRunError         Ctrl-C; carries what was finished
    |-- LostExecutorError           an executor that somebody lent went away; what was finished is kept
    `-- SimulationError             an invariant of the running model broke: a bug, not bad input

Infeasible or stopped early is a status of a plan, not an exception. Every message names the thing, its
value, the rule and the next step. All of them survive a trip between processes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


class FulfillsimError(Exception):
    """Base of everything that this package raises on purpose."""


class InputError(FulfillsimError):
    """What was given cannot be used; nothing has been started."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file, and what to do about it.

    Attributes
    ----------
    file
        As the user named it; ``"--set"`` and the like where no file is to blame.
    line, column
        From 1; None where unknown. In a table, ``line`` is the line of the file or the row of the sheet.
    path
        Dotted place of the value, as ``--set`` takes it, or the name of a table's column.
    rule
        What must hold, with the allowed range and unit.
    value
        What was found, as text; None where nothing was.
    hint
        The next step: the nearest spelling, an example, a command. May be empty.

    Examples
    --------
    >>> print(Fault("a.yaml", 4, 7, "staff.pickers.wage", "must be positive", "-2 EUR/h", "write 2 EUR/h"))
    a.yaml:4:7 staff.pickers.wage: must be positive (got -2 EUR/h) - write 2 EUR/h
    """

    file: str
    line: int | None
    column: int | None
    path: str
    rule: str
    value: str | None = None
    hint: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        subject = f"{place} {self.path}" if self.path else place
        got = "" if self.value is None else f" (got {self.value})"
        hint = f" - {self.hint}" if self.hint else ""
        return f"{subject}: {self.rule}{got}{hint}"


class FaultyFileError(InputError):
    """A file with one fault or many.

    Parameters
    ----------
    faults
        At least one; kept in the order of file, line and column.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda f: (f.file, f.line or 0, f.column or 0)))
        if not self.faults:
            raise ValueError(f"{type(self).__name__} without a fault")
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class ScenarioError(FaultyFileError):
    """A scenario file, or a table that it names, breaks rules; the message has one line per fault."""


class DataError(FaultyFileError):
    """An order history or another data file breaks rules; the message has one line per fault."""


class UnknownNameError(InputError):
    """A name that nothing bears.

    Parameters
    ----------
    kind
        What it should have named: ``"scenario"``, ``"KPI"``.
    name
        As it was given.
    known
        What there is.

    Examples
    --------
    >>> print(UnknownNameError("scenario", "basline", ["baseline", "peak_week"]))
    no scenario is called 'basline' - did you mean 'baseline'? There are: baseline, peak_week
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        super().__init__(self.kind, self.name, self.known)

    def __str__(self) -> str:
        meant = f" - did you mean {near!r}?" if (near := nearest(self.name, self.known)) else " -"
        there_are = f"There are: {', '.join(self.known)}" if self.known else "There are none"
        return f"no {self.kind} is called {self.name!r}{meant} {there_are}"


class MissingExtraError(InputError):
    """An optional dependency is needed and not installed.

    Parameters
    ----------
    feature
        What was asked for: ``"the solver 'pyvrp'"``.
    extra
        The extra that brings it.
    """

    def __init__(self, feature: str, extra: str) -> None:
        self.feature, self.extra = feature, extra
        super().__init__(feature, extra)

    def __str__(self) -> str:
        return f"{self.feature} needs an optional dependency - pip install 'fulfillsim[{self.extra}]'"


class RunDirectoryError(InputError):
    """A run directory cannot be written, read or resumed.

    Parameters
    ----------
    directory
        The folder.
    rule
        What must hold and does not.
    hint
        The next step.
    """

    def __init__(self, directory: str, rule: str, hint: str = "") -> None:
        self.directory, self.rule, self.hint = str(directory), rule, hint
        super().__init__(self.directory, rule, hint)

    def __str__(self) -> str:
        return f"run directory {self.directory}: {self.rule}" + (f" - {self.hint}" if self.hint else "")


class DistributionError(InputError, ValueError):
    """Parameters that no distribution of the family has.

    Parameters
    ----------
    family
        Name of the family: ``"lognormal"``.
    parameter
        Name of the parameter at fault.
    value
        What was given; kept as text.
    rule
        What must hold: ``"must be > 0"``.
    hint
        The next step.

    Examples
    --------
    >>> print(DistributionError("gamma", "mean", -3, "must be > 0", "give a positive mean"))
    gamma distribution, mean: must be > 0 (got -3) - give a positive mean
    """

    def __init__(self, family: str, parameter: str, value: object, rule: str, hint: str) -> None:
        self.family, self.parameter, self.value = family, parameter, str(value)
        self.rule, self.hint = rule, hint
        super().__init__(family, parameter, self.value, rule, hint)

    def __str__(self) -> str:
        what = f"{self.family} distribution, {self.parameter}"
        return f"{what}: {self.rule} (got {self.value}) - {self.hint}"


class TooFewReplicationsError(InputError):
    """An estimate needs more replications than were given.

    Parameters
    ----------
    what
        The estimate: ``"a half-width"``.
    needed, given
        Numbers of replications.
    """

    def __init__(self, what: str, needed: int, given: int) -> None:
        self.what, self.needed, self.given = what, needed, given
        super().__init__(what, needed, given)

    def __str__(self) -> str:
        return (
            f"{self.what} needs at least {self.needed} replications (got {self.given})"
            f" - ask for {self.needed} or more with -n"
        )


class SimulationError(FulfillsimError):
    """An invariant of the running model broke; the figures of this run must not be used.

    Parameters
    ----------
    rule
        What must hold and does not, with the numbers.
    time_s
        Simulated seconds since the scenario's start; None for a check after the run.
    entity
        Who or what: ``"order 4711"``, ``"SKU A-12"``.
    """

    def __init__(self, rule: str, time_s: float | None = None, entity: str = "") -> None:
        self.rule, self.time_s, self.entity = rule, time_s, entity
        super().__init__(rule, time_s, entity)

    def __str__(self) -> str:
        when = "after the run" if self.time_s is None else f"at {self.time_s:.6g} s"
        who = f", {self.entity}" if self.entity else ""
        return f"{when}{who}: {self.rule} - a bug in the model; report it with scenario and seed"


class InterruptedRunError(FulfillsimError):
    """A run was stopped by the user; finished replications are kept.

    Parameters
    ----------
    n_done, n_wanted
        Replications, or what ``what`` says.
    how_to_go_on
        The next step.
    result
        The finished replications as a `fulfillsim.Result`, or a dictionary of them; None where there is none.
    what
        What is counted.
    """

    def __init__(
        self, n_done: int, n_wanted: int, how_to_go_on: str, result: object = None, what: str = "replications"
    ) -> None:
        self.n_done, self.n_wanted, self.how_to_go_on = n_done, n_wanted, how_to_go_on
        self.result, self.what = result, what
        super().__init__(n_done, n_wanted, how_to_go_on, result, what)

    def __str__(self) -> str:
        return f"interrupted after {self.n_done} of {self.n_wanted} {self.what} - {self.how_to_go_on}"


class LostExecutorError(FulfillsimError):
    """An executor that somebody lent takes no more work: its workers died, or its scheduler went away.

    Parameters
    ----------
    n_done, n_wanted
        Replications.
    how_to_go_on
        The next step.
    """

    def __init__(self, n_done: int, n_wanted: int, how_to_go_on: str) -> None:
        self.n_done, self.n_wanted, self.how_to_go_on = n_done, n_wanted, how_to_go_on
        super().__init__(n_done, n_wanted, how_to_go_on)

    def __str__(self) -> str:
        done = f"after {self.n_done} of {self.n_wanted} replications"
        return f"the executor was lost {done} - start it anew, then {self.how_to_go_on}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name spelled most like ``name``, or None if none comes close.

    Examples
    --------
    >>> nearest("headcuont", ["headcount", "wage"])
    'headcount'
    """
    by_folded = {candidate.casefold(): candidate for candidate in known}
    matches = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None
