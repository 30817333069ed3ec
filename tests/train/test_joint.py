"""Skip-gram and CBOW with a graph: what it does, what it leaves alone, what is counted."""

from dataclasses import replace

import numpy as np
import pytest

from wordvec import CBOW, AlignmentError, CompassAligner, Corpus, ParameterError, SkipGram, Vocabulary
from wordvec.lexicon import Lexicon

TRAINERS = [SkipGram, CBOW]


def topics(seed=0, words=150, sentences=3_000):
    """Four topics that never meet: words of different topics are alike only if a graph says so."""
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, 4, sentences)
    return [[f"{topic}.{word}" for word in rng.integers(0, words, 20)] for topic in chosen.tolist()]


@pytest.fixture(scope="module", params=["blocks", "sequential"])
def corpus(request):
    large = request.param == "blocks"
    return Corpus.from_sentences(topics(sentences=3_000 if large else 400), min_count=1)


PAIRS = [(f"0.{i}", f"1.{i}") for i in range(10)] + [("2.0", "3.0"), ("nowhere", "2.1")]


def bits(training):
    return training.embeddings.vectors.tobytes() + training.context.vectors.tobytes()


def cosine(embeddings, a, b):
    return float(embeddings[a] @ embeddings[b] / np.linalg.norm(embeddings[a]) / np.linalg.norm(embeddings[b]))


@pytest.mark.parametrize("trainer", TRAINERS)
def test_linked_words_come_near_and_others_do_not(trainer, corpus):
    lexicon = Lexicon.from_pairs(PAIRS, corpus.vocabulary)
    made = trainer(dim=20, epochs=3)
    plain, joint = made.train(corpus), made.train(corpus, lexicon=lexicon, graph_weight=5.0)
    linked = [cosine(joint.embeddings, a, b) for a, b in PAIRS[:11]]
    before = [cosine(plain.embeddings, a, b) for a, b in PAIRS[:11]]
    assert min(linked) > 0.9
    assert min(now - then for now, then in zip(linked, before, strict=True)) > 0
    some = made.train(corpus, lexicon=lexicon, graph_weight=0.5)
    apart = [np.linalg.norm(run.embeddings["0.1"] - run.embeddings["1.1"]) for run in (plain, some, joint)]
    assert apart == sorted(apart, reverse=True)
    if joint.embeddings.metadata["threading"] == "blocks":  # where there is enough text to tell topics apart
        others = [cosine(joint.embeddings, f"2.{i}", f"3.{i}") for i in range(20, 30)]
        assert np.mean(others) < 0.5 < 0.8 < np.mean(linked)
        assert max(before) < 0.8


@pytest.mark.parametrize("trainer", TRAINERS)
def test_weight_zero_is_plain_training_bit_for_bit(trainer, corpus):
    made, lexicon = trainer(dim=17, epochs=1), Lexicon.from_pairs(PAIRS, corpus.vocabulary)
    plain, zero = made.train(corpus), made.train(corpus, lexicon=lexicon, graph_weight=0.0)
    assert bits(plain) == bits(zero) and plain.losses == zero.losses
    tiny = made.train(corpus, lexicon=lexicon, graph_weight=1e-12)
    np.testing.assert_allclose(tiny.embeddings.vectors, plain.embeddings.vectors, atol=1e-5)


@pytest.mark.parametrize("trainer", TRAINERS)
def test_the_same_bits_for_any_threads_and_order_of_edges(trainer, corpus):
    made, results = trainer(dim=40, epochs=2), set()
    for threads, pairs in ((1, PAIRS), (2, PAIRS[::-1]), (3, [(b, a) for a, b in PAIRS]), (4, PAIRS)):
        lexicon = Lexicon.from_pairs(pairs, corpus.vocabulary)
        results.add(bits(made.train(corpus, lexicon=lexicon, threads=threads)))
    assert len(results) == 1
    assert results != {bits(made.train(corpus))}


def test_the_order_of_words_in_the_lexicon_does_not_matter(corpus):
    words = corpus.vocabulary.words
    other = Vocabulary((*words[::-1], "more"), np.ones(len(words) + 1, np.int64))
    made = SkipGram(dim=16, epochs=1)
    mine, theirs = (
        made.train(corpus, lexicon=Lexicon.from_pairs(PAIRS, vocabulary)) for vocabulary in (corpus.vocabulary, other)
    )
    assert bits(mine) == bits(theirs)
    assert mine.embeddings.metadata["graph"] == theirs.embeddings.metadata["graph"]


def test_what_is_used_and_left_out_is_in_the_metadata(corpus):
    lexicon = Lexicon.from_pairs(PAIRS, Vocabulary.from_counts({word: 1 for pair in PAIRS for word in pair}))
    relations = lexicon.relations.copy()
    row = lexicon.vocabulary["2.0"]
    relations[lexicon.indptr[row]] = 1
    relations[lexicon.indptr[lexicon.vocabulary["3.0"]]] = 1
    lexicon = replace(lexicon, relations=relations, relation_names=("synonym", "antonym"))
    account = SkipGram(dim=8, epochs=1).train(corpus, lexicon=lexicon, graph_weight=0.2).embeddings.metadata["graph"]
    assert len(account.pop("sha256")) == 64
    assert account == {
        "weight": 0.2,
        "linked_words": 20,
        "edges": {"synonym": 20},
        "left_out": {"absent_words": 2, "antonyms": 2},
    }


