"""The row of rooms, the home of each library, and what importing may cost, read from the source itself."""

import ast
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src" / "fulfillsim"

# A room imports itself and what stands in an earlier line; rooms of one line do not know each other.
# cli stands after bench because its commands call the harness. Rooms that do not exist yet do no harm.
ROW = [
    ("errors",),
    ("sampling", "stats"),
    ("domain",),
    ("tape", "optim"),
    ("policies",),
    ("sim",),
    ("kpi",),
    ("io",),
    ("scenario",),
    ("experiment",),
    ("search", "calibrate"),
    ("report",),
    ("bench",),
    ("cli",),
]
RANK = {room: rank for rank, line in enumerate(ROW) for room in line}
# The door and its command see every room; testing may import all and is imported by bench and tests only.
OUTSIDE_THE_ROW = {"__init__", "__main__", "testing"}
SEE_TESTING = {"testing", "bench"}
SEE_SIMPY = {"sim", "testing"}

HEAVY = {"matplotlib", "numba", "ortools", "pandas", "scipy"}
# Files that may import a heavy library at the top, because nothing imports them before it is needed.
HEAVY_AT_THE_TOP = {"_axes.py": {"matplotlib"}, "_kernels.py": {"numba"}}


@dataclass(frozen=True)
class Import:
    """One import statement's target, and whether it runs when the module is imported."""

    file: Path
    line: int
    target: str
    at_import: bool

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.target}"


def modules() -> list[Path]:
    return sorted(SRC.rglob("*.py"))


def room_of(file: Path) -> str:
    return file.relative_to(SRC).parts[0].removesuffix(".py")


def is_type_checking(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def imports_below(file: Path, nodes: list[ast.stmt], at_import: bool) -> Iterator[Import]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, alias.name, at_import) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield from (Import(file, node.lineno, f"{module}.{a.name}", at_import) for a in node.names)
        elif is_type_checking(node):
            yield from imports_below(file, node.body, False)
            yield from imports_below(file, node.orelse, at_import)
        else:
            later = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from imports_below(file, statements_in(node), at_import and not later)


def statements_in(node: ast.AST) -> list[ast.stmt]:
    """Statements directly inside, also those in handlers and cases."""
    found: list[ast.stmt] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            found.append(child)
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            found.extend(statements_in(child))
    return found


def imports_of(file: Path) -> list[Import]:
    return list(imports_below(file, ast.parse(file.read_text("utf-8")).body, True))


@pytest.fixture(scope="module")
def imports() -> list[Import]:
    return [found for file in modules() for found in imports_of(file)]


def told(found: list[Import]) -> str:
    return "\n".join(map(str, found))


def test_the_reader_finds_nested_imports_and_tells_when_they_run(tmp_path):
    file = tmp_path / "sample.py"
    file.write_text(
        "import a\n"
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import b\nelse:\n    import c\n"
        "try:\n    import d\nexcept ImportError:\n    import e\n"
        "class C:\n    import f\n    def m(self):\n        with x:\n            from g import h\n"
    )
    found = {i.target: i.at_import for i in imports_of(file) if not i.target.startswith("typing")}
    assert found == {"a": True, "b": False, "c": True, "d": True, "e": True, "f": True, "g.h": False}


def test_every_module_belongs_to_a_room():
    strangers = {room_of(file) for file in modules()} - set(RANK) - OUTSIDE_THE_ROW
    assert not strangers, f"give {sorted(strangers)} a place in ROW, or move them into a room"


def target_room(found: Import) -> str | None:
    parts = found.target.split(".")
    return parts[1] if parts[0] == "fulfillsim" and len(parts) > 1 else None


def test_a_room_imports_only_itself_and_earlier_rooms(imports):
    def breaks_the_row(found: Import) -> bool:
        here, there = room_of(found.file), target_room(found)
        if here in OUTSIDE_THE_ROW or there in (None, here, "testing"):
            return False
        return RANK.get(there, len(ROW)) >= RANK[here]

    assert not (wrong := [found for found in imports if breaks_the_row(found)]), told(wrong)


def test_testing_is_imported_by_benchmarks_and_tests_only(imports):
    wrong = [i for i in imports if target_room(i) == "testing" and room_of(i.file) not in SEE_TESTING]
    assert not wrong, told(wrong)


