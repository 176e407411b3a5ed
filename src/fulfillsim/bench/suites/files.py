"""What the suites share in naming instances."""

from __future__ import annotations

import re
from hashlib import blake2b
from pathlib import Path

_NUMBER = re.compile(r"[-_]\d+$")


def digest_of(path: Path) -> str:
    """Hash of a file, or of all files of a folder, by content."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    found = blake2b(digest_size=8)
    for file in files:
        if file.is_file():
            found.update(file.read_bytes())
    return found.hexdigest()


def group_of(path: Path) -> str:
    """Class of an instance: its folder, and its name without the running number at the end.

    Examples
    --------
    >>> group_of(Path("data/henn_uniform_ss/25s-30-30-6.txt"))
    'henn_uniform_ss/25s-30-30'
    """
    stem = path.stem if path.suffix and not path.is_dir() else path.name
    return "/".join(part for part in (path.resolve().parent.name, _NUMBER.sub("", stem)) if part)
