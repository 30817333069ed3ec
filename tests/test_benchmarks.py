"""The benchmarks can be started, and their page says what was measured."""

import ast
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"
SCRIPTS = sorted(path for path in FOLDER.glob("*.py") if "__main__" in path.read_text("utf-8"))
PAGE = (FOLDER / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def harness() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_harness", FOLDER / "harness.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", [p for p in SCRIPTS if p.stem != "swap_test"], ids=lambda path: path.stem)
def test_scripts_start(path: Path) -> None:
    done = subprocess.run([sys.executable, str(path), "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: ")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_say_their_question_and_stand_on_the_page(path: Path) -> None:
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    assert f"python benchmarks/{path.name}" in text
    assert f"`{path.name}`" in PAGE
    if path.stem != "harness":
        assert text.partition("\n\n")[0].rstrip().endswith(("?", ".")) and "?" in text.partition("\n\n")[0]


def test_every_result_has_a_script(harness: ModuleType) -> None:
    recorded = {name for path in SCRIPTS for name in re.findall(r'record\("(\w+)"', path.read_text("utf-8"))}
    assert {path.stem for path in harness.RESULTS.glob("*.jsonl")} <= recorded


def test_the_page_is_what_the_results_say(harness: ModuleType) -> None:
    assert harness.page() == PAGE, "python benchmarks/harness.py table"


def test_ratios_are_medians_over_rounds(harness: ModuleType) -> None:
    assert harness.ratios([6.0, 8.0, 9.0], [2.0, 2.0, 1.0]) == {"median": 4.0, "low": 3.0, "high": 9.0}
    assert harness.best_of([3.0, 1.0], [2.0, 2.0]) == [2.0, 1.0]


def test_rounds_are_interleaved_and_turn_round(harness: ModuleType) -> None:
    calls: list[str] = []
    tasks = {name: lambda name=name: harness.timed(lambda: calls.append(name)) for name in "ab"}
    samples = harness.interleaved(tasks, 2)
    assert calls == ["a", "b", "b", "a"]
    assert [len(found) for found in samples.values()] == [2, 2]


def test_a_peer_that_is_not_installed_is_left_out(
    harness: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(harness, "LIBRARIES", ("numpy", "no-such-tool"))
    assert "numpy" in harness.machine() and "no-such-tool" not in harness.machine()
    assert harness.peer("no_such_tool") is None
    assert capsys.readouterr().err == (
        "no_such_tool is left out (No module named 'no_such_tool'); pip install -r benchmarks/requirements.txt\n"
    )


def test_a_table(harness: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "RESULTS", tmp_path)
    harness.record(
        "speed", [{"who": "we", "ratio": {"median": 2.0, "low": 1.5, "high": 3.25}}, {"who": "they", "n": 12345}]
    )
    assert json.loads((tmp_path / "speed.jsonl").read_text("utf-8").splitlines()[0])["machine"]["python"]
    assert harness.markdown("speed").splitlines()[4:] == [
        "| who | ratio | n |",
        "| --- | --- | --- |",
        "| we | 2 (1.5-3.25) |  |",
        "| they |  | 12,345 |",
    ]
