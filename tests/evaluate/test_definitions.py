"""Reverse dictionary: planted dictionaries, words left out, policies, files."""

import numpy as np
import pytest

from wordvec import Embeddings, Vocabulary
from wordvec.errors import FormatError, ParameterError, UnknownWordError
from wordvec.evaluate.definitions import Definitions, evaluate_definitions, read_definitions, score_definitions
from wordvec.evaluate.pooling import pool
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.words import look_up


def embeddings_of(words, rows, counts=None):
    counts = np.arange(len(words), 0, -1) if counts is None else counts
    return Embeddings(Vocabulary(tuple(words), counts), np.asarray(rows, np.float32))


def definitions_of(text, **options):
    return read_definitions(Dataset("toy.tsv", text, "sha"), **options)


def planted(defined=40, tokens=60, dim=16, pooling="sif", seed=0):
    """A dictionary whose words lie where their definitions do."""
    rng = np.random.default_rng(seed)
    parts = [f"t{i}" for i in range(tokens)]
    texts = [" ".join(rng.choice(parts, 6)) for _ in range(defined)]
    rows = rng.normal(size=(tokens, dim))
    counts = rng.integers(1, 5000, tokens)
    lookup = look_up(embeddings_of(parts, rows, counts))
    places, _ = pool(lookup, [text.split() for text in texts], pooling=pooling)
    words = [f"d{i}" for i in range(defined)]
    counts = np.concatenate([counts, np.zeros(defined, int)])
    embeddings = embeddings_of(parts + words, np.concatenate([rows, 3.0 * places]), counts)
    return embeddings, Definitions("toy", "abc", tuple((word,) for word in words), tuple(texts))


def scores(embeddings, definitions, look=None, **options):
    return [outcome.score for outcome in score_definitions(look_up(embeddings, **(look or {})), definitions, **options)]


@pytest.mark.parametrize("pooling", ["sif", "mean"])
@pytest.mark.parametrize("candidates", ["defined", "all"])
def test_a_planted_dictionary_is_read_backwards(pooling, candidates):
    embeddings, definitions = planted(pooling=pooling)
    table = evaluate_definitions(embeddings, definitions, pooling=pooling, candidates=candidates)
    assert table["metric"].tolist() == [f"{pooling} P@1", f"{pooling} P@10", f"{pooling} MRR"]
    assert table["score"].tolist() == [1.0, 1.0, 1.0] and table["n"].tolist() == [40] * 3
    assert table["policy"][0] == f"skip unknown, ignore case, among {candidates} words"
    assert table["unit"].tolist() == ["word (exact)"] * 3 and table["task"][0] == "reverse dictionary"


def test_random_definitions_are_at_chance():
    embeddings, definitions = planted(defined=400)
    order = np.random.default_rng(1).permutation(400)
    shuffled = Definitions("r", "", definitions.words, tuple(definitions.texts[i] for i in order))
    first, ten, mrr = score_definitions(look_up(embeddings), shuffled)
    assert first.score < 0.02 and ten.score == pytest.approx(10 / 400, abs=0.025)
    assert mrr.score == pytest.approx(np.mean(1 / np.arange(1, 401)), abs=0.015)


def plain_ranks(embeddings, definitions, weights, exclude):
    """The rank of each word by hand: cosines one by one, tokens by white space, nothing ties."""
    vectors = embeddings.vectors.astype(float)
    index = {word: i for i, word in enumerate(embeddings.vocabulary.words)}
    defined = sorted({index[w] for words in definitions.words for w in words if w in index})
    ranks = []
    for words, text in zip(definitions.words, definitions.texts, strict=True):
        rows = [index[t] for t in text.split() if t in index and t not in words]
        query = sum(weights[row] * vectors[row] for row in rows) / len(rows)
        for word in words:
            if word not in index:
                continue
            barred = {index[w] for w in words if w in index and w != word} | (set(rows) if exclude else set())
            near = [vectors[r] @ query / np.linalg.norm(vectors[r]) for r in defined if r not in barred]
            own = vectors[index[word]] @ query / np.linalg.norm(vectors[index[word]])
            ranks.append(1 + sum(value > own + 1e-9 for value in near))
    return np.array(ranks)