def test_simpy_is_known_to_the_engine_alone(imports):
    wrong = [i for i in imports if i.target.split(".")[0] == "simpy" and room_of(i.file) not in SEE_SIMPY]
    assert not wrong, told(wrong)


def test_heavy_libraries_are_imported_inside_the_functions_that_use_them(imports):
    def too_early(found: Import) -> bool:
        library = found.target.split(".")[0]
        allowed = HEAVY_AT_THE_TOP.get(found.file.name, set())
        return found.at_import and library in HEAVY - allowed

    assert not (wrong := [found for found in imports if too_early(found)]), told(wrong)


def test_module_names_are_lower_case_and_never_the_name_of_a_thing_inside():
    for file in modules():
        things = {
            node.name
            for node in ast.parse(file.read_text("utf-8")).body
            if isinstance(node, ast.ClassDef | ast.FunctionDef)
        }
        assert file.stem == file.stem.lower(), f"{file.relative_to(ROOT)}: lower case"
        assert file.stem not in things, f"{file.relative_to(ROOT)}: a module and a thing in it share a name"


def loaded_after(statement: str) -> set[str]:
    """Top-level names in ``sys.modules`` of a fresh interpreter after ``statement``."""
    code = f"import sys\n{statement}\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_importing_the_package_loads_no_library():
    too_much = HEAVY | {"numpy", "simpy", "pydantic", "typer", "rich", "yaml", "pyarrow"}
    assert not loaded_after("import fulfillsim") & too_much


def test_importing_every_module_loads_no_heavy_library():
    light = [file for file in modules() if file.name not in HEAVY_AT_THE_TOP and file.stem != "__main__"]
    names = [".".join(("fulfillsim", *file.relative_to(SRC).with_suffix("").parts)) for file in light]
    statement = "; ".join(f"import {name.removesuffix('.__init__')}" for name in names)
    assert not loaded_after(statement) & HEAVY


def test_a_check_loads_neither_the_engine_nor_the_worlds_it_runs_nor_routings():
    """It answers in half a second; ``fulfillsim.kpi`` gives the names of figures without their worlds."""
    code = (
        "import sys; from fulfillsim.scenario import load_scenario; load_scenario('baseline'); "
        "print(*(name for name in sys.modules if name.startswith('fulfillsim.')))"
    )
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    too_much = {"sim", "tape", "experiment", "domain.world", "kpi.conservation", "optim.pick_routing"}
    assert not loaded & {f"fulfillsim.{name}" for name in too_much}


def test_the_door_offers_what_its_rooms_hold():
    import fulfillsim

    rooms = {room_of(file) for file in modules()}
    missing = [n for n, room in fulfillsim._ROOM_OF.items() if room in rooms and not hasattr(fulfillsim, n)]
    assert not missing
    assert set(fulfillsim.__all__) == set(fulfillsim._ROOM_OF)
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        _ = fulfillsim.simulat


def tracked_texts() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout: there is no list of the files that belong to the repository")
    for name in filter(None, listed.stdout.decode().split("\0")):
        try:
            yield name, (ROOT / name).read_text("utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue


def places_of_this_machine() -> list[str]:
    """Folders that only this machine has: the checkout, the folder around it, home, the environment."""
    common = {Path("/"), Path("/usr"), Path("/usr/local"), Path(tempfile.gettempdir())}
    folders = {ROOT, ROOT.parent, Path.home(), Path(sys.prefix), Path(sys.base_prefix)}
    return [str(folder) for folder in sorted(folders - common)]


def test_no_file_names_a_package_host_or_a_folder_of_the_machine_it_was_written_on():
    hosts = [".".join(("pypi", "org")), ".".join(("pythonhosted", "org")), "file:" + "///", "index" + "-url"]
    patterns = [re.escape(host) for host in hosts]
    patterns += [rf"(?<![\w.~/-]){re.escape(folder)}(?![\w-])" for folder in places_of_this_machine()]
    forbidden = re.compile("|".join(patterns))
    wrong = [f"{name}: {match[0]}" for name, text in tracked_texts() for match in forbidden.finditer(text)]
    assert not wrong, "\n".join(wrong)
