"""Whatever is done to a file, what comes out is an error of ours or a sound result."""

import copy
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec import AlignedSlices, Corpus, Embeddings, Training, Vocabulary
from wordvec.errors import WordvecError
from wordvec.evaluate.analogy import read_questions
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.similarity import read_pairs
from wordvec.files.describe import describe
from wordvec.files.formats import read_every_slice
from wordvec.files.validate import validate
from wordvec.files.word2vec import read_word2vec, write_word2vec
from wordvec.text.corpus import Lines

WORDS = Vocabulary(("sea", "war", "tée"), np.array([4, 3, 2]))


def some(seed=0):
    return Embeddings(WORDS, np.random.default_rng(seed).normal(size=(3, 4)).astype(np.float32))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    found = {}
    for name, binary in (("v.txt", False), ("v.bin", True), ("v.txt.gz", False), ("v.bin.gz", True)):
        write_word2vec(some(), folder / name, binary=binary)
        found[name] = (folder / name).read_bytes()
    return found


@settings(deadline=None, max_examples=400)
@given(data=st.data())
def test_vector_files(files, tmp_path_factory, data):
    content = bytearray(files[data.draw(st.sampled_from(sorted(files)))])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 12))
        content[place : place + length] = data.draw(
            st.binary(max_size=12) | st.sampled_from([b"nan", b" ", b"\n", b"9"])
        )
    path = tmp_path_factory.getbasetemp() / "mutated"
    path.write_bytes(content)
    try:
        found = read_word2vec(path)
    except WordvecError as error:
        assert "mutated" in str(error)
        return
    assert np.isfinite(found.vectors).all()
    assert len(set(found.vocabulary.words)) == len(found) > 0


@settings(deadline=None, max_examples=300)
@given(text=st.text(st.sampled_from("ab\t ,;:1.-n#\n\r\"'\u2028\x0c"), min_size=1, max_size=60))
def test_test_sets(text):
    if not text.strip():
        return
    for read in (read_pairs, read_questions):
        try:
            assert len(read(Dataset("toy", text, ""))) > 0
        except WordvecError as error:
            assert "toy" in str(error)


def paths_in(value, prefix=()):
    """Yield the path of every entry of a JSON tree."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*prefix, key)
        yield from paths_in(inner, (*prefix, key))


def save_vectors(path):
    Training(some(), some(1), (2.5,)).save(path)


def save_slices(path):
    AlignedSlices(("then", "now"), (some(1), some(2)), WORDS, np.ones((2, 3), int), some(3)).save(path)


def save_corpus(path):
    kept = path.with_name("kept.txt")
    kept.write_text("a b\nb\nb\n", "utf-8")
    files = [{"path": "old.txt", "kept": True}]
    made = Corpus.from_sentences({"then": [["a", "b"], ["b"]], "now": [["b"]]}, min_count=1)
    lines = Lines(np.array([0, 4, 6]), (("old.txt", True),), kept)
    replace(made, lines=lines, metadata={"files": files}).save(path)


@pytest.mark.parametrize("save", [save_vectors, save_slices, save_corpus])
def test_metadata(tmp_path, save, monkeypatch):
    monkeypatch.setattr(Corpus, "document_digests", np.zeros(3, np.uint64))  # no kernel needed
    save(tmp_path / "a")
    file = tmp_path / "a" / "metadata.json"
    whole = json.loads(file.read_text("utf-8"))
    for path in paths_in(whole):
        for wrong in ("delete", None, -1, 2**70, "x", "../../etc", [], [1], {}, {"x": {}}, True):
            changed = copy.deepcopy(whole)
            place = changed
            for key in path[:-1]:
                place = place[key]
            if wrong == "delete":
                del place[path[-1]]
            else:
                place[path[-1]] = wrong
            file.write_text(json.dumps(changed), "utf-8")
            for use in (validate, describe, read_every_slice):
                try:
                    use(tmp_path / "a")
                except WordvecError:
                    pass
                except Exception as error:
                    pytest.fail(f"{use.__name__} after {'/'.join(map(str, path))} = {wrong!r}: {error!r}")


@pytest.mark.parametrize(
    "line", ["sea", "sea\tx", "sea\t-1", "sea\t1\t2", "\t3", "war\t4", "", "se\x00a\t4", "sea\t" + "9" * 30]
)
def test_vocabulary(tmp_path, line):
    save_vectors(tmp_path / "a")
    file = next((tmp_path / "a").glob("vocabulary-*"))
    file.write_text(f"{line}\nwar\t3\ntée\t2\n", "utf-8")
    for use in (validate, describe, read_every_slice):
        with pytest.raises(WordvecError):
            use(tmp_path / "a")
