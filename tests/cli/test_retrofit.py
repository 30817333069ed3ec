"""``wordvec retrofit``: vectors and a graph in, vectors, an account and scores out."""

import numpy as np
import pytest
from small_vectors import planted, run, table

from wordvec import Embeddings
from wordvec.files.models import find_configurations

PAIRS = "france\tparis\t9\nitaly\trome\t8\nspain\tmadrid\t7\nfrance\titaly\t2\nsea\tathens\t1\nparis\tocean\t5\n"


@pytest.fixture
def graph(tmp_path):
    path = tmp_path / "synonyms.txt"
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
    options = "--solver direct --alpha 2 --beta weight --relation synonym --relation-weight synonym=0.5 --unit --center"
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
        (["--relation-weight", "part=2"], 2, "--relation-weight must be of synonym, got 'part'."),
        (["--relation", "antonym"], 2, "relations must be among those of the graph, got 'antonym'. It has synonym."),
        (["--repel", "1"], 2, "--repel is no option of --method faruqui; leave it out."),
        (["--synonym-relation", "x"], 2, "--synonym-relation is no option of --method faruqui; leave it out."),
        (
            ["--method", "attract-repel", "--no-unit"],
            2,
            "--no-unit is no option of --method attract-repel, which works",
        ),
        (["--graph", "=x"], 2, "--graph must be FILE or NAME=FILE, such as antonym=list.txt, got '=x'."),
        (["--graph", "related=synonyms.txt", "--graph", "synonyms.txt"], 2, "--graph names synonyms.txt twice."),
        (["--alpha", "0"], 2, "alpha must be a finite number above 0, got 0.0"),
        (["--exclude-eval", "nowhere.tsv"], 3, "nowhere.tsv"),
    ],
)
def test_mistakes_are_one_line(vectors, graph, tmp_path, options, code, message):
    result = run("retrofit", vectors, "--graph", graph, "-o", tmp_path / "out.wv", *options)
    assert result.exit_code == code and message in result.stderr
    assert not (tmp_path / "out.wv").exists()


def test_a_graph_of_other_words_is_an_error(vectors, tmp_path):
    graph = tmp_path / "synonyms.txt"
    graph.write_text("katze hund\n", encoding="utf-8")
    result = run("retrofit", vectors, "--graph", graph, "-o", tmp_path / "out.wv")
    assert result.exit_code == 3 and "the graph links no two words of the vocabulary" in result.stderr
    assert not (tmp_path / "out.wv").exists()


def test_a_graph_that_leaves_nothing_after_exclusion_is_an_error(vectors, pairs, tmp_path):
    graph = tmp_path / "graph.txt"
    graph.write_text("france paris\n", encoding="utf-8")
    result = run("retrofit", vectors, "--graph", graph, "-o", tmp_path / "out.wv", "--exclude-eval", pairs)
    assert result.exit_code == 3 and "1 edges left out" in result.stderr and "joins no two words" in result.stderr


@pytest.fixture
def opposites(tmp_path):
    """Lists whose names do not say what they are."""
    (tmp_path / "near.txt").write_text("france italy\nspain greece\n", encoding="utf-8")
    (tmp_path / "far.txt").write_text("france Paris\nspain greece\n", encoding="utf-8")
    return [f"synonym={tmp_path / 'near.txt'}", "--graph", f"antonym={tmp_path / 'far.txt'}"]


@pytest.mark.parametrize(
    ("method", "settings", "record"),
    [
        ("counter-fitting", ["--repel", "0.5", "--attract", "0.2", "--iterations", "5"], "counter_fitting"),
        ("attract-repel", ["--batch", "2", "--epochs", "3", "--lr", "0.1", "--seed", "7"], "attract_repel"),
    ],
)
def test_synonyms_and_antonyms_from_two_lists(vectors, opposites, pairs, tmp_path, method, settings, record):
    output, account = tmp_path / "out.wv", tmp_path / "account.tsv"
    asked = ["--evaluate", pairs, "--account", account, "--format", "tsv"]
    result = run("retrofit", vectors, "--graph", *opposites, "-o", output, "--method", method, *settings, *asked)
    (row,) = table(result)
    assert row["n"] == "5" and row["before"] != ""
    assert "5 words in 1 synonym and 2 antonym pairs" in result.stderr and "1 pairs are both" in result.stderr
    assert "loss " in result.stderr and "move together too" not in result.stderr
    found, before = Embeddings.load(output), planted()
    assert found.similarities("france")[4] < before.similarities("france")[4]
    if method == "counter-fitting":  # a synonym alone in its batch has no other words to be compared with
        assert found.similarities("france")[1] > before.similarities("france")[1]
    assert np.allclose(found["rome"], before["rome"] / np.linalg.norm(before["rome"]))
    kept = found.metadata[record]["settings"]
    assert all(float(settings[i + 1]) == kept[settings[i][2:]] for i in range(0, len(settings), 2))
    moves = {line[0]: line for line in lines(account)}
    assert "italy (synonym " in moves["france"][5] and "paris (antonym " in moves["france"][5]
    assert moves["paris"][5] == "france (antonym 1.00)"
    assert len(lines(tmp_path / "account.pairs.tsv")) == 6


