"""Compiling what decisions of a study need, once, before its processes start: else each would do it for itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fulfillsim.policies.compiling import compile_ahead


def compile_for(subjects: Iterable[Any]) -> None:
    """Compile the kernels that the picking of these alternatives calls, or find them on disk.

    Alternatives that walk alike need it once, and one without a layout not at all.
    """
    seen: set[tuple[str, str]] = set()
    for subject in subjects:
        settings = getattr(subject, "settings", None)
        if settings is not None:
            key = (str(settings.layout), str(settings.fulfillment))
            if settings.layout is None or key in seen:
                continue
            seen.add(key)
        plan = subject.world().fulfillment
        for picking in () if plan is None else plan.pickings:
            compile_ahead(picking)
