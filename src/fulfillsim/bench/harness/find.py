"""Solvers by name: ours, those of installed packages, and a function in somebody's file.

Somebody's own function is plain: it takes what the suite gives (`docs/howto/add_a_routing_heuristic.md`) and, if its
signature has them, ``seed`` and ``time_limit_s``.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from hashlib import blake2b
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from fulfillsim.bench.harness.suite import Solver, Suite
from fulfillsim.errors import DataError, Fault, InputError, UnknownNameError
from fulfillsim.optim.solving import Stop

GROUP = "fulfillsim.solvers"
"""Entry points of this group are solvers; each names a function, ``suite.name`` or just ``name``."""


def find_solver(suite: Suite, name: str) -> Solver:
    """The solver of a suite that a name, an entry point or ``path/to/file.py:function`` stands for.

    Raises
    ------
    UnknownNameError
        If nothing bears the name.
    InputError
        If a file is named without a function.
    DataError
        If the file cannot be read or imported, or has no such function.
    """
    if (file := split(name)) is not None:
        return suite.adapt(_from_file(*file))
    ours = suite.solvers()
    if name in ours:
        return ours[name]
    installed = _installed(suite)
    if name in installed:
        return suite.adapt(installed[name].load())
    if name.endswith(".py"):
        raise InputError(f"--solver {name}: must name a function in the file, as in {name}:route")
    raise UnknownNameError(f"solver of {suite.name}", name, [*ours, *installed])


def is_own(suite: Suite, name: str) -> bool:
    """Whether a solver is not one of ours."""
    return split(name) is not None or name not in suite.solvers()


def solver_digest(suite: Suite, name: str) -> str:
    """What a result depends on besides our version: the content of a file, the version of another package."""
    if (file := split(name)) is not None:
        return blake2b(_content(file[0], name), digest_size=8).hexdigest()
    found = None if name in suite.solvers() else _installed(suite).get(name)
    return f"{found.dist.name} {found.dist.version}" if found is not None and found.dist is not None else ""


def split(name: str) -> tuple[Path, str] | None:
    """File and function of ``path/to/file.py:function``; None for any other name.

    Examples
    --------
    >>> file, function = split("mine.py:route")
    >>> file.name, function
    ('mine.py', 'route')
    >>> split("savings") is None
    True
    """
    file, colon, function = name.rpartition(":")
    return (Path(file), function) if colon and file.endswith(".py") else None


def call(function: Callable[..., Any], arguments: tuple[Any, ...], stop: Stop) -> Any:
    """Call somebody's function, with seed and time limit if it wants them."""
    offered = {"seed": stop.seed, "time_limit_s": stop.seconds}
    parameters = inspect.signature(function).parameters
    return function(*arguments, **{key: value for key, value in offered.items() if key in parameters})


def _installed(suite: Suite) -> dict[str, EntryPoint]:
    found = {point.name: point for point in entry_points(group=GROUP)}
    own = f"{suite.name}."
    others = {name for name in found if "." in name and not name.startswith(own)}
    return {name.removeprefix(own): point for name, point in found.items() if name not in others}


def _from_file(file: Path, function: str) -> Callable[..., Any]:
    name = f"{file}:{function}"
    _content(file, name)
    spec = spec_from_file_location(f"solver_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    # Dataclasses and pickles look a module up by its name; files beside it may be imported.
    sys.modules[spec.name] = module
    if (folder := str(file.resolve().parent)) not in sys.path:
        sys.path.append(folder)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise _unusable(file, f"cannot be imported: {type(error).__name__}: {error}", line_of(error, file)) from error
    found: Callable[..., Any] | None = getattr(module, function, None)
    if not callable(found):
        there_are = ", ".join(key for key, value in vars(module).items() if inspect.isfunction(value)) or "none"
        raise _unusable(file, f"has no function {function!r}", None, f"functions in it: {there_are}")
    return found


def line_of(error: Exception, file: Path) -> int | None:
    """Last line of ``file`` on the way to an error."""
    if isinstance(error, SyntaxError):
        return error.lineno
    lines, trace = [], error.__traceback__
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).name == file.name:
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    return lines[-1] if lines else None


def _content(file: Path, name: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise _unusable(file, f"cannot be read: {reason}", None, f"--solver {name} names a file") from error


def _unusable(file: Path, rule: str, line: int | None, hint: str = "") -> DataError:
    return DataError([Fault(str(file), line, None, "", rule, None, hint)])