@pytest.mark.parametrize("exclude", [True, False])
@pytest.mark.parametrize("pooling", ["sif", "mean"])
def test_ranks_equal_their_plain_twin(pooling, exclude):
    rng = np.random.default_rng(5)
    names = [f"w{i}" for i in range(80)]
    embeddings = embeddings_of(names, rng.normal(size=(80, 5)), rng.integers(1, 900, 80))
    pool_of = [*names, "unknown"]
    lines = [
        (tuple(rng.choice(pool_of, rng.integers(1, 4), replace=False)), " ".join(rng.choice(pool_of, 7)))
        for _ in range(50)
    ]
    definitions = Definitions("toy", "", tuple(words for words, _ in lines), tuple(text for _, text in lines))
    counts = embeddings.vocabulary.counts
    weights = 1e-3 / (1e-3 + counts / counts.sum()) if pooling == "sif" else np.ones(80)
    ranks = plain_ranks(embeddings, definitions, weights, exclude)
    found = score_definitions(look_up(embeddings), definitions, pooling=pooling, exclude=exclude)
    assert found[0].values[:, 0].tolist() == (ranks == 1).tolist()
    assert found[1].values[:, 0].tolist() == (ranks <= 10).tolist()
    np.testing.assert_allclose(found[2].values[:, 0], 1 / ranks)
    assert found[0].missing == sum("unknown" in words for words, _ in lines)
    assert found[0].policy.endswith("among defined words" if exclude else "among defined words, the text's own too")


def test_the_defined_words_are_left_out_of_the_text():
    embeddings = embeddings_of(["New_York", "city", "town", "place"], [[1, 0], [0.2, 1], [0.3, 1], [0, 1]])
    lookup = look_up(embeddings)
    given = Definitions("toy", "", (("city", "town"), ("New York",)), ("City: TOWN, a place", "a town"))
    for text in ("City: TOWN, a place", "a place"):  # the same with and without them
        (_, _, mrr) = score_definitions(lookup, Definitions("toy", "", given.words, (text, "a town")))
        assert mrr.values[:, 0].tolist() == [1.0, 1.0, 0.5]
    only = Definitions("toy", "", given.words, ("City, town", "town"))
    first, *_ = score_definitions(lookup, only)
    assert (first.items.tolist(), first.missing) == ([2], 2)  # nothing is left of the text
    first, *_ = score_definitions(look_up(embeddings, missing="error"), only)
    assert (first.items.tolist(), first.missing) == ([2], 2)  # and no word is unknown
    last = Definitions("toy", "", (*only.words, ("gone",)), (*only.texts, "a town"))
    with pytest.raises(UnknownWordError, match="'gone' is not among the 4 words"):
        score_definitions(look_up(embeddings, missing="error"), last)


def test_words_of_one_text_do_not_compete():
    embeddings = embeddings_of(["big", "huge", "vast", "plum"], [[1, 0.1], [1, 0], [1, 0.3], [0, 1]])
    together = Definitions("toy", "", (("huge", "vast"), ("plum",)), ("big", "big"))
    assert scores(embeddings, together)[0] == pytest.approx(2 / 3)
    apart = Definitions("toy", "", (("huge",), ("vast",), ("plum",)), ("big", "big", "big"))
    assert scores(embeddings, apart)[0] == pytest.approx(1 / 3)


def test_words_of_the_text_are_no_answers_unless_asked():
    embeddings = embeddings_of(["big", "huge", "plum"], [[1, 0.1], [1, 0.4], [0, 1]])
    given = Definitions("toy", "", (("huge",), ("big",)), ("big", "huge"))
    assert scores(embeddings, given) == [1.0, 1.0, 1.0]
    assert scores(embeddings, given, exclude=False) == [0.0, 1.0, 0.5]
    assert scores(embeddings, given, exclude=False, candidates="all") == [0.0, 1.0, 0.5]


