"""Importing is quick: what is heavy loads when it is used."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("numba", "llvmlite", "pandas", "scipy", "gensim", "networkx", "matplotlib", "rich")


def _loaded_after(statements: str) -> set[str]:
    """Return which heavy packages a fresh interpreter holds after ``statements``."""
    code = f"import sys\n{statements}\nprint('loaded', *[name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=True,
        cwd=ROOT,
    )
    return set(run.stdout.splitlines()[-1].split()[1:])


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert _loaded_after("import wordvec\ndir(wordvec)\nwordvec.__version__") == set()


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["demo", "--help"]])
def test_asking_for_help_loads_nothing_heavy(arguments: list[str]) -> None:
    run = (
        f"from wordvec.cli import cli\ntry:\n    cli({arguments!r})\nexcept SystemExit as end:\n    assert not end.code"
    )
    assert _loaded_after(run) == set()


def test_values_load_without_the_compiler() -> None:
    loaded = _loaded_after(
        "import wordvec\nwordvec.Vocabulary, wordvec.Corpus, wordvec.Embeddings, wordvec.AlignedSlices, "
        "wordvec.Lexicon, wordvec.KnowledgeGraph, wordvec.read_graph"
    )
    assert loaded == set()


def test_an_unknown_name_is_an_attribute_error() -> None:
    import wordvec

    with pytest.raises(AttributeError, match="module 'wordvec' has no attribute 'Word2Vec'"):
        wordvec.Word2Vec  # noqa: B018
