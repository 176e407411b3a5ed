"""Replications that some study ran before, found again by everything that their bits depend on.

A run directory belongs to one study; the cache is shared by all. Its key holds the content of the scenario and of
every file it names, the seed, the program that ran the replication, our own source, and the versions of what we
compute with, so that a change of any of them is another key: nothing is ever wrong, only missing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from inspect import getsourcefile
from pathlib import Path
from typing import Any

from fulfillsim.experiment.folder import Folder
from fulfillsim.experiment.record_files import RecordFiles
from fulfillsim.experiment.versions import surroundings
from fulfillsim.experiment.worker import Replicate

KEY = "key.json"


class Cache:
    """A folder of finished replications.

    Parameters
    ----------
    folder
        Made when the first replication is kept; may be deleted at any time that no study runs.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def shelf(self, subject: Any, seed: int, replicate: Replicate) -> RecordFiles | None:
        """Where the replications of a scenario under a seed are kept; None for what has no content to be known by."""
        if not hasattr(subject, "content_hash"):
            return None
        about = key_of(subject, seed, replicate)
        name = sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
        folder = self.folder / name[:2] / name
        if not (folder / KEY).is_file():
            Folder(folder).write(KEY, json.dumps(about, indent=2, sort_keys=True) + "\n")
        return RecordFiles(folder)


def key_of(subject: Any, seed: int, replicate: Replicate) -> Mapping[str, Any]:
    """Everything besides the index of a replication that its bits depend on."""
    programs = {"fulfillsim": own_sources(), "replication": program_of(replicate)}
    return {"content": subject.content_hash(), "seed": seed, "versions": surroundings(), "programs": programs}


@cache
def own_sources() -> str:
    """Hash of every source file of this package: rules and heuristics are added there."""
    root = Path(__file__).resolve().parents[1]
    digest = sha256()
    for file in sorted(root.rglob("*.py")):
        digest.update(f"{file.relative_to(root).as_posix()}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def program_of(function: Replicate) -> str:
    """Hash of a function as it would travel, with what it holds, and of the file it was written in."""
    import cloudpickle

    digest = sha256(cloudpickle.dumps(function))
    try:
        source = getsourcefile(function)
    except TypeError:
        source = None
    if source is not None and Path(source).is_file():
        digest.update(Path(source).read_bytes())
    return digest.hexdigest()
