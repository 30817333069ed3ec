"""word2vec files: exact round trips, both formats, packed or not; and what is refused at writing."""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from wordvec import Embeddings, Vocabulary
from wordvec.disk import writing
from wordvec.errors import FormatError, ResourceError
from wordvec.files.word2vec import read_word2vec, sniff_word2vec, write_word2vec

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
    lambda word: not any(character.isspace() for character in word)
)


def embeddings_of(words, vectors):
    return Embeddings(Vocabulary(tuple(words), np.zeros(len(words), int)), np.asarray(vectors, np.float32))


def some(n=6, dim=5, seed=0):
    rng = np.random.default_rng(seed)
    return embeddings_of([f"wörd{i}" for i in range(n)], rng.normal(size=(n, dim)))


@st.composite
def any_embeddings(draw):
    words = draw(st.lists(WORDS, min_size=1, max_size=6, unique=True))
    dim = draw(st.integers(1, 9))
    floats = st.floats(width=32, allow_nan=False, allow_infinity=False)
    return embeddings_of(words, draw(hnp.arrays(np.float32, (len(words), dim), elements=floats)))


def same(one, other):
    return one.vocabulary.words == other.vocabulary.words and one.vectors.tobytes() == other.vectors.tobytes()


@settings(deadline=None, max_examples=120)
@given(embeddings=any_embeddings(), binary=st.booleans(), packed=st.booleans())
def test_round_trip_is_exact(tmp_path_factory, embeddings, binary, packed):
    path = tmp_path_factory.mktemp("trip") / ("v.txt.gz" if packed else "v.txt")
    write_word2vec(embeddings, path, binary=binary)
    assert same(read_word2vec(path, format="word2vec-binary" if binary else "word2vec"), embeddings)


def test_floats_whose_shortest_form_rounds_twice(tmp_path):
    vectors = np.array([[0x15AE43FD, 0x15AE43FE, 1, 0x007FFFFF, 0x7F7FFFFF]], np.uint32).view(np.float32)
    write_word2vec(embeddings_of(["x"], vectors), tmp_path / "v.txt")
    assert read_word2vec(tmp_path / "v.txt").vectors.tobytes() == vectors.tobytes()


@pytest.mark.parametrize("name", ["v.txt", "v.bin", "v.anything"])
@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("dim", [1, 2, 9, 300])
@pytest.mark.parametrize("packed", ["", ".gz"])
def test_the_format_is_told_by_the_content(tmp_path, name, binary, dim, packed):
    embeddings = some(40, dim)
    path = tmp_path / (name + packed)
    write_word2vec(embeddings, path, binary=binary)
    assert sniff_word2vec(path) == ("word2vec-binary" if binary else "word2vec")
    assert same(read_word2vec(path), embeddings)


def test_what_was_read_says_where_it_is_from(tmp_path):
    write_word2vec(some(), tmp_path / "v.txt")
    found = read_word2vec(tmp_path / "v.txt")
    assert found.metadata == {"source": {"file": "v.txt", "format": "word2vec"}}
    assert found.vocabulary.counts.tolist() == [0] * 6


