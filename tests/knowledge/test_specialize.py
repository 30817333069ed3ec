"""Lexical specialization: pairs from a graph, what is learnt from them, and translations found with it."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from wordvec import AlignmentError, Embeddings, FormatError, ParameterError, Vocabulary
from wordvec.csls import csls_neighbors
from wordvec.evaluate.bilingual import Dictionary, evaluate_bilingual
from wordvec.knowledge.builder import GraphBuilder
from wordvec.knowledge.languages import join_languages, make_finder, map_languages
from wordvec.knowledge.specialize import Specializer
from wordvec.knowledge.synonym_pairs import gather_pairs
from wordvec.slices import AlignedSlices

WORDS = tuple(f"w{number:02d}" for number in range(60))
SMALL = Specializer(rank=8, epochs=5, batch_size=32)


def embeddings(words, vectors):
    return Embeddings(Vocabulary(tuple(words), np.arange(len(words), 0, -1)), vectors.astype(np.float32))


def planted(dim=12, languages=("eng", "deu", "fra"), seed=1):
    """Return languages that agree about a word in most directions; in a few, the same ones, each says anything."""
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.normal(size=(dim, dim)))[0]
    base, sides = rng.normal(size=(len(WORDS), dim)), {}
    for language in languages:
        seen = base + 0.3 * rng.normal(size=base.shape)
        seen[:, :4] = 3.0 * rng.normal(size=(len(WORDS), 4))
        sides[language] = embeddings([f"{language}{word}" for word in WORDS], seen @ turn)
    return join_languages(sides)


def synsets(names, order=None):
    """Return a graph of (concept, language, names)."""
    builder = GraphBuilder()
    rows = [(concept, name, language) for concept, language, found in names for name in found]
    for number in order if order is not None else range(len(rows)):
        builder.term(*rows[number])
    return builder.build()


def same_words(languages=("eng", "deu", "fra"), words=WORDS, order=None):
    return synsets([(f"c{word}", k, [f"{k}{word}"]) for word in words for k in languages], order)


def bits(aligned):
    return [side.vectors.tobytes() for side in aligned.embeddings]


def dictionary(one, other, words=WORDS):
    return Dictionary("planted", "", tuple(f"{one}{w}" for w in words), tuple((f"{other}{w}",) for w in words))


def score(aligned, one, other, words=WORDS, metric="cosine P@1"):
    table = evaluate_bilingual(aligned[one], aligned[other], dictionary(one, other, words))
    return float(table.set_index("metric")["score"][metric])


def test_without_an_epoch_nothing_moves():
    vectors = planted()
    for specializer in (Specializer(rank=4, epochs=0), Specializer(rank=4, epochs=0, rows=True, shared=False)):
        done = specializer.specialize(vectors, same_words())
        assert bits(done) == bits(vectors) and done.labels == vectors.labels
        assert done.metadata["specialization"]["losses"] == []


def test_identical_spaces_need_no_translation():
    side = embeddings(WORDS, np.random.default_rng(1).normal(size=(60, 8)))
    same = Dictionary("same", "", WORDS, tuple((word,) for word in WORDS))
    table = evaluate_bilingual(side, side, same).set_index("metric")["score"]
    assert table["cosine P@1"] == table["csls P@1"] == table["cosine MRR"] == 1.0


def test_where_all_are_as_near_to_the_others_csls_ranks_like_the_cosine():
    corners = np.array(list(itertools.product((-1.0, 1.0), repeat=4)))  # seen from any corner the others look alike
    one, other = embeddings(WORDS[:16], corners), embeddings(WORDS[16:32], corners)
    found = csls_neighbors(one, other, one.vocabulary.words, k=3, neighborhood=16)
    plain = other.nearest_many(one.vectors, k=3)
    for word, rows in zip(one.vocabulary.words, plain.rows, strict=True):
        assert found[found["word"] == word]["neighbor"].tolist() == [other.vocabulary.words[row] for row in rows]


def test_a_hub_loses_its_place_under_csls():
    axes = np.eye(41)  # all source words share the first; the hub is that, and nearer than the translation is
    source = 0.7 * axes[0] + np.sqrt(0.51) * axes[1:21]
    one, other = (
        embeddings(WORDS[:20], source),
        embeddings([*WORDS[:20], "hub"], np.concatenate([0.6 * source + 0.8 * axes[21:], axes[:1]])),
    )
    plain = other.nearest_many(one.vectors, k=1)
    assert [other.vocabulary.words[row] for row in plain.rows[:, 0]] == ["hub"] * 20
    found = csls_neighbors(one, other, WORDS[:20], k=2)
    assert found["neighbor"].tolist() == [name for word in WORDS[:20] for name in (word, "hub")]
    assert found["csls"][1] == pytest.approx(2 * 0.7 - 0.7 - (0.7 + 0.6 + 8 * 0.294) / 10, abs=1e-5)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("rows", [True, False])
def test_translations_that_no_pair_told_are_found(shared, rows):
    vectors = planted()
    specializer = Specializer(rank=12, epochs=60, batch_size=32, shared=shared, rows=rows, within=False)
    done = specializer.specialize(vectors, same_words(words=WORDS[:45]))
    losses = done.metadata["specialization"]["losses"]
    assert losses[-1] < losses[0] and len(losses) == 60
    unseen = WORDS[45:]
    before, after = (score(found, "eng", "fra", unseen) for found in (vectors, done))
    assert before < 0.4 and after > before + 0.25


def test_a_language_without_pairs_goes_through_the_shared_map():
    vectors = planted()
    done = SMALL.specialize(vectors, same_words(), languages=["eng", "deu"])
    assert done.metadata["specialization"]["learnt_from"] == ["eng", "deu"]
    assert list(done.metadata["specialization"]["pairs"]) == ["deu-eng"]
    assert not np.array_equal(done["fra"].vectors, vectors["fra"].vectors)
    own = Specializer(rank=8, epochs=5, shared=False).specialize(vectors, same_words(), languages=["eng", "deu"])
    assert own["fra"].vectors.tobytes() == vectors["fra"].vectors.tobytes()
    told = SMALL.specialize(vectors, same_words(("eng", "deu"))).metadata["specialization"]
    assert told["without_pairs"] == ["fra"] and told["languages"]["fra"]["terms"] == 0


@pytest.mark.parametrize("rows", [True, False])
def test_the_same_bits_for_any_threads_and_any_order(rows):
    vectors, specializer = planted(), Specializer(rank=8, epochs=2, batch_size=64, cap=2, rows=rows)
    names = [(f"c{w}", k, [f"{k}{w}", f"{k}{v}"]) for w, v in itertools.pairwise(WORDS) for k in vectors.labels]
    runs = []
    for threads, seed in ((1, None), (2, None), (3, 5), (1, 6)):
        order = None if seed is None else np.random.default_rng(seed).permutation(2 * len(names))
        runs.append(bits(specializer.specialize(vectors, synsets(names, order), threads=threads)))
    assert runs.count(runs[0]) == 4
    other = Specializer(rank=8, epochs=2, batch_size=64, cap=2, rows=rows, seed=2)
    assert bits(other.specialize(vectors, synsets(names))) != runs[0]


def test_rows_move_words_of_pairs_only_and_keep_the_rest():
    vectors = planted(languages=("eng", "deu"))
    done = Specializer(rank=1, epochs=3, lr=1e-3, rows=True).specialize(vectors, same_words(("eng", "deu"), WORDS[:30]))
    only = Specializer(rank=1, epochs=3, lr=1e-3).specialize(vectors, same_words(("eng", "deu"), WORDS[:30]))
    moved = np.abs(done["deu"].vectors - only["deu"].vectors).max(axis=1)
    assert moved[:30].min() > 10 * moved[30:].max()


def test_words_of_the_test_are_taken_out_and_counted():
    vectors = planted(languages=("eng", "deu"))
    barred = {"eng": ["ENGw00", "engw01", "unheard"], "deu": ["deuw02"]}
    done = SMALL.specialize(vectors, same_words(("eng", "deu")), exclude=barred)
    told = done.metadata["specialization"]
    assert told["languages"]["eng"] == {"terms": 60, "unknown": 0, "excluded": 2, "words": 58}
    assert told["languages"]["deu"]["excluded"] == 1 and told["pairs"] == {"deu-eng": 57}
    assert told["batch_size"] == 32 and SMALL.batch_size == 32
    few = Specializer(rank=8, epochs=1).specialize(vectors, same_words(("eng", "deu")))
    assert few.metadata["specialization"]["batch_size"] == 60  # fewer pairs than a batch: said


def test_pairs_of_a_concept_are_all_or_as_many_as_the_cap():
    vectors = planted(languages=("eng", "deu"))
    hub = [("hub", k, [f"{k}{word}" for word in WORDS]) for k in ("eng", "deu")]
    found = gather_pairs(vectors, synsets(hub), cap=7_140)
    assert len(found) == 120 * 119 // 2 and len(np.unique(found.pairs, axis=0)) == len(found)
    capped = gather_pairs(vectors, synsets(hub), cap=50)
    assert len(capped) == 50 and capped.account["left_out"]["beyond_cap"] == 7_140 - 50
    across = gather_pairs(vectors, synsets(hub), cap=7_140, within=False)
    assert across.account["pairs"] == {"deu-eng": 3_600}
    twice = gather_pairs(vectors, synsets([(c, k, [f"{k}w00", f"{k}w01"]) for c in "ab" for k in ("eng", "deu")]))
    assert len(twice) == 6 and twice.account["left_out"]["in_several_concepts"] == 6


def test_glosses_pair_words_with_what_is_said_of_them():
    vectors = planted(languages=("eng", "deu"))
    glosses = {"cw00": "EngW01, and engw02!", "cw01": "unheard of", "cw02": "engw05"}
    options = {"glosses": glosses, "kind": "gloss"}
    found = gather_pairs(vectors, same_words(("eng", "deu")), **options)
    assert found.account["pairs"] == {"eng-gloss": 2, "deu-gloss": 2} and found.is_gloss.sum() == 2
    assert found.account["left_out"] == {"unknown_gloss": 1, "no_gloss": 57}
    units = [vectors["eng"][w] / np.linalg.norm(vectors["eng"][w]) for w in ("engw01", "engw02")]
    np.testing.assert_allclose(found.glosses[0], sum(units) / np.linalg.norm(sum(units)), atol=1e-6)
    both = gather_pairs(vectors, same_words(("eng", "deu")), glosses=glosses, kind="both")
    assert len(both) == 64
    done = Specializer(rank=8, epochs=2, pairs="both", rows=True).specialize(vectors, same_words(), glosses=glosses)
    assert np.isfinite(done["deu"].vectors).all()
    with pytest.raises(ParameterError, match="glosses must be given for pairs of kind 'gloss', got None"):
        Specializer(pairs="gloss", rank=8).specialize(vectors, same_words())


def test_graphs_that_do_not_fit_are_refused():
    vectors = planted(languages=("eng", "deu"))
    with pytest.raises(
        FormatError, match=r"terms of no language of these vectors: its languages are 'de', 'en', .* as"
    ):
        SMALL.specialize(vectors, synsets([("1", "en", ["sea"]), ("1", "de", ["Meer"])]))
    with pytest.raises(FormatError, match=r"none of the 1 terms of 'deu' in the graph is among the 60 words"):
        SMALL.specialize(vectors, synsets([("1", "eng", ["engw00"]), ("1", "deu", ["Meer"])]))
    single = synsets([("1", "eng", ["engw00", "sea"]), ("1", "deu", ["deuw00"])])
    with pytest.raises(
        FormatError, match=r"there is one pair of known words, .* \(eng: 2 terms, 1 unknown, 0 excluded"
    ):
        SMALL.specialize(vectors, single)
    with pytest.raises(FormatError, match="no concept has two known words"):
        SMALL.specialize(vectors, synsets([("1", "eng", ["engw00"]), ("2", "deu", ["deuw00"])]))
    builder = GraphBuilder()
    builder.edge("engw00", "engw01", "synonym")
    with pytest.raises(FormatError, match="its languages are none"):
        SMALL.specialize(vectors, builder.build())
    broken = embeddings(["engw00"], np.full((1, 12), np.nan))
    odd = join_languages({"eng": broken, "deu": vectors["deu"]})
    with pytest.raises(ParameterError, match="vectors must be finite, got others for 'engw00' of 'eng'"):
        SMALL.specialize(odd, synsets([("1", "eng", ["engw00"]), ("1", "deu", ["deuw00", "deuw01"])]))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tau": 0.0}, "tau must be from 0.001 to 100, got 0.0"),
        ({"batch_size": 1}, "batch_size must be an integer from 2 to 8192, got 1"),
        ({"rank": 0}, "rank must be an integer from 1 to 65536, got 0"),
        ({"lr": 1.0}, "lr must be between 0 and 1, got 1.0"),
        ({"exponent": 2.0}, "exponent must be from 0 to 1, got 2.0"),
        ({"pairs": "antonym"}, "pairs must be 'synonym', 'gloss' or 'both', got 'antonym'"),
    ],
)
def test_settings_outside_their_domain(settings, message):
    with pytest.raises(ParameterError, match=message):
        Specializer(**settings)


def test_arguments_outside_their_domain():
    vectors = planted(languages=("eng", "deu"))
    with pytest.raises(ParameterError, match="rank must be at most the dim of the vectors, 12, got 32"):
        Specializer().specialize(vectors, same_words())
    with pytest.raises(ParameterError, match="languages must be some of eng, deu, got 'fra'"):
        SMALL.specialize(vectors, same_words(), languages=["fra"])
    with pytest.raises(ParameterError, match=r"exclude must be words by language \(eng, deu\), got 'en'"):
        SMALL.specialize(vectors, same_words(), exclude={"en": ["sea"]})


def test_languages_are_rotated_into_one_space(tmp_path):
    rng = np.random.default_rng(4)
    vectors, turn = rng.normal(size=(40, 6)), np.linalg.qr(rng.normal(size=(6, 6)))[0]
    sides = {"eng": embeddings(WORDS[:40], vectors), "deu": embeddings([w.upper() for w in WORDS[:40]], vectors @ turn)}
    pairs = [*zip(WORDS[:20], WORDS[:20], strict=True), ("no", "nein")]  # in other letters than the vectors'
    mapped = map_languages(sides, {"deu": pairs}, base="eng")
    np.testing.assert_allclose(mapped["deu"].vectors, sides["eng"].vectors, atol=1e-5)
    assert mapped.metadata["fits"] == {"deu": {"pairs": 20, "unknown": 1, "determined": True}}
    mapped.save(tmp_path / "languages.wvs")
    again = AlignedSlices.load(tmp_path / "languages.wvs")
    assert again.labels == ("eng", "deu") and bits(again) == bits(mapped)
    centered = map_languages(sides, {"deu": pairs}, base="eng", center=True)
    np.testing.assert_allclose(centered["deu"].vectors, sides["eng"].vectors, atol=1e-5)


def test_languages_that_cannot_be_mapped():
    sides = {k: embeddings(WORDS[:4], np.eye(4)) for k in ("eng", "deu")}
    with pytest.raises(AlignmentError, match="none of the 1 pairs for 'deu' has both words in the vectors"):
        map_languages(sides, {"deu": [("no", "nein")]}, base="eng")
    with pytest.raises(ParameterError, match=r"base must be one of the languages \(eng, deu\), got 'fra'"):
        map_languages(sides, {}, base="fra")
    with pytest.raises(ParameterError, match="dictionaries must be one for each of deu, got 'none for deu'"):
        map_languages(sides, {}, base="eng")
    with pytest.raises(
        ParameterError, match=r"dictionaries must be for languages other than the base \(deu\), got 'fra'"
    ):
        map_languages(sides, {"fra": []}, base="eng")
    with pytest.raises(ParameterError, match="dim of deu must be 4, that of eng, got 2"):
        map_languages({**sides, "deu": embeddings(WORDS[:2], np.eye(2))}, {"deu": []}, base="eng")
    broken = {**sides, "deu": embeddings(WORDS[:4], np.full((4, 4), np.inf))}
    with pytest.raises(AlignmentError, match="holds a number that is not finite"):
        map_languages(broken, {"deu": [(w, w) for w in WORDS[:4]]}, base="eng")


def test_words_written_alike_stand_once_with_a_count_for_either_language():
    sides = {"eng": embeddings(["die", "sea"], np.eye(2)), "deu": embeddings(["die"], np.eye(2)[:1])}
    joined = join_languages(sides)
    assert joined.vocabulary.words == ("die", "sea") and joined.counts.tolist() == [[2, 1], [1, 0]]
    uncounted = Embeddings(Vocabulary(("b", "a"), np.zeros(2)), np.eye(2, dtype=np.float32))
    assert join_languages({"eng": uncounted}).vocabulary.words == ("a", "b")
    with pytest.raises(ParameterError, match="embeddings must be at least one language, got 'none'"):
        join_languages({})


def test_terms_are_found_as_written_then_as_phrases_then_in_other_letters():
    find = make_finder(Vocabulary(("Polish", "polish", "New_York"), np.array([3, 2, 1])))
    assert [find(text) for text in ("polish", "POLISH", "New York", "new york", "York")] == [1, 0, 2, 2, -1]


def test_what_was_learnt_is_a_setting_of_each_language():
    vectors = planted()
    sides = tuple(replace(side, metadata={"settings": {"seed": 1}}) for side in vectors.embeddings)
    seeds = [
        Specializer(rank=4, epochs=0, seed=seed).specialize(replace(vectors, embeddings=sides), same_words())
        for seed in (1, 2)
    ]
    told = [done.embeddings[0].metadata["settings"] for done in seeds]
    assert told[0]["seed"] == 1 and told[0]["specialization"]["rank"] == 4
    assert told[0] == told[1]  # the seed of the map is no setting
    other = Specializer(rank=4, epochs=0).specialize(replace(vectors, embeddings=sides), same_words(("eng", "deu")))
    assert other.embeddings[0].metadata["settings"]["specialization"] != told[0]["specialization"]
