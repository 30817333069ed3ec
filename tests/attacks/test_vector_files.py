"""Bad vector files, kept for ever: each is refused with a message that names the place."""

import gzip
import tracemalloc

import numpy as np
import pytest

from wordvec.errors import FormatError
from wordvec.files.word2vec import read_word2vec, sniff_word2vec


def row(word, *numbers):
    return word + b" " + np.array(numbers, "<f4").tobytes()


TEXT = {
    "promises_the_moon": (
        b"99999999999 300\ncat 1 2\n",
        "v, line 1: the header promises 99999999999 words of 300 numbers, but the file has room for 0 at most",
    ),
    "promises_too_much": (
        b"3 2\ncat 1 2\n",
        "the header promises 3 words of 2 numbers, but the file has room for 1 at",
    ),
    "endless_dim": (b"1 9999999999999999999\ncat 1\n", "dim 1 to 1048576, got 1 words and dim 9999999999999999999"),
    "no_dim": (b"2 0\ncat\ndog\n", "words must be at least 1 and dim 1 to 1048576, got 2 words and dim 0"),
    "no_words": (b"0 2\n", "words must be at least 1 and dim 1 to 1048576, got 0 words and dim 2"),
    "too_few_rows": (b"3 2\ncat 1.5 2.5\ndog 1.5 2.5\n", "v: the header promises 3 words, the file ends after 2"),
    "too_many_rows": (b"1 2\ncat 1 2\ndog 1 2\n", "v, line 3: a row more than the 1 that the header promises"),
    "short_row": (b"2 2\ncat 1\ndog 1 2\n", "v, line 2: expected a word and 2 numbers, got 1 after the word"),
    "long_row": (b"2 2\ncat 1 2\ndog 1 2 3\n", "v, line 3: expected a word and 2 numbers, got 3 after the word"),
    "word_with_space": (b"1 2\nnew york 1 2\n", "v, line 2: expected a word and 2 numbers, got 3 after the word"),
    "duplicate": (
        b"3 1\ncat 1\ndog 2\ncat 3\n",
        "v, line 4: the word 'cat' is there already, in line 2; remove one of the two, "
        "and count one word less in line 1",
    ),
    "nan": (
        b"2 2\ncat 1 2\ndog 1 nan\n",
        "v, line 3: number 2 of 'dog' is nan, expected a finite float32; train again, or remove the word, "
        "and count one word less in line 1",
    ),
    "inf": (b"1 2\ncat -inf 2\n", "v, line 2: number 1 of 'cat' is -inf, expected a finite float32"),
    "overflow": (b"1 2\ncat 1e39 2\n", "v, line 2: number 1 of 'cat' is inf, expected a finite float32"),
    "not_a_number": (b"1 2\ncat 1 two\n", "v, line 2: expected a number, got 'two'"),
    "underscore": (b"1 2\ncat 1_0 2\n", "v, line 2: expected numbers after 'cat', got one with an underscore"),
    "empty_word": (b"2 2\ncat 1 2\n 1 2\n", "v, line 3: the word is empty"),
    "blank_line": (b"2 2\ncat 1 2\n\ndog 1 2\n", "v, line 3: the line is blank, expected a word and its numbers"),
    "latin1": (
        b"1 2\ncaf\xe9 1.25 2.25\n",
        "v, line 2: the word is not UTF-8 at byte 7: b'caf\\\\xe9'; was the file cut",
    ),
    "glove_short_row": (b"cat 1 2\ndog 1\n", "v, line 2: expected a word and 2 numbers, got 1 after the word"),
    "glove_duplicate": (
        b"cat 1 2\ncat 1 2\n",
        "v, line 2: the word 'cat' is there already, in line 1; remove one of the two.",
    ),
    "prose": (b"It was the best of times\n", "v, line 1: expected 'words dim' .* got 'It was the best of times'"),
    "json": (b'{"cat": [1, 2]}\n', "v, line 1: expected 'words dim'"),
    "empty": (b"", "v is empty"),
}