def test_ties_are_shared():
    embeddings = embeddings_of(["x", "a", "b", "c"], [[1, 0], [1, 1], [1, 1], [0, 1]])
    given = Definitions("toy", "", (("a",), ("b",), ("c",)), ("x", "x", "x"))
    first, _, mrr = score_definitions(look_up(embeddings), given)
    assert first.values[:, 0].tolist() == [0.5, 0.5, 0.0] and mrr.values[:2, 0].tolist() == [0.75, 0.75]


def test_order_of_lines_and_threads_do_not_matter():
    embeddings, definitions = planted(defined=200, tokens=30)
    noisy = Embeddings(
        embeddings.vocabulary,
        embeddings.vectors + np.random.default_rng(2).normal(size=embeddings.vectors.shape).astype(np.float32),
    )
    order = np.random.default_rng(3).permutation(200)
    mixed = Definitions(
        "toy", "", tuple(definitions.words[i] for i in order), tuple(definitions.texts[i] for i in order)
    )
    for one, other, two in zip(
        score_definitions(look_up(noisy), definitions, threads=1),
        score_definitions(look_up(noisy), mixed, threads=3),
        score_definitions(look_up(noisy), definitions, threads=2),
        strict=True,
    ):
        assert 0.0 < one.score < 1.0
        assert np.array_equal(one.values[order], other.values) and np.array_equal(one.values, two.values)


def test_missing_policies():
    embeddings = embeddings_of(["big", "huge", "plum"], [[1, 0.1], [1, 0.4], [0, 1]])
    given = Definitions("toy", "", (("huge",), ("plum",), ("gone",)), ("big thing", "nothing known", "big"))
    first, *_ = score_definitions(look_up(embeddings), given)
    assert (first.items.tolist(), first.missing, first.score) == ([0], 2, 1.0)
    first, *_ = score_definitions(look_up(embeddings, missing="zero"), given)
    assert (first.values[:, 0].tolist(), first.missing) == ([1.0, 0.5, 0.0], 2)  # zeros: a guess among two
    first, *_ = score_definitions(look_up(embeddings, missing="mean"), given)
    assert (first.values[:, 0].tolist(), first.missing) == ([1.0, 0.0, 0.0], 2)
    with pytest.raises(UnknownWordError, match="'nothing' is not among the 3 words"):
        evaluate_definitions(embeddings, given, missing="error")
    with pytest.raises(UnknownWordError, match="'gone' is not among the 3 words"):
        evaluate_definitions(embeddings, Definitions("toy", "", (("huge", "gone"),), ("big",)), missing="error")
    nothing = evaluate_definitions(embeddings, Definitions("toy", "", (("x",),), ("big",)))
    assert nothing["score"].isna().all() and nothing[["n", "missing"]].values.tolist() == [[0, 1]] * 3


def test_case_decides_how_texts_are_cut():
    embeddings = embeddings_of(["US", "us", "country", "we"], [[1, 0], [0, 1], [1, 0.1], [0.1, 1]])
    given = Definitions("toy", "", (("country",), ("we",)), ("US", "us"))
    assert scores(embeddings, given, {"case": "keep"})[0] == 1.0
    assert scores(embeddings, given)[0] == 0.5


def test_units_are_words_and_shared_definitions():
    embeddings = embeddings_of(["big", "huge", "plum"], [[1, 0.1], [1, 0.4], [0, 1]])

    def units(words, texts):
        found = score_definitions(look_up(embeddings), Definitions("toy", "", words, texts))[0]
        return found.unit, found.units.tolist()

    unit, numbers = units((("huge",), ("plum",), ("Huge",)), ("big", "big one", "big thing"))
    assert unit == "word" and numbers[0] == numbers[2] != numbers[1]
    unit, numbers = units((("huge", "plum"), ("huge",)), ("big", "big one"))
    assert unit == "word, definition"
    (a, x), (b, y), (c, z) = numbers
    assert a == c != b and x == y != z and not {a, b} & {x, z}
    assert units((("huge",), ("plum",)), ("big", "big"))[0] == "word, definition"


