"""``wordvec retrofit``: vectors and a graph in, vectors, an account and scores out."""

import numpy as np
import pytest
from small_vectors import planted, run, table

from wordvec import Embeddings

PAIRS = "france\tparis\t9\nitaly\trome\t8\nspain\tmadrid\t7\nfrance\titaly\t2\nsea\tathens\t1\nparis\tocean\t5\n"


@pytest.fixture
def graph(tmp_path):
    path = tmp_path / "graph.txt"
    path.write_text("france paris Italy\nspain italy atlantis\natlantis lemuria\nocean mu \x01\n", encoding="utf-8")
    return path


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text(PAIRS, encoding="utf-8")
    return path


def lines(path):
    return [line.split("\t") for line in path.read_text("utf-8").splitlines()]


def test_words_of_the_graph_move_and_others_keep_their_bits(vectors, graph, tmp_path):
    result = run("retrofit", vectors, "--graph", graph, "-o", tmp_path / "out.wv")
    assert result.exit_code == 0, result.stderr
    assert "Lexicon(4 of 9 words, 3 edges: synonym)" in result.stderr
    assert "9 words, 5 dimensions" in result.stderr and "converged: relative residual" in result.stderr
    found, before = Embeddings.load(tmp_path / "out.wv"), planted()
    for word in before.vocabulary:
        assert np.array_equal(found[word], before[word]) == (word not in ("france", "paris", "italy", "spain"))
    assert found.metadata["retrofit"]["solver"] == "gauss_seidel"


def test_nodes_without_a_vector_get_one(vectors, graph, tmp_path):
    result = run(
        "retrofit", vectors, "--graph", graph, "-o", tmp_path / "out.wv", "--method", "expanded", "--no-center"
    )
    assert result.exit_code == 0, result.stderr
    assert "2 nodes without a vector got one, up to 2 edges from a word" in result.stderr
    assert "3 have no path to a word and were left out: '\\x01', mu, ocean" in result.stderr
    found = Embeddings.load(tmp_path / "out.wv")
    assert found.vocabulary.words[9:] == ("atlantis", "lemuria")
    assert found.metadata["retrofit"]["center"] is False and found.metadata["retrofit"]["unit"] is True


def test_maps_are_told(vectors, graph, tmp_path):
    result = run(
        "retrofit", vectors, "--graph", graph, "-o", tmp_path / "out.wv", "--method", "functional", "--penalty", "1"
    )
    assert result.exit_code == 0, result.stderr
    assert "synonym: a map from 6 edges leaves 0." in result.stderr


def test_settings_reach_the_method(vectors, graph, tmp_path):
    options = (
        "--solver direct --alpha 2 --beta weight --relations synonym --relation-weight synonym=0.5 --unit --center"
    )
    result = run("retrofit", vectors, "--graph", graph, "-o", tmp_path / "out.wv", *options.split())
    assert result.exit_code == 0, result.stderr
    found = Embeddings.load(tmp_path / "out.wv").metadata
    assert found["prepared"] == ["center", "unit"] and found["settings"]["retrofit"]["alpha"] == 2.0
    assert found["retrofit"]["solver"] == "direct" and found["retrofit"]["beta"] == "weight"
    assert found["retrofit"]["lexicon"]["relation_weights"] == {"synonym": 0.5}


def test_test_pairs_are_excluded_scored_and_accounted_for(vectors, graph, pairs, tmp_path):
    output, account = tmp_path / "out.wv", tmp_path / "account.tsv"
    shared = ["--evaluate", pairs, "--account", account, "--format", "tsv"]
    result = run("retrofit", vectors, "--graph", graph, "-o", output, *shared, "--exclude-eval", pairs)
    assert "2 edges left out that are one of 6 test pairs" in result.stderr  # france with paris, and with italy
    assert "account.pairs.tsv: " in result.stderr
    (row,) = table(result)
    assert row["dataset"] == "pairs.tsv" and row["metric"] == "spearman" and (row["n"], row["missing"]) == ("5", "1")
    assert float(row["difference"]) == pytest.approx(float(row["after"]) - float(row["before"]), abs=1e-5)
    words = lines(account)
    assert words[0] == ["word", "degree", "cosine", "distance", "pull", "pulled_by"]
    assert sorted(line[0] for line in words[1:]) == ["italy", "spain"]
    moved = lines(tmp_path / "account.pairs.tsv")
    assert len(moved) == 6 and moved[0][:3] == ["dataset", "word1", "word2"]
    again = run("retrofit", vectors, "--graph", graph, "-o", tmp_path / "other.wv", *shared)
    assert again.exit_code == 3 and "account.tsv exists; choose another output" in again.stderr
    assert not (tmp_path / "other.wv").exists()
    assert run("retrofit", vectors, "--graph", graph, "-o", output, *shared, "--overwrite").exit_code == 0


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--penalty", "1"], 2, "--penalty is no option of --method faruqui; leave it out."),
        (["--method", "expanded", "--solver", "cg"], 2, "--solver is no option of --method expanded"),
        (["--relation-weight", "synonym"], 2, "--relation-weight must be NAME=W, such as hypernym=0.5, got 'synonym'."),
        (["--relation-weight", "synonym=x"], 2, "--relation-weight must be NAME=W"),
        (["--relations", "antonym"], 2, "relation 'antonym' is not among those of the lexicon (synonym)."),
        (["--alpha", "0"], 2, "alpha must be a finite number above 0, got 0.0"),
        (["--exclude-eval", "nowhere.tsv"], 3, "nowhere.tsv"),
    ],
)
def test_mistakes_are_one_line(vectors, graph, tmp_path, options, code, message):
    result = run("retrofit", vectors, "--graph", graph, "-o", tmp_path / "out.wv", *options)
    assert result.exit_code == code and message in result.stderr
    assert not (tmp_path / "out.wv").exists()


def test_a_graph_of_other_words_is_an_error(vectors, tmp_path):
    graph = tmp_path / "graph.txt"
    graph.write_text("katze hund\n", encoding="utf-8")
    result = run("retrofit", vectors, "--graph", graph, "-o", tmp_path / "out.wv")
    assert result.exit_code == 3 and "the lexicon joins no two words of these vectors" in result.stderr
    assert not (tmp_path / "out.wv").exists()


def test_a_graph_that_leaves_nothing_after_exclusion_is_an_error(vectors, pairs, tmp_path):
    graph = tmp_path / "graph.txt"
    graph.write_text("france paris\n", encoding="utf-8")
    result = run("retrofit", vectors, "--graph", graph, "-o", tmp_path / "out.wv", "--exclude-eval", pairs)
    assert result.exit_code == 3 and "1 edges left out" in result.stderr and "joins no two words" in result.stderr
