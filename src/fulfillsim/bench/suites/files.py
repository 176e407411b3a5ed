"""What the suites share in naming instances."""

from __future__ import annotations

import re
from hashlib import blake2b
from pathlib import Path

_RUNNING = (
    re.compile(r"([-_][A-Za-z]+\d+)?[-_]\d+$"),  # 25s-30-30-6, Pr_20_1_20_Store1_01
    re.compile(r"(?<=^[CR]\d)\d\d$|(?<=^RC\d)\d\d$", re.IGNORECASE),  # Solomon: C102, RC208
    re.compile(r"-n\d+-k\d+$"),  # X-n101-k25
)
"""What tells instances of a class apart, at the end of their names."""


def digest_of(path: Path, *more: Path) -> str:
    """Hash of a file and those that it names, or of all files of a folder, by content."""
    files = sorted(path.iterdir()) if path.is_dir() else [path, *more]
    found = blake2b(digest_size=8)
    for file in files:
        if file.is_file():
            found.update(file.read_bytes())
    return found.hexdigest()


def group_of(path: Path) -> str:
    """Class of an instance: its folder, and its name without what tells it from its siblings.

    Examples
    --------
    >>> group_of(Path("data/henn_uniform_ss/25s-30-30-6.txt")), group_of(Path("solomon/RC208.txt"))
    ('henn_uniform_ss/25s-30-30', 'solomon/RC2')
    """
    stem = path.stem if path.suffix and not path.is_dir() else path.name
    for running in _RUNNING:
        stem = running.sub("", stem)
    return "/".join(part for part in (path.resolve().parent.name, stem) if part)
