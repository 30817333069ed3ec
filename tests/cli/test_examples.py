"""Every command's help ends with an example; here each is typed in, in one folder, one after the other."""

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from small_senses import broadcast_senses
from small_texts import write_periods

from wordvec.cli import COMMANDS, cli
from wordvec.cli.graph import graph
from wordvec.cli.senses import senses
from wordvec.knowledge.builder import GraphBuilder

#: An order in which each example finds what the ones before it wrote.
CHAIN = (
    "encode", "train", "senses", "align", "drift", "graph", "retrofit", "specialize", "evaluate", "nearest", "convert",
    "info", "validate", "doctor",
)  # fmt: skip
#: ``make demo`` types in this one: it trains for a minute.
ELSEWHERE = ("demo",)


def _example(name: str) -> list[str]:
    """Return the command lines below ``Example:`` in a command's help."""
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    _, found, example = re.split(r"\n\s*(Examples?:)\n", (command.help or "") + "\n", maxsplit=1)
    assert found
    block = re.split(r"\n[\s\x08]*(?:\n|More:)", example)[0]
    lines = [line.strip() for line in block.replace("\\\n", " ").splitlines()]
    commands = [line for line in lines if line.startswith("wordvec ")]
    assert commands and not any("|" in line or ">" in line for line in commands), "an example is typed in as it is"
    return commands


def test_every_command_is_run_here_or_elsewhere() -> None:
    assert sorted([*CHAIN, *ELSEWHERE]) == sorted(COMMANDS)


def _write_concepts(path: Path) -> None:
    """Write a graph that knows two words by one name."""
    builder = GraphBuilder()
    for concept, word in (
        ("1", "radio"),
        ("1", "broadcast"),
        ("2", "war"),
        ("2", "army"),
        ("3", "seed"),
        ("3", "corn"),
    ):
        builder.term(concept, word, "eng")
    builder.build().save(path)


def test_examples_run_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_periods(tmp_path)
    (tmp_path / "synonyms.txt").write_text(
        "war army\nking queen president\nbroadcast transmit sow\nfarmer grower\n", encoding="utf-8"
    )
    _write_concepts(tmp_path / "concepts.wvg")
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    for name in CHAIN:
        for line in _example(name):
            if line.startswith("wordvec senses train") and find_spec("wordvec.train.disambiguated") is None:
                broadcast_senses(Path("vectors.wv")).save("senses.wv")
                continue
            result = runner.invoke(cli, shlex.split(line)[1:])
            assert result.exit_code == 0, f"{line}\n{result.output}\n{result.exception!r}"
            assert "Traceback" not in result.output
    written = {path.name for path in tmp_path.iterdir()}
    assert {"corpus.wvc", "vectors.wv", "aligned.wvs", "drift.tsv", "drift.html"} <= written
    assert {"senses.wv", "tagged.txt", "broadcast.svg", "merged.txt", "senses.wvs", "senses.html"} <= written
    assert "synonyms.wvg" in written
    assert not [name for name in written if name.startswith(".")], "nothing half-written is left"


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_begin_with_their_command(name: str) -> None:
    assert all(shlex.split(line)[:2] == ["wordvec", name] for line in _example(name))


@pytest.mark.parametrize(
    ("group", "name"), [*(("senses", name) for name in senses.commands), *(("graph", name) for name in graph.commands)]
)
def test_examples_of_groups_are_typed_in_with_the_others(group: str, name: str) -> None:
    command = (senses if group == "senses" else graph).commands[name]
    _, _, example = re.split(r"\n\s*(Example:)\n", (command.help or "") + "\n", maxsplit=1)
    assert re.split(r"\n[\s\x08]*More:", example)[0].strip(" \n\x08") in _example(group)
