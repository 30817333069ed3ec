"""Relation sets: best z, AUC by relation, classifiers, the two forms of BLESS."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from wordvec import Embeddings, Vocabulary
from wordvec.errors import FormatError, UnknownWordError
from wordvec.evaluate.folds import group_folds, word_folds
from wordvec.evaluate.measures import BEST_Z
from wordvec.evaluate.relations import evaluate_relations, read_relations, score_relations
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.words import look_up


def toy(text, **options):
    return read_relations(Dataset("toy.csv", text, "sha"), **options)


def slow_best_z(values, weights):
    """The mean over concepts, each weighed."""
    total = weight = 0.0
    for concept, w in weights.items():
        part = values[values[:, 3] == concept]
        best = {kind: part[part[:, 1] == kind, 0].max() for kind in set(part[:, 1])}
        asked = set(part[part[:, 2] > 0, 1])
        if asked and np.std(list(best.values())) > 0:
            z = (best[asked.pop()] - np.mean(list(best.values()))) / np.std(list(best.values()))
            total, weight = total + w * z, weight + w
    return total / weight


def test_best_z_and_what_each_concept_adds():
    rng = np.random.default_rng(5)
    kinds, concepts = rng.integers(0, 4, 80), rng.integers(0, 12, 80)
    values = np.stack([rng.normal(size=80), kinds, kinds == 2, concepts], axis=1)
    weights = {concept: 1.0 for concept in set(values[:, 3])}
    assert BEST_Z.score(values) == pytest.approx(slow_best_z(values, weights), abs=1e-12)
    influence = BEST_Z.influence(values)
    assert influence.sum() == pytest.approx(0.0, abs=1e-12)
    for concept in weights:
        up, down = (slow_best_z(values, {**weights, concept: 1.0 + step}) for step in (1e-6, -1e-6))
        assert influence[values[:, 3] == concept].sum() == pytest.approx((up - down) / 2e-6, abs=1e-8)


def planted(concepts=40, dim=24, seed=2, noise=0.3):
    """Each relation is an offset of its own from the concept; no related word is shared."""
    rng = np.random.default_rng(seed)
    offsets = {name: 6.0 * np.eye(dim)[i] for i, name in enumerate(("coord", "hyper", "mero"))}
    words, rows, lines = [], [], ["word1,word2,relation"]
    for c in range(concepts):
        center = np.concatenate([np.zeros(3), rng.normal(size=dim - 3)])
        words.append(f"c{c}")
        rows.append(center)
        for name, offset in offsets.items():
            for k in range(2):
                words.append(f"{name}{c}x{k}")
                rows.append(center + offset + rng.normal(0, noise, dim))
                lines.append(f"c{c},{words[-1]},{name}")
    vectors = np.array(rows, dtype=np.float32)
    return Embeddings(Vocabulary(tuple(words), np.arange(len(words), 0, -1)), vectors), "\n".join(lines) + "\n"


def test_planted_relations_are_told_apart():
    embeddings, text = planted()
    table = evaluate_relations(embeddings, toy(text)).set_index(["dataset", "metric"])
    for split in ("other concepts", "no shared words"):
        assert table.loc[("toy.csv: all", f"b - a accuracy, {split}"), "score"] == 1.0
        assert table.loc[("toy.csv: macro", f"b - a accuracy, {split}"), "score"] == 1.0
    assert table.loc[("toy.csv: all", "majority (baseline) accuracy"), "score"] == pytest.approx(1 / 3)
    assert set(table["n"][table.index.get_level_values(0) == "toy.csv: all"]) == {240}
    assert set(table["n"][table.index.get_level_values(0) == "toy.csv: hyper"]) == {240, 80}
    zs = [table.loc[(f"toy.csv: {name}", "best z"), "score"] for name in ("coord", "hyper", "mero")]
    assert sum(zs) == pytest.approx(0.0, abs=1e-12)  # z of all relations of a concept


def test_auc_and_macro_agree_with_scikit_learn():
    embeddings, text = planted(seed=8, noise=6.0)
    data = toy(text)
    outcomes = {(o.dataset, o.metric): o for o in score_relations(look_up(embeddings), data)}
    similar = np.array([embeddings.similarities(a)[embeddings.vocabulary[b]] for a, b in data.words])
    for k, name in enumerate(data.names):
        expected = roc_auc_score(data.relation == k, similar)
        assert outcomes[(f"toy.csv: {name}", "cosine AUC")].score == pytest.approx(expected, abs=1e-3)  # float32
    whole = outcomes[("toy.csv: all", "b - a accuracy, no shared words")]
    assert 0.3 < whole.score < 1.0
    hits = whole.values[:, 0]
    guessed = np.where(hits == 1.0, data.relation, (data.relation + 1) % 3)
    macro = outcomes[("toy.csv: macro", "b - a accuracy, no shared words")]
    assert macro.score == pytest.approx(balanced_accuracy_score(data.relation, guessed), abs=1e-12)


def test_the_unit_is_the_concept():
    embeddings, text = planted()
    for outcome in score_relations(look_up(embeddings), toy(text)):
        assert outcome.unit == "concept" and outcome.units.shape == (len(outcome), 1)
    assert len(np.unique(outcome.units)) == 40


def test_the_order_of_lines_does_not_matter():
    embeddings, text = planted(15, seed=8, noise=6.0)
    header, *lines = text.splitlines()
    one = evaluate_relations(embeddings, toy(text))
    other = evaluate_relations(embeddings, toy("\n".join([header, *lines[::-1]])))
    assert one["score"].tolist() == pytest.approx(other["score"].tolist(), abs=1e-12)
    assert one["low"].tolist() == pytest.approx(other["low"].tolist(), abs=1e-9)


def test_missing_policies():
    embeddings, text = planted(6)
    asked = toy(text + "c1,gone,hyper\ngone,c2,coord\n")
    row = evaluate_relations(embeddings, asked).set_index(["dataset", "metric"])
    assert row.loc[("toy.csv: all", "b - a accuracy, other concepts"), ["n", "missing"]].tolist() == [36, 2]
    assert row.loc[("toy.csv: hyper", "b - a accuracy, other concepts"), ["n", "missing"]].tolist() == [12, 1]
    for policy in ("zero", "mean"):
        table = evaluate_relations(embeddings, asked, missing=policy).set_index(["dataset", "metric"])
        assert table.loc[("toy.csv: hyper", "best z"), ["n", "missing"]].tolist() == [38, 2]
    with pytest.raises(UnknownWordError, match="'gone' is not among"):
        evaluate_relations(embeddings, asked, missing="error")
    nothing = evaluate_relations(embeddings, toy("word1,word2,relation\nx,y,hyper\nx,z,mero\n"))
    assert nothing["score"].isna().all() and set(nothing["n"]) == {0}


def test_the_form_in_which_bless_was_published():
    text = "frog-n\tamphibian\thyper\tanimal-n\nfrog-n\tamphibian\trandom-j\told-j\nfrog-n\tamphibian\tevent\tjump-v\n"
    found = toy(text)
    assert found.names == ("event", "hyper", "random")
    assert found.words == (("frog", "animal"), ("frog", "old"), ("frog", "jump"))
    assert found.notes[:3] == (
        "columns 1, 4 and 3 of 4",
        "parts of speech such as '-n' cut off every word",
        "pairs: event 1, hyper 1, random 1",
    )


def test_what_is_left_out_and_what_repeats_is_noted():
    found = toy(",word1,word2,relation\n0,a,b,?\n1,a,c,x\n2,a,c,y\n3,A,d,y\n4,a,e,\n")
    assert len(found) == 3
    assert found.notes[:5] == (
        "columns 2, 3 and 4 of 4",
        "line 1 taken for a header: word1 word2 relation",
        "2 lines without a relation ('?' or empty) left out",
        "pairs: x 1, y 2",
        "2 lines hold 1 pairs more than once; all kept; relations differ in 1",
    )
    assert len(found.concepts()[1]) == 1
    assert toy("a b hyper\na c mero\n", columns=(1, 2, 3)).names == ("hyper", "mero")


@pytest.mark.parametrize(
    "text, message",
    [
        (
            "a,b,hyper\n",
            r"toy.csv, line 1: cannot tell which of 3 columns are concept, related word and relation \(a, b, hyper\); "
            r"keep to 4 or name them: columns=\(1, 2, 3\) in Python",
        ),
        ("word1,word2,relation\na,b,hyper\na,c\n", "toy.csv, line 3: expected 3 columns like the first line, got 2"),
        ("word1,word2,relation\na,b,hyper\n", r"toy.csv: expected 2 to 17 relations, got 1 \(hyper\)"),
        ("word1,word2,relation\n", "toy.csv holds a header and no line below it"),
        ("word1,word2,relation\na,,hyper\n", "line 2: a word is empty"),
        ("word1,word2,relation\n" + "".join(f"a,b{i},r{i}\n" for i in range(18)), "got 18"),
    ],
)
def test_bad_files(text, message):
    with pytest.raises(FormatError, match=message):
        toy(text)


def test_published_set(shared_data):
    found = read_relations(shared_data / "eval" / "relations" / "bless.csv.xz")
    assert len(found) == 26550
    assert found.notes[2:5] == (
        "3 lines without a relation ('?' or empty) left out",
        "pairs: attri 2786, coord 3602, event 3877, hyper 1279, mero 2878, random 12128",
        "480 lines hold 240 pairs more than once; all kept; relations differ in 0",
    )
    numbers, names = found.concepts()
    assert len(names) == 200
    for fold in group_folds(numbers, names):
        assert not set(numbers[fold.test]) & set(numbers[fold.train])
    words = np.array([[one.casefold(), other.casefold()] for one, other in found.words])
    for fold in word_folds(found.words):
        assert not set(words[fold.test].ravel()) & set(words[fold.train].ravel())
        assert len(np.unique(found.relation[fold.train])) == 6
