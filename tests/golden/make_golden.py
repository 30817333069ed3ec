"""Train the small vectors of the golden tests and write down what they score.

    python tests/golden/make_golden.py            # scores.tsv from the vectors that are there
    python tests/golden/make_golden.py --train    # the vectors too, from the texts that ship

Run it when a score is meant to change, and read the difference before it is committed.
"""

import argparse
import lzma
import tempfile
from importlib.resources import files
from pathlib import Path

import wordvec as wv
from wordvec.evaluate.suite import read_suite

FOLDER = Path(__file__).resolve().parent
COLUMNS = ["task", "dataset", "metric", "score", "low", "high", "n", "missing", "unit"]


def train() -> None:
    """Write ``vectors.wv``: 20 dimensions of the words that the State of the Union says 150 times."""
    packed = files("wordvec.data").joinpath("corpus", "sotu-1790-2021.txt.xz").read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "text.txt"
        text.write_bytes(lzma.decompress(packed))
        corpus = wv.encode(text, reading=wv.Reading(header="^### "), min_count=150)
    vectors = wv.SkipGram(dim=20, epochs=3).train(corpus).embeddings
    wv.Embeddings(vectors.vocabulary, vectors.vectors).save(FOLDER / "vectors.wv", overwrite=True)


def scores() -> str:
    """Return the golden table as text."""
    vectors = wv.Embeddings.load(FOLDER / "vectors.wv")
    table = wv.outcome_table(wv.score_suite(vectors, read_suite(FOLDER / "suite.toml"), target=vectors))
    return table[COLUMNS].to_csv(sep="\t", index=False, float_format="%.8f", lineterminator="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", action="store_true")
    if parser.parse_args().train:
        train()
    (FOLDER / "scores.tsv").write_text(scores(), encoding="utf-8")
