"""Vectors of capitals and countries for tests of commands, and how those are run and read."""

import numpy as np
from click.testing import CliRunner

from wordvec import AlignedSlices, Embeddings, Vocabulary
from wordvec.cli import cli

CAPITALS = {"france": "paris", "italy": "rome", "spain": "madrid", "greece": "athens"}
WORDS = Vocabulary((*CAPITALS, *CAPITALS.values(), "sea"), np.arange(9, 0, -1))


def planted(noise=0.0, seed=1):
    """A capital is its country and one step; with ``noise``, nearly. Vectors of other seeds are of one training."""
    grid = np.hstack([3 * np.eye(4), np.zeros((4, 1))])
    rows = np.vstack([grid, grid + np.eye(1, 5, 4), np.ones((1, 5))])
    rows = rows + noise * np.random.default_rng(seed).normal(size=rows.shape)
    settings = {"seed": seed, "dim": 5, "noise": noise}
    return Embeddings(WORDS, rows.astype(np.float32), {"model": "skipgram", "corpus": "c", "settings": settings})


def two_slices():
    """The planted words then, and three of which one is new now."""
    late = Embeddings(Vocabulary(("paris", "rome", "café"), np.array([3, 2, 1])), np.eye(3, 5, dtype=np.float32))
    whole = Vocabulary((*WORDS.words, "café"), np.array([*range(10, 1, -1), 1]))
    return AlignedSlices(("then", "now"), (planted(), late), whole, np.ones((2, 10), int))


def run(*arguments):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def table(result):
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.rstrip("\n").split("\n")
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]
