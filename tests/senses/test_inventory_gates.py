"""Senses made of an inventory and vectors: usable at once, labelled, and the same whatever the order of lines."""

from pathlib import Path

import numpy as np
import pytest

from wordvec import Corpus, Embeddings, ParameterError, Training, Vocabulary
from wordvec.senses.embeddings import SenseEmbeddings
from wordvec.senses.inventory import InventorySense, Related, SenseInventory
from wordvec.senses.inventory_gates import apply_inventory

WATER, MONEY = ["river", "water", "shore", "boat"], ["money", "loan", "credit", "cash"]
WORDS = ["the", "bank", *WATER, *MONEY]


def toy_inventory() -> SenseInventory:
    """Bank by a river and bank that lends; a third sense is nearly the second."""
    senses = (
        InventorySense("bank.n.01", "1-n", "beside a river", (Related("shore", "synonym"), Related("bank", "synonym"))),
        InventorySense("bank.n.02", "2-n", "a loan of money"),
        InventorySense("bank.n.03", "3-n", "a loan or credit, money"),
        InventorySense("bank.n.04", "4-n", "zzz"),
    )
    return SenseInventory({"bank": senses, "loan": (InventorySense("loan.n.01", "5-n", "money"),)}, "table")


def toy_training() -> Training:
    rng = np.random.default_rng(5)
    base = np.zeros((len(WORDS), 8), np.float32)
    base[:, 0] = 1.0
    for row, word in enumerate(WORDS):
        base[row, 1] = 2.0 * ((word in WATER) - (word in MONEY))
    rows = (base + 0.2 * rng.standard_normal(base.shape)).astype(np.float32)
    words = Vocabulary(tuple(WORDS), np.array([900, 300, *[100] * 8]))
    return Training(Embeddings(words, rows, {"dim": 8}), Embeddings(words, rows[:, ::-1].copy()), ())


def toy_sentences(n: int = 200) -> list[list[str]]:
    rng = np.random.default_rng(3)
    found = []
    for i in range(n):
        near = WATER if i % 4 else MONEY  # three of four are the river's
        found.append(["the", *rng.choice(near, 2).tolist(), "bank", *rng.choice(near, 2).tolist()])
    return found


def toy_corpus(sentences: list[list[str]]) -> Corpus:
    return Corpus.from_sentences(sentences, vocabulary=toy_training().embeddings.vocabulary)


def label(senses: SenseEmbeddings, context: list[str]) -> str:
    best = senses.disambiguate("bank", context).best
    return senses.labels.get((senses.vocabulary["bank"], best - 1), "")


@pytest.mark.parametrize("reads", ["vectors", "outputs"])
@pytest.mark.parametrize("with_corpus", [False, True])
def test_glosses_alone_tell_senses_apart(reads: str, with_corpus: bool) -> None:
    corpus = toy_corpus(toy_sentences()) if with_corpus else None
    senses = apply_inventory(toy_inventory(), toy_training(), corpus, merge_above=0.8, reads=reads)  # type: ignore[arg-type]
    assert label(senses, ["water", "boat"]) == "bank.n.01 1-n"
    assert label(senses, ["cash"]) == "bank.n.02 2-n + bank.n.03 3-n"
    told = senses.metadata["inventory"]
    assert (told["merged"], told["senses_without_known_words"], told["senses"]) == (1, 1, 4)
    assert (told["words"], told["words_without_entry"]) == (2, 8)
    assert senses.kept("money") == (1,)


def test_senses_stand_by_prevalence_and_labels_with_them() -> None:
    settings = {"merge_above": 0.8, "anchor": 1.0, "confidence": 0.95, "sweeps": 3}
    senses = apply_inventory(toy_inventory(), toy_training(), toy_corpus(toy_sentences()), **settings)  # type: ignore[arg-type]
    row = senses.vocabulary["bank"]
    assert senses.labels[row, 0] == "bank.n.01 1-n"
    assert 0.7 < senses.prevalence[row, 0] < 0.8  # 0.75 were planted
    assert (np.diff(senses.prevalence, axis=1) <= 0).all()
    np.testing.assert_allclose(senses.prevalence.sum(axis=1), 1.0)


@pytest.mark.parametrize("spare", [0, 1])
def test_the_mean_of_the_senses_is_the_old_vector(spare: int) -> None:
    training = toy_training()
    for corpus in (None, toy_corpus(toy_sentences())):
        senses = apply_inventory(toy_inventory(), training, corpus, spare=spare)
        np.testing.assert_allclose(senses.merge().vectors, training.embeddings.vectors, atol=1e-5)