BINARY = {
    "promises_the_moon": (
        b"99999999999 300\n" + row(b"cat", 1, 2),
        "the header promises 99999999999 words of 300 numbers, but the file has room for 0 at most",
    ),
    "cut_in_a_vector": (
        b"2 2\n" + row(b"elephant", 1, 2) + row(b"dog", 1),
        "v: the header promises 2 words of 2 numbers, the file ends in row 2, which starts at byte 21",
    ),
    "cut_in_a_word": (b"2 1\n" + row(b"elephants", 1) + b"do", "the file ends in row 2, which starts at byte 18"),
    "more_rows": (
        b"1 2\n" + row(b"cat", 1, 2) + row(b"dog", 1, 2),
        "v: more bytes follow the 1 rows that the header promises, from byte 16",
    ),
    "duplicate": (
        b"2 1\n" + row(b"cat", 1) + b"\n" + row(b"cat", 2),
        "v, row 2: the word 'cat' is there already, in row 1; write the file as text with the program that made it, "
        "and remove one of the two",
    ),
    "nan": (b"1 2\n" + row(b"cat", 1, np.nan), "v, row 1: number 2 of 'cat' is nan, expected a finite float32"),
    "inf": (b"1 2\n" + row(b"cat", np.inf, 1), "v, row 1: number 1 of 'cat' is inf, expected a finite float32"),
    "empty_word": (b"1 2\n" + row(b"", 1, 2), "v, row 1: the word is empty"),
    "empty_word_after_line_end": (b"2 1\n" + row(b"cat", 1) + b"\n" + row(b"", 2), "v, row 2: the word is empty"),
    "cut_character": (
        b"2 1\n" + row(b"cat", 1) + b"\n" + row("é".encode()[:1], 2),
        "v, row 2: the word is not UTF-8 at byte 13: b'\\\\xc3'",
    ),
    "no_header": (row(b"cat", 1, 2), "v, line 1: expected 'words dim'"),
    "no_space": (b"1 1\n" + b"x" * 200_000, "v, row 1: no space within 65536 bytes from byte 4"),
}


@pytest.mark.parametrize("name", TEXT)
def test_text(tmp_path, name):
    content, message = TEXT[name]
    (tmp_path / "v").write_bytes(content)
    with pytest.raises(FormatError, match=message):
        read_word2vec(tmp_path / "v")


@pytest.mark.parametrize("name", BINARY)
def test_binary(tmp_path, name):
    content, message = BINARY[name]
    (tmp_path / "v").write_bytes(content)
    with pytest.raises(FormatError, match=message):
        read_word2vec(tmp_path / "v", format="word2vec-binary")


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(FormatError, match=r"none does not exist\."):
        read_word2vec(tmp_path / "none")
    with pytest.raises(FormatError, match="is a folder, neither an artefact of wordvec nor a file of vectors"):
        read_word2vec(tmp_path)


@pytest.mark.parametrize("cut", [12, -9, -3])
def test_damaged_gzip(tmp_path, cut):
    content = gzip.compress(b"2 2\ncat 1 2\ndog 3 4\n")[:cut]
    (tmp_path / "v").write_bytes(content)
    with pytest.raises(FormatError, match="v is damaged gzip"):
        read_word2vec(tmp_path / "v", format="word2vec")


@pytest.mark.parametrize(
    "content, message",
    [
        (b"99999999999 300\ncat 1 2\n", "the header promises 99999999999 words of 300 numbers, but the file has room"),
        (b"1 2\n" + b"1 " * 50_000_000, "v, line 2 is longer than 8388608 bytes"),
        (b"x" * 100_000_000, "v, line 1: expected 'words dim'"),
        (b"1000 9000\n" + b"\n" * 50_000_000, "v, line 2: the line is blank|the header promises"),
        (b"100000 100\n" + b"\x00" * 100_000_000, "no space within 65536 bytes|promises"),
    ],
)
def test_gzip_bombs_cost_no_memory(tmp_path, content, message):
    path = tmp_path / "v"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(content)
    del content
    tracemalloc.start()
    try:
        with pytest.raises(FormatError, match=message):
            read_word2vec(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40 * 1024 * 1024


def test_a_header_allocates_nothing(tmp_path):
    path = tmp_path / "v"
    path.write_bytes(b"10000000 300\n" + b"cat 0 0\n" * 10)
    tracemalloc.start()
    try:
        with pytest.raises(FormatError, match="room for"):
            read_word2vec(path)
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_text_in_another_encoding_is_still_told_as_text(tmp_path):
    (tmp_path / "v").write_bytes(b"1 9\ncaf\xe9" + b" 0.25" * 9 + b"\n")
    assert sniff_word2vec(tmp_path / "v") == "word2vec"
