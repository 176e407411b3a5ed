"""Going through work and telling how much of it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Count = Callable[[int, int], object]
"""Called with (done, wanted)."""


def counted(items: Sequence[Item], tell: Count | None) -> Iterator[Item]:
    """The items one by one; ``tell`` hears of each when the next one is asked for.

    Examples
    --------
    >>> for word in counted(["one", "two"], lambda done, wanted: print(f"{done} of {wanted}")):
    ...     print(word)
    one
    1 of 2
    two
    2 of 2
    """
    for done, item in enumerate(items, 1):
        yield item
        if tell is not None:
            tell(done, len(items))
