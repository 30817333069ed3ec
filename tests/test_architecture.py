"""The plan of the house, held by the syntax tree: who may import whom, and what is never written."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = sorted((ROOT / "wordvec").rglob("*.py"))
KERNELS = sorted((ROOT / "kernels").glob("*.py"))
SOURCES = [*LIBRARY, *KERNELS]
SCRIPTS = [*sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]

#: Lower never imports higher; modules of one layer may import each other.
LAYERS = (
    {
        "_version",
        "errors",
        "progress",
        "disk",
        "artifact",
        "artifact_writer",
        "checkpoints",
        "statistics",
        "threads",
        "kernels",
        "data",
    },
    {"text"},
    {"search", "embeddings", "csls", "senses", "slices", "lexicon"},
    {"train"},
    {"align"},
    {"knowledge", "drift"},
    {"evaluate"},
    {"files", "report"},
    {"cli", "__main__"},
)
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
ALLOWED_IN_KERNELS = {"numpy", "numba", "math", "typing"}
ALLOWED_IN_CODE = {"contextlib", "functools", "llvmlite", "platform", "sys"}  # modules that emit instructions
ALLOWED_IN_JIT = {"hashlib", "importlib", "os", "pathlib", "sys", "tempfile", "warnings"}
FORBIDDEN_NAMES = {"utils.py", "core.py", "helpers.py"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the absolute dotted name of everything a file imports, with its line."""
    relative = path.relative_to(ROOT).with_suffix("")
    package = list(relative.parts[:-1])
    if package and package[0] == "kernels":
        package.insert(0, "wordvec")
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*start, *([node.module] if node.module else [])])
            yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)


def _room(dotted: str) -> str | None:
    """Return the module or folder directly under ``wordvec`` that a dotted name is in."""
    parts = dotted.split(".")
    return parts[1] if parts[0] == "wordvec" and len(parts) > 1 else None


@pytest.mark.parametrize("path", LIBRARY, ids=_name)
def test_lower_layers_never_import_higher_ones(path: Path) -> None:
    relative = path.relative_to(ROOT / "wordvec")
    if relative.as_posix() == "__init__.py":  # the front door: loads everything, and only when it is used
        return
    room = relative.parts[0].removesuffix(".py")
    assert room in LEVEL, f"{_name(path)}: give {room!r} a layer in this test and in CONTRIBUTING.md"
    for dotted, line in _imports(path):
        target = _room(dotted)
        if target in LEVEL:
            assert LEVEL[target] <= LEVEL[room], f"{_name(path)}:{line} imports {dotted}, which is above {room}"


@pytest.mark.parametrize("path", KERNELS, ids=_name)
def test_kernels_know_arrays_only(path: Path) -> None:
    for dotted, line in _imports(path):
        root = dotted.split(".")[0]
        welcome = (
            root in ALLOWED_IN_KERNELS
            or dotted.startswith("wordvec.kernels.")
            or (root in ALLOWED_IN_JIT and path.name == "_jit.py")
            or (root in ALLOWED_IN_CODE and path.name.startswith("_"))
        )
        assert welcome, f"{_name(path)}:{line} imports {dotted}; kernels import numpy, numba, math and their siblings"


@pytest.mark.parametrize("path", [*SOURCES, *SCRIPTS], ids=_name)
def test_nobody_imports_kernels_or_data_by_a_second_name(path: Path) -> None:
    # Two names would be two module objects, each compiled on its own.
    for dotted, line in _imports(path):
        root = dotted.split(".")[0]
        assert root not in {"kernels", "data"}, f"{_name(path)}:{line}: write wordvec.{dotted}"


def _is_kernel(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (isinstance(called, ast.Name) and called.id == "kernel") or (
        isinstance(called, ast.Attribute) and called.attr == "kernel"
    )


def _public_kernels() -> dict[str, str]:
    """Return each public kernel with the file that defines it."""
    return {
        node.name: _name(path)
        for path in KERNELS
        for node in _tree(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and any(map(_is_kernel, node.decorator_list))
    }


def test_every_public_kernel_has_a_naive_twin() -> None:
    kernels = _public_kernels()
    files = sorted((ROOT / "tests").glob("naive*.py"))
    twins = {node.name for path in files for node in _tree(path).body if isinstance(node, ast.FunctionDef)}
    missing = {name: file for name, file in kernels.items() if name not in twins}
    assert not missing, f"write plain twins of the same names in tests/naive*.py: {missing}"


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_nothing_is_unpickled_or_evaluated(path: Path) -> None:
    for dotted, line in _imports(path):
        root = dotted.split(".")[0]
        assert root not in {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve"}, f"{_name(path)}:{line}"
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else None
            assert called not in {"eval", "exec"}, f"{_name(path)}:{node.lineno} calls {called}"
            pickled = [k for k in node.keywords if k.arg == "allow_pickle" and _is_true(k.value)]
            assert not pickled, f"{_name(path)}:{node.lineno} allows pickles"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_the_library_does_not_print(path: Path) -> None:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", f"{_name(path)}:{node.lineno}: commands use click.echo, libraries return"


@pytest.mark.parametrize("path", [*SOURCES, *SCRIPTS], ids=_name)
def test_files_stay_readable_in_one_sitting(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= 400, f"{_name(path)} has {lines} lines: what are its two subjects?"
    assert path.name not in FORBIDDEN_NAMES, f"{_name(path)}: name it after what it does"


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_functions_stay_under_sixty_lines(path: Path) -> None:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef):
            start = node.body[1].lineno if ast.get_docstring(node) and len(node.body) > 1 else node.lineno
            length = (node.end_lineno or start) - start + 1
            assert length <= 60, f"{_name(path)}:{node.lineno} {node.name} has {length} lines below its docstring"


@pytest.mark.parametrize("path", LIBRARY, ids=_name)
def test_public_signatures_name_their_arguments(path: Path) -> None:
    for node in _tree(path).body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        for function in members:
            if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
                assert function.args.kwarg is None or "cli" in path.parts, (
                    f"{_name(path)}:{function.lineno} {function.name} takes **{function.args.kwarg.arg}"
                )
