"""A little of every task on small vectors that are kept: no score changes unnoticed."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wordvec import Embeddings, outcome_table, read_suite, score_suite
from wordvec.evaluate.suite import TASKS
from wordvec.evaluate.tasks import OF_SENSES, OF_SLICES

FOLDER = Path(__file__).resolve().parents[1] / "golden"
#: What scikit-learn learns may differ by an item from version to version.
LEARNT = ("b - a", "b alone", "accuracy", "purity", "v-measure")


@pytest.fixture(scope="module")
def scores():
    vectors = Embeddings.load(FOLDER / "vectors.wv")
    return outcome_table(score_suite(vectors, FOLDER / "suite.toml", target=vectors))


@pytest.fixture(scope="module")
def golden():
    return pd.read_csv(FOLDER / "scores.tsv", sep="\t")


def test_the_rows_are_the_same(scores, golden):
    columns = ["task", "dataset", "metric", "n", "missing"]
    assert scores[columns].values.tolist() == golden[columns].values.tolist()


def test_the_scores_and_intervals_are_the_same(scores, golden):
    trained = scores["task"].isin(["tagging", "categorization"]) | scores["metric"].str.startswith(LEARNT[:2])
    for column in ("score", "low", "high"):
        np.testing.assert_allclose(scores[column][~trained], golden[column][~trained], atol=1e-6)
    np.testing.assert_allclose(scores["score"][trained], golden["score"][trained], atol=0.3)
    assert (scores["unit"][~trained] == golden["unit"][~trained]).all()


def test_every_task_for_one_set_of_vectors_is_there():
    there = {test.task for test in read_suite(FOLDER / "suite.toml")}
    assert there == set(TASKS) - {"cross-similarity", *OF_SLICES, *OF_SENSES}


def test_threads_change_no_score(scores):
    vectors = Embeddings.load(FOLDER / "vectors.wv")
    for threads in (1, (os.cpu_count() or 1) + 1):
        again = outcome_table(score_suite(vectors, FOLDER / "suite.toml", target=vectors, threads=threads))
        pd.testing.assert_frame_equal(again.drop(columns="seconds"), scores.drop(columns="seconds"))
