"""A folder of results: what is written into it is there whole or not at all, and what goes wrong is told in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from fulfillsim.errors import RunDirectoryError
from fulfillsim.experiment.files import PART, write_by, write_whole


class Folder:
    """A place for results.

    Parameters
    ----------
    folder
        Made when something is first written.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def write(self, name: str, text: str) -> None:
        """Write a text file below the folder.

        Raises
        ------
        RunDirectoryError
            If it cannot be written.
        """
        with self._room_for(name) as file:
            write_whole(file, text.encode())

    def write_by(self, name: str, fill: Callable[[BinaryIO], object]) -> None:
        """Write a file below the folder by a function that fills an open stream; see `write`."""
        with self._room_for(name) as file:
            write_by(file, fill)

    @contextmanager
    def _room_for(self, name: str) -> Iterator[Path]:
        file = self.folder / name
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            yield file
        except OSError as error:
            why = error.strerror or str(error)
            hint = "finished replications are safe; mend this and run the same command again to go on"
            raise RunDirectoryError(str(self.folder), f"cannot write {name}: {why}", hint) from error

    def check_free(self, known: str, own: frozenset[str] = frozenset()) -> None:
        """Refuse a folder that holds other things than ours.

        Parameters
        ----------
        known
            The file by which a folder of ours is known.
        own
            Names that may be there before it.
        """
        if self.folder.exists() and not self.folder.is_dir():
            raise RunDirectoryError(str(self.folder), "is a file", "give the name of a folder")
        there = {item.name for item in self.folder.iterdir()} if self.folder.exists() else set()
        strangers = sorted(name for name in there - own if not name.endswith(PART))
        if strangers:
            rule = f"must be empty or hold a {known} (it holds {', '.join(strangers[:3])})"
            raise RunDirectoryError(str(self.folder), rule, "choose another folder with -o")
