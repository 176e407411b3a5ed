"""Files that are there whole or not at all.

Everything a run leaves behind is written to a temporary name, flushed to the disk and renamed. Whatever stops the
run, and wherever, a reader finds either the old file, the new one or none.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

PART = ".part"


def write_whole(file: Path, data: bytes) -> None:
    """Write a file of ``data``; see `write_by`."""
    write_by(file, lambda stream: _put(stream, data))


def write_by(file: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Write a file by a function that fills an open stream.

    Raises
    ------
    OSError
        If any step fails; ``file`` is then what it was before.
    """
    part = file.with_name(f".{file.name}.{os.getpid()}{PART}")
    try:
        with part.open("wb") as stream:
            fill(stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, file)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    _sync_folder(file.parent)


def _put(stream: BinaryIO, data: bytes) -> None:
    stream.write(data)


def _sync_folder(folder: Path) -> None:
    """Make the renaming itself last; not every file system can, and none needs it for wholeness."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
