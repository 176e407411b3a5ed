"""From a file to its bytes, and from its bytes to text: what is no UTF-8 is refused with the likely reason."""

from __future__ import annotations

import codecs
from pathlib import Path as FilePath
from typing import NoReturn

from fulfillsim.errors import ScenarioError
from fulfillsim.scenario.nodes import Path, Place, fault_at

MAX_BYTES = 8_000_000


def refuse(place: Place, rule: str, value: object = ..., hint: str = "", path: Path = ()) -> NoReturn:
    """Raise a `ScenarioError` with one fault about a file as a whole, or about a place in it."""
    raise ScenarioError([fault_at(place, path, rule, value, hint)])


def read_bytes(file: FilePath, name: str) -> bytes:
    """Bytes of a scenario file, which must exist and be of a bearable size; ``name`` is what faults call it."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        refuse(Place(name), "there is no such file", hint="check the name and the folder")
    except OSError as error:
        refuse(Place(name), f"cannot be read: {error.strerror}")
    if len(raw) > MAX_BYTES:
        hint = "put long tables into CSV or Parquet files and name them"
        refuse(Place(name), f"is larger than {MAX_BYTES // 1_000_000} MB", hint=hint)
    return raw


def decode(raw: bytes, name: str) -> str:
    """Text of a file's bytes, which must be UTF-8.

    Raises
    ------
    ScenarioError
        With the place of the first byte that is not, and the likely encoding.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _looks_utf16(raw):
        refuse(Place(name, 1, 1), "is UTF-16, not UTF-8", hint="save it again with the encoding UTF-8")
    if b"\0" in raw:
        refuse(Place(name), "is not a text file: it holds zero bytes", hint="name a YAML file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8", "replace").split("\n")
        byte = error.object[error.start : error.start + 1]
        guess = byte.decode("latin-1")
        hint = f"save it as UTF-8; in Latin-1 this byte is {guess}" if guess.isprintable() else "save it as UTF-8"
        place = Place(name, len(before), len(before[-1]) + 1)
        refuse(place, f"is not UTF-8: byte 0x{byte.hex().upper()}", hint=hint)


def _looks_utf16(raw: bytes) -> bool:
    head = raw[:200]
    return len(head) >= 4 and (not any(head[0::2][:2]) or not any(head[1::2])) and head.count(0) > len(head) // 3