def test_heavier_edges_pull_more(corpus):
    pairs = [("0.1", "1.1"), ("0.1", "2.1")]
    lexicon = Lexicon.from_pairs(pairs, corpus.vocabulary)
    first = int(lexicon.indptr[corpus.vocabulary["0.1"]])
    weights = lexicon.weights.copy()
    near = [corpus.vocabulary.words[i] for i in lexicon.indices[first : first + 2].tolist()]
    weights[first + near.index("2.1")] = 99.0
    made = SkipGram(dim=20, epochs=2)
    even = made.train(corpus, lexicon=lexicon, graph_weight=1.0).embeddings
    heavy = made.train(corpus, lexicon=replace(lexicon, weights=weights), graph_weight=1.0).embeddings
    assert cosine(heavy, "0.1", "2.1") > cosine(even, "0.1", "2.1")
    assert cosine(heavy, "0.1", "1.1") < cosine(even, "0.1", "1.1")


def test_racing_says_so(corpus):
    lexicon = Lexicon.from_pairs(PAIRS, corpus.vocabulary)
    training = SkipGram(dim=20, epochs=3).train(corpus, lexicon=lexicon, graph_weight=5.0, racing=True, threads=2)
    assert training.embeddings.metadata["threading"] == "racing"
    assert cosine(training.embeddings, "0.1", "1.1") > 0.9


@pytest.mark.parametrize("weight", [-0.1, 10.1, float("nan"), "much"])
def test_a_weight_outside_its_domain_is_refused(weight, corpus):
    lexicon = Lexicon.from_pairs(PAIRS, corpus.vocabulary)
    with pytest.raises(ParameterError, match=r"graph_weight must be from 0 to 10 at a learning rate of 0.025, got"):
        SkipGram(dim=8).train(corpus, lexicon=lexicon, graph_weight=weight)


def test_a_lexicon_that_links_nothing_here_is_refused(corpus):
    strange = Vocabulary.from_counts({"Katze": 2, "Tiger": 1})
    with pytest.raises(AlignmentError, match=r"no edge .* it links 'Katze', 'Tiger'; the corpus has '\d\.\d+'"):
        SkipGram(dim=8).train(corpus, lexicon=Lexicon.from_pairs([("Katze", "Tiger")], strange))
    opposites = Lexicon.from_pairs(PAIRS, corpus.vocabulary, relation="antonym")
    with pytest.raises(AlignmentError, match="antonyms only, which joint training cannot use"):
        SkipGram(dim=8).train(corpus, lexicon=opposites)


@pytest.fixture(scope="module")
def periods():
    then, now = topics(1, 60, 300), topics(2, 60, 300)
    lines = [[word for word in line if word != "1.1"] for line in now]  # a linked word that one period lacks
    return Corpus.from_sentences({"then": then, "now": lines}, min_count=1)


def test_slices_share_a_space_and_a_graph(periods):
    lexicon = Lexicon.from_pairs([("0.1", "1.1"), ("0.2", "1.2")], periods.vocabulary)
    aligner = CompassAligner(SkipGram(dim=16, epochs=3), min_slice_count=1)
    plain = aligner.align(periods)
    joint = aligner.align(periods, lexicon=lexicon, graph_weight=3.0)
    for label in ("then", "now"):
        assert cosine(joint[label], "0.2", "1.2") > cosine(plain[label], "0.2", "1.2") + 0.1
        metadata = joint[label].metadata
        assert metadata["compass_sha256_before"] == metadata["compass_sha256_after"]
        assert metadata["compass_sha256_after"] == joint.metadata["compass_sha256"]
    assert joint["now"].metadata["graph"]["edges"] == {"synonym": 2}
    assert joint.metadata["graph"]["edges"] == {"synonym": 4}
    assert "graph" not in plain.metadata
    again = aligner.align(periods, lexicon=lexicon, graph_weight=3.0, threads=1)
    assert again["now"].vectors.tobytes() == joint["now"].vectors.tobytes()


def test_slices_are_added_with_the_same_graph_only(periods):
    lexicon = Lexicon.from_pairs([("0.1", "1.1"), ("0.2", "1.2")], periods.vocabulary)
    aligner = CompassAligner(SkipGram(dim=8, epochs=1, subsample=0.0), min_slice_count=1)
    joint = aligner.align(periods["then"], lexicon=lexicon)
    grown = aligner.add(joint, periods["now"], lexicon=lexicon)
    assert grown["now"].metadata["graph"]["weight"] == 0.1
    with pytest.raises(AlignmentError, match="aligned with a lexicon; give it again"):
        aligner.add(joint, periods["now"])
    with pytest.raises(AlignmentError, match=r"another lexicon \(4 edges, now 2\)"):
        aligner.add(joint, periods["now"], lexicon=Lexicon.from_pairs([("0.1", "1.1")], periods.vocabulary))
    with pytest.raises(AlignmentError, match="aligned without a lexicon"):
        aligner.add(aligner.align(periods["then"]), periods["now"], lexicon=lexicon)
    far = Corpus.from_sentences({"far": [["2.5", "2.6"]] * 40}, min_count=1)  # where no linked word occurs
    assert aligner.add(joint, far, lexicon=lexicon)["far"].metadata["graph"]["edges"] == {}
