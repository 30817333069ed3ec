"""Word similarity: the metrics, the files, the table."""

import gzip
import hashlib
import lzma

import numpy as np
import pytest
import scipy.stats

from wordvec import Embeddings, Vocabulary
from wordvec.errors import FormatError, ParameterError, UnknownWordError
from wordvec.evaluate.geometry import cosines
from wordvec.evaluate.measures import SPEARMAN
from wordvec.evaluate.scores import Score
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.similarity import Pairs, evaluate_similarity, read_pairs


def random_embeddings(words, dim=7, seed=0):
    rng = np.random.default_rng(seed)
    vocabulary = Vocabulary(tuple(words), np.arange(len(words), 0, -1))
    return Embeddings(vocabulary, rng.normal(size=(len(words), dim)).astype(np.float32))


def pairs_of(text):
    return read_pairs(Dataset("toy.txt", text, "sha"))


def test_scores_rows_and_coverage():
    words = [f"w{i}" for i in range(60)]
    embeddings = random_embeddings(words)
    rng = np.random.default_rng(2)
    asked = (*((f"w{i}", f"W{(i * 7 + 1) % 60}") for i in range(60)), ("w1", "gone"))
    judged = rng.normal(size=61)
    table = evaluate_similarity(embeddings, Pairs("toy", "abc", asked, judged))
    cosines = [
        float(embeddings.similarities(a)[embeddings.vocabulary[b.lower()]]) for a, b in asked if b.lower() in embeddings
    ]
    assert tuple(table.columns) == Score._fields
    first = table.iloc[0]
    assert first["score"] == pytest.approx(scipy.stats.spearmanr(cosines, judged[:60]).statistic, abs=1e-6)
    assert first["low"] < first["score"] < first["high"]
    assert (first["n"], first["missing"], first["unit"], first["dataset_sha256"]) == (60, 1, "word", "abc")
    assert first["policy"] == "skip unknown, ignore case"


def test_agrees_with_gensim():
    gensim = pytest.importorskip("gensim")
    words = [f"w{i}" for i in range(80)]
    embeddings = random_embeddings(words, seed=5)
    keyed = gensim.models.KeyedVectors(7)
    keyed.add_vectors(words, embeddings.vectors)
    rng = np.random.default_rng(3)
    rows = [(f"w{i}", f"w{79 - i}", f"{rng.random():.3f}") for i in range(40)] + [("w1", "gone", "1.0")]
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.tsv"
        path.write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")
        theirs = keyed.evaluate_word_pairs(str(path), restrict_vocab=50)
        ours = evaluate_similarity(embeddings, path, restrict=50)
    assert ours["score"].tolist() == pytest.approx([theirs[1][0], theirs[0][0]], abs=1e-6)
    assert ours["missing"][0] / 41 == pytest.approx(theirs[2] / 100)
    assert ours["policy"][0] == "skip unknown, ignore case, first 50 words"


def test_case_and_missing_policies():
    embeddings = random_embeddings(["paris", "Rome", "oslo"])
    pairs = pairs_of("Paris rome 3\nOslo paris 2\nrome oslo 1\n")
    assert evaluate_similarity(embeddings, pairs)["n"][0] == 3
    assert evaluate_similarity(embeddings, pairs, case="keep")["n"][0] == 0
    with pytest.raises(UnknownWordError, match=r"'Paris' is not among the 3 words of this vocabulary. Did you mean"):
        evaluate_similarity(embeddings, pairs, case="keep", missing="error")
    with pytest.raises(ParameterError, match="missing must be 'skip', 'error', 'zero' or 'mean', got 'drop'"):
        evaluate_similarity(embeddings, pairs, missing="drop")
    with pytest.raises(ParameterError, match="case must be 'ignore' or 'keep', got 'fold'"):
        evaluate_similarity(embeddings, pairs, case="fold")
    with pytest.raises(ParameterError, match="restrict must be an integer >= 1, got 0"):
        evaluate_similarity(embeddings, pairs, restrict=0)


SIMLEX = "word1\tword2\tPOS\tSimLex999\tconc(w1)\tSD(SimLex)\nold\tnew\tA\t1.58\t2.72\t0.41\n"


@pytest.mark.parametrize(
    "text, words, score",
    [
        ("cat\tdog\t3.5\n", ("cat", "dog"), 3.5),
        ("cat dog 3.5\n\n", ("cat", "dog"), 3.5),
        ("  cat   dog  3.5\r\n", ("cat", "dog"), 3.5),
        ("Word1,Word2,1,2,Average Score\ncat,dog,0,9,3.5\n", ("cat", "dog"), 3.5),
        ('"cat","dog",3.5\n', ("cat", "dog"), 3.5),
        ("#Word1:Word2:Goldstandard:Pos1:Pos2\ncat:dog:3.5:n:n\n", ("cat", "dog"), 3.5),
        ("Word 1\tWord 2\tHuman (mean)\ncat\tdog\t3.5\n", ("cat", "dog"), 3.5),
        ("one;other;how much\ncat;dog;3.5\n", ("cat", "dog"), 3.5),
        ("renal failure\tkidney failure\t4\n", ("renal failure", "kidney failure"), 4.0),
        (SIMLEX, ("old", "new"), 1.58),
        ("sun-n sunny-j 50\n", ("sun", "sunny"), 50.0),
        ("follow-up visit-n 50\n", ("follow-up", "visit-n"), 50.0),
    ],
)
def test_columns_are_found_by_rule(text, words, score):
    found = pairs_of(text)
    assert found.words == (words,)
    assert found.scores.tolist() == [score]


