"""Seeds of one configuration are found; vectors have one digest in every format."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wordvec import Embeddings, Lexicon, SkipGram, Vocabulary, encode
from wordvec.errors import FormatError, ParameterError
from wordvec.files.formats import read_vectors, write_vectors
from wordvec.files.models import digest_vectors, find_configurations


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    text = folder / "text.txt"
    text.write_text("the cat sat on the mat\nthe dog sat on the cat\n" * 5, "utf-8")
    trainer = SkipGram(dim=4, epochs=1, subsample=0.0)
    for name, content in (("a", text), ("b", text)):
        corpus = encode(content, min_count=1)
        for seed in (1, 2):
            chosen = replace(trainer, seed=seed, dim=4 if name == "a" else 6)
            chosen.train(corpus).save(folder / f"{name}-{seed}.wv")
    write_vectors(read_vectors(folder / "a-1.wv"), folder / "a-1.vec", "word2vec")
    return folder


def names_of(found, folder):
    return [(Path(one.name).relative_to(folder).as_posix(), [path.name for path in one.paths]) for one in found]


def test_a_pattern_is_one_configuration(folder):
    found = find_configurations([f"{folder}/a-*.wv", f"{folder}/b-1.wv"])
    assert names_of(found, folder) == [("a-*.wv", ["a-1.wv", "a-2.wv"]), ("b-1.wv", ["b-1.wv"])]


def test_seeds_of_one_training_are_put_together(folder):
    paths = [f"{folder}/{name}" for name in ("b-1.wv", "a-1.wv", "b-2.wv", "a-1.vec", "a-2.wv")]
    assert names_of(find_configurations(paths), folder) == [
        ("b-*.wv", ["b-1.wv", "b-2.wv"]),
        ("a-*.wv", ["a-1.wv", "a-2.wv"]),
        ("a-1.vec", ["a-1.vec"]),
    ]
    assert [one.name for one in find_configurations(paths, together=False)] == paths


def trained(path, seed, dim):
    settings = {"model": "skipgram", "corpus": "c", "settings": {"seed": seed, "dim": dim}}
    Embeddings(Vocabulary(("x",), np.array([1])), np.ones((1, 2), np.float32), settings).save(path)
    return str(path)


def test_two_configurations_never_share_a_name(tmp_path):
    paths = [trained(tmp_path / f"run{i}.wv", i % 2, 4 + i // 2) for i in range(4)]
    found = find_configurations(paths)
    assert [one.name for one in found] == [", ".join(paths[:2]), ", ".join(paths[2:])]
    assert [one.paths for one in found] == [tuple(map(Path, paths[:2])), tuple(map(Path, paths[2:]))]


def test_one_training_that_stands_there_twice_is_no_two_seeds(tmp_path):
    paths = [trained(tmp_path / f"{name}.wv", 1, 4) for name in ("a", "b")]
    assert [one.paths for one in find_configurations(paths)] == [(Path(path),) for path in paths]
    (tmp_path / "link.wv").symlink_to(tmp_path / "a.wv")
    for other in (tmp_path / "link.wv", tmp_path / "x" / ".." / "a.wv"):
        with pytest.raises(ParameterError, match="vectors must be named once each"):
            find_configurations([paths[0], str(other)])


def test_bad_arguments(folder):
    with pytest.raises(FormatError, match=r"nothing matches .*z\*\.wv"):
        find_configurations([f"{folder}/z*.wv"])
    with pytest.raises(ParameterError, match=r"vectors must be named once each, got '.*a-1.wv' twice"):
        find_configurations([f"{folder}/a-*.wv", f"{folder}/a-1.wv"])


def test_a_digest_is_that_of_words_and_numbers(folder):
    one = read_vectors(folder / "a-1.wv")
    assert digest_vectors(one) == digest_vectors(read_vectors(folder / "a-1.vec"))
    assert digest_vectors(one) != digest_vectors(read_vectors(folder / "a-2.wv"))
    renamed = Embeddings(Vocabulary(("x", *one.vocabulary.words[1:]), one.vocabulary.counts), one.vectors)
    assert digest_vectors(one) != digest_vectors(renamed)
    assert len(digest_vectors(Embeddings(one.vocabulary, np.zeros((len(one), 3), np.float32)))) == 64


def test_seeds_of_joint_training_are_no_seeds_of_the_plain_one(folder, tmp_path):
    corpus = encode(folder / "text.txt", min_count=1)
    lexicon = Lexicon.from_pairs([("cat", "dog")], corpus.vocabulary)
    for seed in (1, 2):
        trainer = SkipGram(dim=4, epochs=1, subsample=0.0, seed=seed)
        trainer.train(corpus, lexicon=lexicon).save(tmp_path / f"joint-{seed}.wv")
    joint = [f"{tmp_path}/joint-{seed}.wv" for seed in (1, 2)]
    assert len(find_configurations(joint)) == 1
    assert len(find_configurations([joint[0], f"{folder}/a-2.wv"])) == 2
