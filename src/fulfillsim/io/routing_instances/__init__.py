"""Readers of published delivery instances and solutions, each fault with its line."""

from __future__ import annotations

from pathlib import Path

from fulfillsim.errors import DataError, Fault
from fulfillsim.io.routing_instances.building import ReadInstance
from fulfillsim.io.routing_instances.solomon import read_solomon
from fulfillsim.io.routing_instances.solutions import read_solution, solution_text
from fulfillsim.io.routing_instances.vrplib_reader import read_vrplib
from fulfillsim.optim.delivery.instance import DeliveryInstance

Conventions = dict[str, DeliveryInstance]
"""One instance under each convention that it is published under; ``dimacs`` stands for a format's usual one."""

__all__ = [
    "Conventions",
    "ReadInstance",
    "instance_files",
    "read_conventions",
    "read_delivery",
    "read_solomon",
    "read_solution",
    "read_vrplib",
    "solution_text",
]


def instance_files(path: Path) -> list[Path]:
    """The file itself, or the instances of a folder and the folders below it."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix.lower() in (".txt", ".vrp") and file.is_file())


def read_conventions(file: Path) -> Conventions:
    """An instance under all conventions that its format is published under.

    Raises
    ------
    DataError
        If it is missing or faulty.
    """
    usual = read_delivery(file).instance
    if usual.convention.divisor == 10.0:
        return {"dimacs": usual, "vehicles_first": read_delivery(file, "vehicles_first").instance}
    return {"dimacs": usual}


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
