"""Categorization: purity, V-measure, clusters, files."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import v_measure_score
from sklearn.metrics.cluster import contingency_matrix

from wordvec import Embeddings, Vocabulary
from wordvec.errors import FormatError, UnknownWordError
from wordvec.evaluate.categorization import (
    Categories,
    evaluate_categorization,
    purity_hits,
    read_categories,
    score_categorization,
)
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.words import look_up

ROOT = Path(__file__).resolve().parents[2]


def planted(groups=6, size=12, dim=10, noise=0.05, seed=0):
    rng = np.random.default_rng(seed)
    centers = rng.normal(size=(groups, dim))
    rows = np.repeat(centers, size, axis=0) + noise * rng.normal(size=(groups * size, dim))
    words = tuple(f"w{i:03}" for i in range(groups * size))
    embeddings = Embeddings(Vocabulary(words, np.arange(len(words), 0, -1)), rows.astype(np.float32))
    names = tuple(f"c{i}" for i in range(groups))
    return embeddings, Categories("toy", "abc", words, names, np.repeat(np.arange(groups), size))


def categories_of(text, **options):
    return read_categories(Dataset("toy.csv", text, "sha"), **options)


def test_planted_clusters_are_found():
    embeddings, categories = planted()
    table = evaluate_categorization(embeddings, categories)
    assert table["metric"].tolist() == ["purity", "v-measure"]
    assert table["score"].tolist() == [1.0, 1.0]
    assert table["low"].between(0.9, 1.0).all() and (table["unit"] == "word (exact)").all()
    assert table["n"].tolist() == [72, 72] and table["task"].unique().tolist() == ["categorization"]


def test_lengths_do_not_matter():
    embeddings, categories = planted(noise=0.6)
    stretched = embeddings.vectors * np.random.default_rng(1).uniform(0.1, 10.0, (72, 1)).astype(np.float32)
    assert scores(Embeddings(embeddings.vocabulary, stretched), categories) == scores(embeddings, categories)


def scores(embeddings, categories, **options):
    return [outcome.score for outcome in score_categorization(look_up(embeddings, **options), categories)]


def test_random_categories_are_near_chance():
    embeddings, categories = planted(noise=1.0, dim=20)
    rng = np.random.default_rng(7)
    found = np.array(
        [
            scores(
                embeddings,
                Categories("r", "", categories.words, categories.categories, rng.permutation(categories.category)),
            )
            for _ in range(20)
        ]
    ).mean(axis=0)
    # The same clusters with shuffled labels: what chance is, of 72 words in 6 categories.
    clusters = score_categorization(look_up(embeddings), categories)[1].values[:, 1].astype(int)
    drawn = np.array([rng.permutation(categories.category) for _ in range(200)])
    chance = [
        np.mean([purity_hits(d, clusters).mean() for d in drawn]),
        np.mean([v_measure_score(d, clusters) for d in drawn]),
    ]
    assert found == pytest.approx(chance, abs=0.02)
    assert found[0] < 0.42 and found[1] < 0.22


@pytest.mark.parametrize("seed", range(6))
def test_metrics_equal_those_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    classes, clusters = rng.integers(0, 5, 40), rng.integers(0, 7, 40)
    assert purity_hits(classes, clusters).mean() == pytest.approx(
        contingency_matrix(classes, clusters).max(axis=0).sum() / 40
    )
    embeddings, categories = planted(noise=0.9, seed=seed)
    _, v = score_categorization(look_up(embeddings), categories)
    assert v.score == pytest.approx(v_measure_score(*v.values.T), abs=1e-12)
    assert 0.3 < v.score < 1.0


def test_purity_by_hand():
    # Manning, Raghavan and Schuetze (2008), figure 16.4: (5 + 4 + 3) / 17.
    clusters = np.repeat([0, 1, 2], [6, 6, 5])
    classes = np.array([0] * 5 + [1] + [0] + [1] * 4 + [2] + [0] * 2 + [2] * 3)
    assert purity_hits(classes, clusters).mean() == pytest.approx(12 / 17)
    # Two classes tie in a cluster: their items share the hits, whichever comes first.
    assert purity_hits(np.array([0, 1, 0, 1]), np.zeros(4, int)).tolist() == [0.5] * 4
    assert purity_hits(np.array([2, 1, 0]), np.zeros(3, int)).tolist() == pytest.approx([1 / 3] * 3)
    assert purity_hits(np.zeros(0, int), np.zeros(0, int)).shape == (0,)


def test_order_of_lines_does_not_matter():
    embeddings, categories = planted(noise=1.2)
    order = np.random.default_rng(3).permutation(len(categories))
    words = tuple(categories.words[i] for i in order)
    mixed = Categories("toy", "", words, categories.categories, categories.category[order])
    for one, other in zip(*(score_categorization(look_up(embeddings), c) for c in (categories, mixed)), strict=True):
        assert np.array_equal(one.values[order], other.values) and one.score == pytest.approx(other.score, abs=1e-12)
        assert other.items.tolist() == list(range(72))


def test_number_of_threads_does_not_matter(tmp_path):
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "import numpy as np;"
        "from wordvec.evaluate.categorization import _clustered;"
        "print(_clustered(np.random.default_rng(0).normal(size=(700, 20)), 30).tolist())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script, str(ROOT)],
            env={**os.environ, "OMP_NUM_THREADS": n, "OPENBLAS_NUM_THREADS": n},
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
        ).stdout
        for n in ("1", "2", "5")
    }
    assert len(found) == 1


def test_missing_policies():
    embeddings, categories = planted()
    words = ("gone", *categories.words[1:])
    held = Categories("toy", "", words, categories.categories, categories.category)
    skipped = evaluate_categorization(embeddings, held)
    assert skipped["n"].tolist() == [71, 71] and skipped["missing"].tolist() == [1, 1]
    for missing in ("zero", "mean"):
        table = evaluate_categorization(embeddings, held, missing=missing)
        assert table["n"].tolist() == [72, 72] and table["missing"].tolist() == [1, 1]
        assert table["policy"][0] == f"{missing} for unknown, ignore case"
    with pytest.raises(UnknownWordError, match="'gone' is not among the 72 words"):
        evaluate_categorization(embeddings, held, missing="error")
    unknown = Categories("toy", "", ("A", "B"), ("x", "y"), np.array([0, 1]))
    assert evaluate_categorization(embeddings, unknown, missing="zero")["score"].isna().all()


def test_nothing_left_is_no_score():
    embeddings, _ = planted()
    table = evaluate_categorization(embeddings, Categories("toy", "", ("A", "B"), ("x", "y"), np.array([0, 1])))
    assert table["score"].isna().all() and table["n"].tolist() == [0, 0] and table["missing"].tolist() == [2, 2]


def test_a_category_without_a_known_word_gets_no_cluster():
    embeddings, categories = planted(groups=3)
    names = (*categories.categories, "lost")
    held = Categories("toy", "", (*categories.words, "gone"), names, np.append(categories.category, 3))
    purity, v = score_categorization(look_up(embeddings), held)
    assert len(np.unique(v.values[:, 1])) == 3 and purity.score == 1.0


def test_a_word_on_two_lines_is_one_unit():
    embeddings, _ = planted(groups=2)
    held = categories_of("w000\tc0\nW000\tc0\nw012\tc1\nw013\tc1\nw013\tc0\n")
    assert held.notes == ("2 lines repeat a word; all are kept",)
    purity, _ = score_categorization(look_up(embeddings), held)
    assert purity.units[:, 0].tolist() == [0, 0, 1, 2, 2] and purity.score == pytest.approx(0.8)


@pytest.mark.parametrize(
    "text, options",
    [
        (",category,word\n0,animal,cat\n1,fruit,plum\n", {}),
        ("Word\tClass\ncat\tanimal\nplum\tfruit\n", {}),
        ("cat\tanimal\nplum\tfruit\n", {}),
        ("cat,animal\nplum,fruit\n", {}),
        ("animal;x;cat\nfruit;x;plum\n", {"columns": (3, 1)}),
        ("kind\twhat\nanimal\tcat\nfruit\tplum\n", {"columns": ("what", "kind")}),
    ],
)
def test_files(text, options):
    found = categories_of(text, **options)
    assert (found.words, found.categories, found.category.tolist()) == (("cat", "plum"), ("animal", "fruit"), [0, 1])


def test_lines_without_a_word_are_left_out_and_noted():
    found = categories_of("cat,animal\n,animal\nplum,fruit\n,fruit\n")
    assert found.words == ("cat", "plum") and found.notes == ("2 lines with a category and no word left out",)


def test_a_header_is_noted():
    assert categories_of(",category,word\n0,animal,cat\n1,fruit,plum\n").notes == (
        "columns 3 and 2 of 3",
        "line 1 taken for a header: category word",
    )


@pytest.mark.parametrize(
    "text, message",
    [
        ("word,category\n,animal\n,fruit\n", "toy.csv: expected words of two categories at least, got 0."),
        ("word,category\ncat,animal\nplum,\n", "toy.csv, line 3: the category is empty."),
        ("word,category\n", "toy.csv holds a header and no line below it."),
        ("cat,animal\ndog,animal\n", "toy.csv: expected words of two categories at least, got 1."),
        (
            "cat,animal\ndog\n",
            "toy.csv, line 2: expected 2 columns like the first line, got 1 (a comma between columns).",
        ),
        ("1,animal,cat\n", "toy.csv, line 1: cannot tell which of 3 columns are word and category (1, animal, cat); "),
    ],
)
def test_bad_files(text, message):
    with pytest.raises(FormatError) as caught:
        categories_of(text)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("name, words, categories", [("ap", 402, 21), ("bless", 200, 17), ("essli-2008", 45, 9)])
def test_real_sets(shared_data, name, words, categories):
    found = read_categories(shared_data / "eval" / "categorization" / f"{name}.csv")
    assert (len(found), len(found.categories)) == (words, categories)
