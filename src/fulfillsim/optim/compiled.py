"""The one owner of compilation: what may be compiled, where the result is kept, and what is said while it happens.

Kernels are plain functions in files called ``_kernels.py``, which alone import this module at the top. Nothing is
compiled until a kernel is first called; the result is kept on disk. The folder bears a hash of the kernel's own file
and of all files of the package that it takes kernels or constants from, because numba alone would not notice that a
callee in another file was edited, and freezes constants into what it compiles. Where the usual cache folder cannot be
written, a temporary one serves. With ``NUMBA_DISABLE_JIT=1`` kernels run as the Python that they are, with equal
results.
"""

from __future__ import annotations

import ast
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])
PACKAGE = Path(__file__).resolve().parents[1]


def _say_nothing(text: str) -> None:
    """What a library says while it compiles."""


_told: list[Callable[[str], None]] = [_say_nothing]
_n_compiled = [0]


def tell(hook: Callable[[str], None]) -> None:
    """Call ``hook`` with a line of text whenever a kernel is compiled rather than found on disk."""
    _told[0] = hook


def n_compiled() -> int:
    """Kernels that were compiled in this process so far, rather than found on disk."""
    return _n_compiled[0]


def kernel(function: Function) -> Function:
    """The function, compiled when it is first called.

    Arrays in the arguments are C-contiguous and writeable; other layouts would be compiled anew.
    """
    return _compiled(function)


def lean_kernel(function: Function) -> Function:
    """A kernel that makes no arrays, and therefore counts no references to those that it is given.

    Where it is given dozens, as in a tuple of tables, counting at each call costs several times the work.
    """
    return _compiled(function, _nrt=False)


def inlined_kernel(function: Function) -> Function:
    """A lean kernel, copied into those that call it: for where passing the arrays costs as much as the work."""
    return _compiled(function, _nrt=False, forceinline=True)


def merged_kernel(function: Function) -> Function:
    """A lean kernel whose code becomes a part of the one that calls it, before that is compiled.

    Numba compiles whatever a kernel calls anew with it: where a large one is called in one or two places, this saves
    compiling all of it once more.
    """
    return _compiled(function, _nrt=False, inline="always")


def _compiled(function: Function, **options: Any) -> Function:
    import numba

    config: Any = numba.config

    if config.DISABLE_JIT:
        return function
    _listen()
    usual, config.CACHE_DIR = config.CACHE_DIR, str(cache_folder(Path(function.__code__.co_filename)))
    try:
        compiled: Any = numba.njit(cache=True, error_model="numpy", **options)(function)
    finally:
        config.CACHE_DIR = usual
    return cast(Function, compiled)


def compile_kernels(modules: Iterable[str]) -> None:
    """Compile what the named ``_kernels`` modules hold, or find it on disk, before workers start.

    Parameters
    ----------
    modules
        Full names; each module has a function ``warm_up()`` that calls its kernels as they are called later.
    """
    for module in modules:
        import_module(module).warm_up()


@lru_cache(maxsize=256)
def cache_folder(file: Path) -> Path:
    """Writeable folder for what is compiled from a file; another one after each edit."""
    digest = sha256()
    for source in sorted(_sources(file.resolve(), set())):
        digest.update(source.read_bytes())
    name = f"{file.parent.name}-{digest.hexdigest()[:16]}"
    return next(folder for base in _bases() if (folder := _writeable(base / name)) is not None)


def _bases() -> Iterable[Path]:
    """Folders in which kernels may be kept, best first."""
    if given := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(given)
    with suppress(RuntimeError):  # nobody's home
        yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fulfillsim" / "kernels"
    yield Path(tempfile.gettempdir()) / f"fulfillsim-kernels-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    yield Path(tempfile.mkdtemp(prefix="fulfillsim-kernels-"))


def _writeable(folder: Path) -> Path | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


def _sources(file: Path, found: set[Path]) -> set[Path]:
    """The file and all files of the package whose functions or constants may be compiled into its kernels.

    Kernels and what they are made of have names with an underscore; of other files they take constants only, so that
    what those import does not matter.
    """
    if file in found:
        return found
    found.add(file)
    if not file.name.startswith("_"):
        return found
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            for name in (node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)):
                path = PACKAGE.parent.joinpath(*name.split(".")).with_suffix(".py")
                if path.is_file() and path.is_relative_to(PACKAGE):
                    _sources(path, found)
    return found


@lru_cache(maxsize=1)
def _listen() -> None:
    """Have numba tell when it compiles; the outermost of nested kernels is named."""
    from numba.core import event

    depth = 0

    class Announcer(event.Listener):
        def on_start(self, event: Any) -> None:
            nonlocal depth
            if depth == 0:
                name = event.data["dispatcher"].py_func.__name__
                _n_compiled[0] += 1
                _told[0](f"compiling {name} for this machine, once ...")
            depth += 1

        def on_end(self, event: Any) -> None:
            nonlocal depth
            depth -= 1

    event.register("numba:compile", Announcer())  # type: ignore[no-untyped-call]


def to_stderr(text: str) -> None:
    """Print a line on stderr: a hook for `tell`."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201