def test_settings_stand_in_metric_and_policy():
    embeddings, definitions = planted()
    table = evaluate_definitions(embeddings, definitions, a=0.1, remove=1, candidates="all", exclude=False)
    assert table["metric"][0] == "sif a=0.1 remove=1 P@1"
    assert table["policy"][0].endswith("among all words, the text's own too")
    with pytest.raises(ParameterError, match="candidates must be 'defined' or 'all', got 'some'"):
        evaluate_definitions(embeddings, definitions, candidates="some")
    with pytest.raises(ParameterError, match="pooling must be 'mean' or 'sif', got 'max'"):
        evaluate_definitions(embeddings, definitions, pooling="max")


@pytest.mark.parametrize(
    "text, options",
    [
        ("cat|puss\ta small animal\nplum\ta fruit, blue\n", {}),
        ("id\tName\tDefinition\n1\tcat|puss\ta small animal\n2\tplum\ta fruit, blue\n", {}),
        ("synset\tss_type\tlemmas\tgloss\n1\tn\tcat|puss|cat\ta small animal\n2\tn\tplum\ta fruit, blue\n", {}),
        ('word,definition\ncat|puss,a small animal\nplum,"a fruit, blue"\n', {}),
        ("a small animal\tx\tcat|puss\na fruit, blue\tx\tplum\n", {"columns": (3, 1)}),
        ("who\tx\twhat\ncat|puss\t1\ta small animal\nplum\t2\ta fruit, blue\n", {"columns": ("who", "what")}),
    ],
)
def test_files(text, options):
    found = definitions_of(text, **options)
    assert found.words == (("cat", "puss"), ("plum",)) and found.texts == ("a small animal", "a fruit, blue")
    assert found.notes[-1] == "1 lines define several words, joined by '|'" and len(found) == 3


@pytest.mark.parametrize(
    "text, message",
    [
        (
            "cat a small animal\n",
            "toy.tsv, line 1: expected columns with a tab or a comma between them, got 'cat a",
        ),
        ("cat\ta small animal\nplum\n", "toy.tsv, line 2: expected 2 columns like the first line, got 1 (a tab"),
        ("1\tcat\tan animal\n", "toy.tsv, line 1: cannot tell which of 3 columns are word and definition (1, cat, an"),
        ("cat\tan animal\n\ta fruit\n", "toy.tsv, line 2: a word is empty."),
        ("cat\tan animal\nplum|\ta fruit\n", "toy.tsv, line 2: a word is empty."),
        ("cat\tan animal\nplum\t - \n", "toy.tsv, line 2: expected a definition, got '-'."),
        ("word\tdefinition\n", "toy.tsv holds a header and no line below it."),
    ],
)
def test_bad_files(text, message):
    with pytest.raises(FormatError) as caught:
        definitions_of(text)
    assert str(caught.value).startswith(message)


def test_real_sets(shared_data):
    diseases = read_definitions(shared_data / "kg" / "medical" / "definitions-doid.tsv.xz")
    assert len(diseases) == 5890 and diseases.words[2] == ("shrimp allergy",)
    synsets = read_definitions(shared_data / "kg" / "wordnet-3.0" / "synsets.tsv.xz")
    assert (len(synsets.texts), len(synsets)) == (117659, 206978)


@pytest.mark.parametrize("missing", ["zero", "mean"])
def test_where_nothing_is_known_nothing_is_scored(missing):
    words = Embeddings(Vocabulary(("x",), np.array([1])), np.ones((1, 2), np.float32))
    asked = read_definitions(Dataset("toy", "cat\ta small animal\nplum\ta fruit\n", ""))
    table = evaluate_definitions(words, asked, missing=missing)
    assert table["n"].eq(0).all() and table["missing"].eq(2).all() and table["score"].isna().all()
