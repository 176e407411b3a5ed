"""Readers of published delivery instances and solutions, each fault with its line."""

from __future__ import annotations

from pathlib import Path

from fulfillsim.errors import DataError, Fault
from fulfillsim.io.routing_instances.building import ReadInstance
from fulfillsim.io.routing_instances.solomon import read_solomon
from fulfillsim.io.routing_instances.solutions import read_solution, solution_text
from fulfillsim.io.routing_instances.vrplib_reader import read_vrplib

__all__ = ["ReadInstance", "read_delivery", "read_solomon", "read_solution", "read_vrplib", "solution_text"]


def read_delivery(file: str | Path, convention: str | None = None) -> ReadInstance:
    """Read a delivery instance by what the file looks like.

    Parameters
    ----------
    file
        Solomon text or VRPLIB text.
    convention
        Name of the rounding; None for the format's usual one (``dimacs`` for Solomon's).

    Raises
    ------
    DataError
        If it is missing or faulty; all faults with their lines.
    UnknownNameError
        If no convention bears the name.
    """
    file = Path(file)
    if not file.is_file():
        raise DataError([Fault(str(file), None, None, "", "must be a file that exists", hint="check the path")])
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError:
        raise DataError(
            [Fault(str(file), None, None, "", "must be encoded as utf-8", hint="save it as UTF-8")]
        ) from None
    if "_SECTION" in text:
        return read_vrplib(file, convention)
    return read_solomon(file, convention or "dimacs")
