"""Shared fixtures; binds this checkout's kernels and data whether or not it is installed."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
from figures import Reliability

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("MPLBACKEND", "Agg")

import wordvec  # noqa: E402

assert wordvec.__file__ is not None, "an uninstalled wordvec left a folder in site-packages: delete it"


def _bind(name: str, folder: Path) -> None:
    """Import ``folder`` as package ``name``, as the installed package would."""
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None and spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    parent, _, child = name.rpartition(".")
    setattr(sys.modules[parent], child, module)


# Always this checkout's, even where another one is installed.
for _child in ("kernels", "data"):
    _bind(f"wordvec.{_child}", ROOT / _child)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what ``make reliability`` asks for."""
    parser.addoption("--deep", action="store_true", help="try all cases of the tests of reliability, not a sample")
    parser.addoption("--figures", type=Path, metavar="FILE", help="add the figures of these tests to FILE")


@pytest.fixture
def reliability(request: pytest.FixtureRequest) -> Reliability:
    """How much a test of reliability tries, and where its figures go."""
    return Reliability(request.config.getoption("--deep"), request.config.getoption("--figures"), request.node.nodeid)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real corpora and test sets that lies beside a developer's checkout."""
    folder = Path(os.environ.get("WORDVEC_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the shared data folder is not beside this checkout (set WORDVEC_SHARED_DATA)")
    return folder