def test_relations_of_other_names_are_synonyms_and_antonyms(vectors, opposites, tmp_path):
    lists = [text.replace("synonym=", "alike=").replace("antonym=", "unlike=") for text in opposites]
    to = ["-o", tmp_path / "out.wv", "--method", "counter-fitting"]
    result = run("retrofit", vectors, "--graph", *lists, *to)
    assert result.exit_code == 3 and "(--synonym-relation, --antonym-relation)" in result.stderr
    named = ["--synonym-relation", "alike", "--antonym-relation", "unlike", "--account", tmp_path / "account.tsv"]
    result = run("retrofit", vectors, "--graph", *lists, *to, *named)
    assert result.exit_code == 0, result.stderr
    assert "2 antonym pairs" in result.stderr
    # Spain and Greece are both alike and unlike: the edges pull and push alike, so that nothing is left of them.
    assert any(line[5] == "france (unlike 1.00)" for line in lines(tmp_path / "account.tsv"))


def test_methods_that_know_no_antonyms_say_so(vectors, opposites, tmp_path):
    result = run("retrofit", vectors, "--graph", *opposites, "-o", tmp_path / "out.wv")
    assert result.exit_code == 0, result.stderr
    assert (
        "antonyms move together too by --method faruqui; choose relations by --relation, or a method" in result.stderr
    )


def test_maps_are_learnt_in_the_direction_of_the_edges(vectors, tmp_path):
    (tmp_path / "edges.tsv").write_text("source\ttarget\trelation\nparis\tfrance\tcapital\nrome\titaly\tcapital\n")
    for method, edges in (("functional", 2), ("faruqui", 4)):
        line = ["--graph", tmp_path / "edges.tsv", "-o", tmp_path / f"{method}.wv", "--method", method]
        assert run("retrofit", vectors, *line).exit_code == 0
        assert Embeddings.load(tmp_path / f"{method}.wv").metadata["retrofit"]["edges"] == edges


def test_formats_languages_and_directions_of_graphs(vectors, graph, tmp_path):
    (tmp_path / "edges.tsv").write_text("source\ttarget\nrome\titaly\n")
    both = ["retrofit", vectors, "--graph", graph, "--graph", tmp_path / "edges.tsv", "-o", tmp_path / "out.wv"]
    result = run(*both)
    assert result.exit_code == 2 and "give --directed or --undirected (directed=True" in result.stderr
    result = run(*both, "--undirected")
    assert result.exit_code == 0 and "Lexicon(5 of 9 words, 4 edges: related, synonym)" in result.stderr
    one = ["retrofit", vectors, "-o", tmp_path / "other.wv", "--graph"]
    assert run(*one, graph, "--graph-format", "pairs").exit_code == 3
    result = run(*one, graph, "--graph-language", "deu")
    assert result.exit_code == 2 and "languages must be among those that were read" in result.stderr
    run("graph", "convert", graph, "-o", tmp_path / "g.wvg")
    result = run(*one, f"antonym={tmp_path / 'g.wvg'}")
    assert result.exit_code == 2 and "g.wvg (wvg) has its own; leave 'antonym' out" in result.stderr


def test_seeds_that_were_moved_alike_are_seeds_and_others_are_not(vectors, opposites, tmp_path):
    for seed in (1, 2):
        planted(0.1, seed).save(tmp_path / f"plain-{seed}.wv")
    made = {}
    for name, more in (("cf", ["counter-fitting"]), ("ar", ["attract-repel", "--batch", "2"]), ("re", ["faruqui"])):
        for seed in (1, 2):
            made[name, seed] = tmp_path / f"{name}-{seed}.wv"
            line = ["retrofit", tmp_path / f"plain-{seed}.wv", "--graph", *opposites, "-o", made[name, seed]]
            result = run(*line, "--method", *more)
            assert result.exit_code == 0, result.stderr
        told = find_configurations([str(made[name, 1]), str(tmp_path / "plain-2.wv")])
        assert len(told) == 2
        assert len(find_configurations([str(made[name, seed]) for seed in (1, 2)])) == 1
    assert len(find_configurations([str(made["cf", 1]), str(made["re", 2]), str(made["ar", 2])])) == 3


@pytest.mark.parametrize("options", [["--alpha", "0"], ["--method", "attract-repel", "--lr", "-1"]])
def test_settings_are_looked_at_before_the_graph(vectors, tmp_path, options):
    result = run("retrofit", vectors, "--graph", tmp_path / "nowhere.txt", "-o", tmp_path / "out.wv", *options)
    assert result.exit_code == 2 and " must be " in result.stderr and "nowhere" not in result.stderr