def test_a_spare_place_has_no_label_and_takes_what_fits_nothing() -> None:
    money = toy_inventory().senses("bank")[1:3]
    inventory = SenseInventory({"bank": money[:1]}, "table")
    senses = apply_inventory(inventory, toy_training(), toy_corpus(toy_sentences()), spare=1, sweeps=2)
    assert label(senses, ["water", "boat"]) == ""
    assert label(senses, ["cash", "credit"]) == "bank.n.02 2-n"
    assert len(senses.labels) == 1


def test_words_without_entry_share_an_empty_gate() -> None:
    senses = apply_inventory(toy_inventory(), toy_training(), induced=2)
    row = senses.vocabulary["river"]
    assert senses.gate_rows[row] == 0
    assert not senses.gates[0].any()
    np.testing.assert_array_equal(senses.prevalence[row, :2], 0.5)
    apart = np.linalg.norm(senses["river", 1] - senses["river", 2]) / np.linalg.norm(senses["river", 1])
    assert 0.01 < apart < 0.2


def test_same_bits_whatever_the_order_of_lines() -> None:
    sentences = toy_sentences()
    one = apply_inventory(toy_inventory(), toy_training(), toy_corpus(sentences), max_contexts=50)
    two = apply_inventory(toy_inventory(), toy_training(), toy_corpus(sentences[::-1]), max_contexts=50)
    for name in ("vectors", "prevalence", "gates", "gate_biases"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert one.labels == two.labels


def test_a_slice_of_a_corpus_is_read_as_itself() -> None:
    sentences = toy_sentences()
    words = toy_training().embeddings.vocabulary
    both = Corpus.from_sentences({"a": sentences[:80], "b": sentences[80:]}, vocabulary=words)
    one = apply_inventory(toy_inventory(), toy_training(), both["b"])
    two = apply_inventory(toy_inventory(), toy_training(), toy_corpus(sentences[80:]))
    np.testing.assert_array_equal(one.gates, two.gates)


def test_labels_survive_saving(tmp_path: Path) -> None:
    senses = apply_inventory(toy_inventory(), toy_training(), toy_corpus(toy_sentences()), spare=1)
    senses.save(tmp_path / "s")
    again = SenseEmbeddings.load(tmp_path / "s")
    assert again.labels == senses.labels
    assert again.unit_contexts
    assert again.metadata["inventory"]["scale"] == senses.metadata["inventory"]["scale"]
    assert again.disambiguate("bank", ["boat"]) == senses.disambiguate("bank", ["boat"])


def test_confidence_is_what_was_asked_for() -> None:
    from wordvec.senses.gating import Contexts, sense_probabilities

    senses = apply_inventory(toy_inventory(), toy_training(), toy_corpus(toy_sentences()), limit=2, sweeps=0)
    index = senses.vocabulary.index
    contexts = Contexts.of([[index[w] for w in s if w != "bank"] for s in toy_sentences()])
    sure = sense_probabilities(senses, np.full(len(contexts), index["bank"]), contexts).max(axis=1).mean()
    assert 0.7 < sure < 0.8


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("limit", 0, "limit must be an integer >= 1, got 0"),
        ("spare", 2, "spare must be 0 or 1, got 2"),
        ("merge_above", 1.5, "merge_above must be a cosine, -1 to 1, or None, got 1.5"),
        ("induced", 0, "induced must be an integer >= 1, got 0"),
        ("related", -1.0, "related must be a number >= 0, got -1.0"),
        ("confidence", 1.0, "confidence must be at least 0.5 and below 1, got 1.0"),
        ("sweeps", -1, "sweeps must be an integer >= 0, got -1"),
        ("anchor", 0.0, "anchor must be a number above 0, got 0.0"),
        ("window", 0, "window must be an integer >= 1, got 0"),
        ("max_contexts", 0, "max_contexts must be an integer >= 1, got 0"),
        ("reads", "x", "reads must be 'vectors' or 'outputs', got 'x'"),
        ("seed", -1, "seed must be an integer >= 0, got -1"),
    ],
)
def test_values_outside_their_domain(name: str, value: object, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        apply_inventory(toy_inventory(), toy_training(), **{name: value})  # type: ignore[arg-type]
    assert message in str(caught.value)


def test_what_does_not_belong_together() -> None:
    with pytest.raises(ParameterError, match="corpus must be in the words of the vectors"):
        apply_inventory(toy_inventory(), toy_training(), Corpus.from_sentences([["a", "b"]], min_count=1))
    with pytest.raises(ParameterError, match="reads='outputs' must come with a Training"):
        apply_inventory(toy_inventory(), toy_training().embeddings, reads="outputs")
    other = SenseInventory({"Ufer": (InventorySense("1", gloss="Land"),)}, "table")
    with pytest.raises(ParameterError, match=r"inventory must have an entry .* got 1 lemmas without, 'Ufer' the first"):
        apply_inventory(other, toy_training())