@pytest.mark.parametrize(
    "content",
    [
        b"2 2\ncat 1 2\ndog 3 4\n",
        b"\xef\xbb\xbf2 2\ncat 1 2\ndog 3 4\n",
        b"2 2\r\ncat 1 2\r\ndog 3 4\r\n",
        b"2 2\ncat 1 2 \ndog 3 4 \n",
        b"2 2\ncat\t1\t2\ndog\t3\t4",
        b"2 2\ncat 1 2\ndog 3 4\n\n \n",
        b"cat 1 2\ndog 3 4\n",
        b"\xef\xbb\xbfcat 1 2\ndog 3 4\n",
        b"2 2\ncat " + np.array([1, 2], "<f4").tobytes() + b"dog " + np.array([3, 4], "<f4").tobytes(),
        b"2 2\ncat " + np.array([1, 2], "<f4").tobytes() + b"\ndog " + np.array([3, 4], "<f4").tobytes() + b"\n",
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_kin_of_the_format(tmp_path, content, pack):
    path = tmp_path / "v"
    path.write_bytes(pack(content))
    found = read_word2vec(path)
    assert found.vocabulary.words == ("cat", "dog")
    assert found.vectors.tolist() == [[1, 2], [3, 4]]


def test_words_with_invisible_letters_are_text(tmp_path):
    embeddings = embeddings_of(["می\u200cخواهم", "co\u00adop", "\u200dx"], np.eye(3))
    write_word2vec(embeddings, tmp_path / "v")
    assert same(read_word2vec(tmp_path / "v"), embeddings)


def test_larger_than_the_buffers(tmp_path):
    embeddings = some(9000, 40)
    for binary in (True, False):
        path = tmp_path / f"v{binary}"
        write_word2vec(embeddings, path, binary=binary)
        assert same(read_word2vec(path), embeddings)


@pytest.mark.parametrize("binary", [True, False])
def test_gensim_reads_what_we_write_and_the_other_way_round(tmp_path, binary):
    gensim = pytest.importorskip("gensim")
    embeddings = some(30, 8)
    write_word2vec(embeddings, tmp_path / "ours", binary=binary)
    keyed = gensim.models.KeyedVectors.load_word2vec_format(str(tmp_path / "ours"), binary=binary)
    assert tuple(keyed.index_to_key) == embeddings.vocabulary.words
    assert keyed.vectors.tobytes() == embeddings.vectors.tobytes()
    keyed.save_word2vec_format(str(tmp_path / "theirs"), binary=binary)
    assert same(read_word2vec(tmp_path / "theirs"), embeddings)


@pytest.mark.parametrize("word", ["new york", "tab\tbed", "line\nend", "wide\u3000space", "no\u00a0break"])
@pytest.mark.parametrize("binary", [True, False])
def test_words_with_white_space_are_refused_at_writing(tmp_path, word, binary):
    path = tmp_path / "v.txt"
    with pytest.raises(FormatError, match="holds white space, which the word2vec formats cannot; replace it"):
        write_word2vec(embeddings_of(["ok", word], np.eye(2)), path, binary=binary)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "embeddings, message",
    [
        (embeddings_of(["ok", "bad"], [[0, 1], [0, np.nan]]), r"v.txt: the vector of 'bad' is not finite\."),
        (embeddings_of(["\ud800"], [[0, 1]]), r"v.txt: the word '\\ud800' cannot be written as UTF-8\."),
        (embeddings_of([], np.zeros((0, 3))), r"v.txt: there are no vectors to write\."),
    ],
)
def test_what_could_not_be_read_is_not_written(tmp_path, embeddings, message):
    with pytest.raises(FormatError, match=message):
        write_word2vec(embeddings, tmp_path / "v.txt")
    assert list(tmp_path.iterdir()) == []


def test_existing_files_are_kept_unless_told_otherwise(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("mine")
    with pytest.raises(
        ResourceError, match=r"v.txt exists; choose another output or pass --overwrite \(in Python: overwrite=True\)\."
    ):
        write_word2vec(some(), path)
    assert path.read_text() == "mine"
    write_word2vec(some(), path, overwrite=True)
    assert len(read_word2vec(path)) == 6
    with pytest.raises(ResourceError, match=r"is a folder; choose another output\."):
        write_word2vec(some(), tmp_path, overwrite=True)
    with pytest.raises(ResourceError, match=r"^cannot write .*w.txt: .*v.txt is not a folder\.$"):
        write_word2vec(some(), path / "w.txt")


def test_a_failed_overwrite_leaves_the_old_file(tmp_path):
    path = tmp_path / "v.txt"
    write_word2vec(some(), path)
    before = path.read_bytes()
    vectors = np.zeros((5000, 2))
    vectors[4999] = np.inf
    with pytest.raises(FormatError, match="not finite"):
        write_word2vec(embeddings_of([str(i) for i in range(5000)], vectors), path, overwrite=True)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_equal_vectors_make_equal_files(tmp_path):
    for name in ("a.txt.gz", "b.txt.gz"):
        write_word2vec(some(), tmp_path / name)
    assert (tmp_path / "a.txt.gz").read_bytes() == (tmp_path / "b.txt.gz").read_bytes()


def test_an_interrupt_leaves_nothing_behind(tmp_path):
    with pytest.raises(KeyboardInterrupt), writing(tmp_path / "v.txt.gz") as stream:
        stream.write(b"2 2\n")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
