"""What the package says it ships against what lies on the disk."""

import configparser
import hashlib
import importlib.metadata
import re
from fnmatch import fnmatch
from importlib.resources import files
from pathlib import Path

import pytest

import wordvec

ROOT = Path(__file__).resolve().parent.parent
DATA = sorted(
    path for path in (ROOT / "data").rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc", ".md"}
)
LIMIT = 5_000_000


def _name(path: Path) -> str:
    return path.relative_to(ROOT / "data").as_posix()


@pytest.fixture(scope="module")
def setup_cfg() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def test_every_package_on_the_disk_is_listed(setup_cfg: configparser.ConfigParser) -> None:
    folders = {path.parent for path in (ROOT / "wordvec").rglob("__init__.py")}
    on_disk = {".".join(folder.relative_to(ROOT).parts) for folder in folders} | {"wordvec.kernels", "wordvec.data"}
    listed = setup_cfg["options"]["packages"].split()
    assert sorted(listed) == sorted(on_disk)  # never "find:", which would install a top-level "kernels"
    mapping = dict(line.split(" = ") for line in setup_cfg["options"]["package_dir"].strip().splitlines())
    assert mapping == {"wordvec": "wordvec", "wordvec.kernels": "kernels", "wordvec.data": "data"}


def test_every_folder_with_modules_is_a_package() -> None:
    folders = {path.parent for root in ("wordvec", "kernels") for path in (ROOT / root).rglob("*.py")}
    assert all((folder / "__init__.py").is_file() for folder in folders)


@pytest.mark.parametrize("path", DATA, ids=_name)
def test_every_data_file_is_shipped(path: Path, setup_cfg: configparser.ConfigParser) -> None:
    patterns = [p.strip() for p in setup_cfg["options.package_data"]["wordvec.data"].split(",")]
    name = _name(path)
    matching = [p for p in patterns if p.count("/") == name.count("/") and fnmatch(name, p)]
    assert matching, f"no pattern of [options.package_data] matches {name}"


@pytest.mark.parametrize("path", DATA, ids=_name)
def test_every_data_file_has_its_source_licence_and_digest(path: Path) -> None:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    rows = [row for row in (ROOT / "data" / "README.md").read_text("utf-8").splitlines() if f"`{_name(path)}`" in row]
    assert len(rows) == 1, f"data/README.md needs one row for {_name(path)}"
    assert f"`{digest}`" in rows[0], f"data/README.md: the SHA-256 of {_name(path)} is {digest}"
    cells = [cell.strip() for cell in rows[0].strip().strip("|").split("|")]
    assert len(cells) == 5 and all(cells), "a row tells file, what, source, licence and sha256"
    assert f"## {_name(path)}\n" in (ROOT / "NOTICE.md").read_text("utf-8")


def test_no_row_without_its_file() -> None:
    rows = re.findall(r"^\| `([^`]+)` \|", (ROOT / "data" / "README.md").read_text("utf-8"), re.M)
    notices = re.findall(r"^## (\S+)$", (ROOT / "NOTICE.md").read_text("utf-8"), re.M)
    assert sorted(rows) == sorted(notices) == sorted(map(_name, DATA))


def test_data_stay_small() -> None:
    assert sum(path.stat().st_size for path in DATA) < LIMIT


def test_data_are_found_through_the_package() -> None:
    assert all(files("wordvec.data").joinpath(_name(path)).is_file() for path in DATA)


def test_the_version_has_one_home(setup_cfg: configparser.ConfigParser) -> None:
    assert setup_cfg["metadata"]["version"] == "attr: wordvec._version.__version__"
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.dev\d+|rc\d+)?", wordvec.__version__)
    try:
        installed = importlib.metadata.version("wordvec")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("wordvec is not installed: the folder is being tested")
    assert installed == wordvec.__version__


def test_the_pythons_are_the_promised_ones(setup_cfg: configparser.ConfigParser) -> None:
    assert setup_cfg["options"]["python_requires"] == ">=3.11"
    for minor in (11, 12, 13, 14):
        assert f"Programming Language :: Python :: 3.{minor}" in setup_cfg["metadata"]["classifiers"]
    requirements = setup_cfg["options"]["install_requires"]
    assert re.search(r'^gensim.*; python_version < "3.14"$', requirements, re.M), "gensim has no wheel for 3.14"


def test_the_test_extra_holds_the_tools_that_make_test_runs(setup_cfg: configparser.ConfigParser) -> None:
    extra = {re.split(r"[<>=;]", line)[0] for line in setup_cfg["options.extras_require"]["test"].split()}
    assert {"pytest", "hypothesis", "mypy", "ruff"} <= extra


def test_the_changelog_knows_what_is_not_released() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## \[(.+?)\]", changelog, re.M)[0] == "Unreleased"