def test_what_was_done_by_rule_is_noted():
    assert pairs_of(SIMLEX).notes == (
        "columns 1, 2 and 4 of 6",
        "line 1 taken for a header: word1 word2 POS SimLex999 conc(w1) SD(SimLex)",
    )
    assert pairs_of("cat dog two\nsea tea 3\n").notes == ("line 1 taken for a header: cat dog two",)
    assert pairs_of("sun-n sunny-j 50\n").notes == ("parts of speech such as '-n' cut off every word",)
    assert pairs_of("cat\tdog\t3.5\n").notes == ()


def test_columns_can_be_named():
    source = Dataset("x", "a\tb\tn\t3\t9\n", "")
    assert read_pairs(source, columns=(1, 2, 5)).scores.tolist() == [9.0]
    named = Dataset("x", "left\tright\tpos\tgood\na\tb\tn\t3\n", "")
    assert read_pairs(named, columns=("left", "right", "good")).words == (("a", "b"),)
    with pytest.raises(FormatError, match=r"x, line 1: there is no column 'best' among left, right, pos, good."):
        read_pairs(named, columns=("left", "right", "best"))


@pytest.mark.parametrize(
    "text, message",
    [
        ("a b 1\n\nc d two\n", "toy.txt, line 3: the score must be a number, got 'two'"),
        ("a b 1\nc d nan\n", "toy.txt, line 2: the score must be a number, got 'nan'"),
        ("a b 1\nc 2\n", "toy.txt, line 2: expected 3 columns like the first line, got 2"),
        ("a\t\t1\n", "toy.txt, line 1: a word is empty"),
        (
            "1\tBrazil\tn\tnut\tn\n",
            r"toy.txt, line 1: cannot tell which of 5 columns are word1, word2 and score \(1, Brazil, n, nut, n\); ",
        ),
        ("word1\tword2\tscore\n", "toy.txt holds a header and no line below it"),
        ("word1\tword2\tscore\tmean\na\tb\t1\t2\n", "cannot tell which of 4 columns"),
        ("alone\n", "cannot tell which of 1 columns"),
    ],
)
def test_bad_pair_files(text, message):
    with pytest.raises(FormatError, match=message):
        pairs_of(text)


@pytest.mark.parametrize("suffix, pack", [("", bytes), (".gz", gzip.compress), (".xz", lzma.compress)])
def test_compressed_files_have_the_digest_of_their_content(tmp_path, suffix, pack):
    content = "\ufeffcat\tdog\t3\n".encode()
    path = tmp_path / f"pairs.txt{suffix}"
    path.write_bytes(pack(content))
    found = read_pairs(path)
    assert (found.name, found.sha256) == ("pairs.txt", hashlib.sha256(content).hexdigest())
    assert found.words == (("cat", "dog"),)


def test_unreadable_files(tmp_path):
    with pytest.raises(FormatError, match=r"none.txt does not exist"):
        read_pairs(tmp_path / "none.txt")
    with pytest.raises(FormatError, match="is a folder; name a file"):
        read_pairs(tmp_path)
    for name, content, message in [
        ("empty.txt", b"\n", "empty.txt is empty"),
        ("latin.txt", b"a b 1\ncaf\xe9 b 2\n", "latin.txt, line 2: byte 9 is not UTF-8; convert the file, .*iconv"),
        ("cut.txt.gz", gzip.compress(b"a b 1\n")[:-9], "cut.txt.gz cannot be read"),
        ("no.txt.xz", b"plain", "no.txt.xz cannot be read"),
    ]:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(FormatError, match=message):
            read_pairs(tmp_path / name)


@pytest.mark.parametrize(
    "name, n",
    [
        ("EN-WS-353-ALL.txt", 353),
        ("SimLex-999.txt", 999),
        ("MEN_dataset_lemma_form.test", 1000),
        ("EN-MEN-TR-3k.txt", 3000),
        ("multilingual/MSimLex999_German.txt", 999),
        ("multilingual/wordsim353-russian.txt", 350),
        ("multilingual/gurevych-wortpaare65.gold.pos.txt", 65),
        ("semeval2017-task2/en.test.txt", 500),
    ],
)
def test_published_sets(shared_data, name, n):
    path = shared_data / "eval" / "similarity" / name
    assert len(read_pairs(path)) == n


def test_three_pairs_prove_nothing():
    embeddings = Embeddings(
        Vocabulary(("a", "b", "c", "d"), np.arange(4, 0, -1)), np.array([[1, 0], [1, 0.1], [1, 1], [0, 1]], np.float32)
    )
    pairs = read_pairs(Dataset("three", "a b 9\na c 5\na d 1\n", ""))
    table = evaluate_similarity(embeddings, pairs)
    assert table["score"].tolist()[0] == 1.0
    assert table[["low", "high", "unit"]].values.tolist() == [[-1.0, 1.0, "word (too few)"]] * 2


def test_other_columns_are_another_test_set():
    """What is scored on other judgements of the same file must not be compared."""
    source = Dataset("x", "a b 1 9\nb c 2 8\nc a 3 9\n", "00")
    assert read_pairs(source, columns=(1, 2, 4)).name == "x, columns 1 2 4"
    assert read_pairs(source, columns=(1, 2, 3)).name != read_pairs(source, columns=(1, 2, 4)).name


def test_pairs_of_equal_vectors_tie():
    rng = np.random.default_rng(4)
    one = rng.normal(size=(40, 33))
    scaled = one * rng.uniform(0.1, 9.0, size=(40, 1))
    assert (cosines(one, scaled) == 1.0).all(), "whatever their lengths"
    assert np.isnan(SPEARMAN.score(np.stack([cosines(one, scaled), rng.random(40)], axis=1)))
