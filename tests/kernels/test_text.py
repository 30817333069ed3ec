"""The kernels that read text, against their plain twins."""

import naive
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from wordvec.kernels.fold import BROKEN, DONE, HARD, fold_text
from wordvec.kernels.renumber import keep_known, replace_numbers
from wordvec.kernels.tokens import WordTable, copy_slots, find_words, number_words

#: What some characters are replaced by; None for those that a table cannot judge.
ENTRIES = {"É": "é".encode(), "é": "é".encode(), "—": b"\x1f", "’": b"'", "\u023a": "\u2c65".encode(), "\u0301": None}
PIECES = st.one_of(
    st.sampled_from([*ENTRIES, *"aZ09'-\n\n  \t\r,", "a" * 63, "é" * 40, "b" * 64, " " * 64, "x" * 200]),
    st.characters(codec="utf-8", max_codepoint=127),
    st.sampled_from(["😀", "\U00010400"]),
)
TEXTS = st.lists(PIECES, max_size=40).map("".join)


def fold(text, entries, lower):
    """Call the kernel as a stranger would, describing characters when it asks."""
    n = len(text)
    raw = np.zeros(n + 128, np.uint8)
    raw[:n] = list(text)
    table = np.zeros(65536, np.uint32)
    state, breaks, runs = np.zeros(4, np.int64), np.zeros(n + 1, np.int64), np.zeros((n + 1, 2), np.int64)
    out = np.zeros(2 * n + 128, np.uint8)
    while (answer := fold_text(raw, n, table, np.uint8(32 if lower else 0), state, out, breaks, runs)) >= 0:
        entry = entries.get(chr(answer))
        table[answer] = HARD if entry is None else int.from_bytes(entry, "little") | len(entry) << 24
    if answer == BROKEN:
        return None
    assert answer == DONE
    read, written, lines, marks = state.tolist()
    assert read == n
    return out[:written].tobytes(), breaks[:lines].tolist(), [tuple(run) for run in runs[:marks].tolist()]


@settings(deadline=None)
@given(TEXTS, st.booleans())
@example("a" * 70 + "\nÉ", True)
def test_fold_text_equals_naive(text, lower):
    assert fold(text.encode(), ENTRIES, lower) == naive.fold_text(text.encode(), ENTRIES, lower)


@settings(deadline=None)
@given(st.binary(max_size=90), TEXTS, st.integers(0, 200))
def test_fold_text_says_what_is_not_utf8(garbage, text, place):
    whole = text.encode()
    broken = whole[:place] + garbage + whole[place:]
    try:
        broken.decode()
    except UnicodeDecodeError:
        assert fold(broken, ENTRIES, True) is None
    else:
        assert fold(broken, ENTRIES, True) is not None


@pytest.mark.parametrize(
    "broken",
    [
        *(b"\x80", b"\xc0\xaf", b"\xc1\xbf", b"\xc3", b"\xc3a", b"\xe0\x80\xaf", b"\xe2\x82", b"\xe2\x82a"),
        *(b"\xed\xa0\x80", b"\xf0\x80\x80\xaf", b"\xf0\x9f\x98", b"\xf0\x9f\x98a", b"\xf4\x90\x80\x80", b"\xf5"),
    ],
)
def test_fold_text_refuses_what_python_refuses(broken):
    for before in (b"", b"ab ", "\u0301".encode()):  # in front of it, or in a run that is marked
        for after in (b"", b" a"):
            with pytest.raises(UnicodeDecodeError):
                (before + broken + after).decode()
            assert fold(before + broken + after, ENTRIES, False) is None


def find(text, spaces):
    padded = np.zeros(len(text) + 192, np.uint8)
    padded[: len(text)] = list(text)
    padded[len(text) :] = ord("x")  # what lies behind the text must not matter
    starts, stops = np.zeros(len(text) + 2, np.int32), np.zeros(len(text) + 2, np.int32)
    ends = np.full(len(text) + 1, -1, np.int64)
    n = find_words(padded, len(text), spaces, starts, stops, ends)
    return padded, starts[:n], stops[:n], ends[: text.count(b"\n")].tolist()


@settings(deadline=None)
@given(st.one_of(TEXTS.map(str.encode), st.binary(max_size=300)), st.booleans())
@example(b"a" * 64 + b"'" + b"b" * 63 + b"-", False)
@example(b"x" * 64, False)
@example(b"'" * 64 + b"\n", False)
def test_find_words_equals_naive(text, spaces):
    _, starts, stops, ends = find(text, spaces)
    assert (list(zip(starts.tolist(), stops.tolist(), strict=True)), ends) == naive.find_words(text, spaces)


def empty_table(n_slots, n_bytes, seed):
    sizes = np.zeros(2, np.int64)
    return WordTable(np.zeros((n_slots, 4), np.uint64), np.zeros(n_bytes, np.uint8), sizes, np.array([seed], np.uint64))


def number(text, starts, stops, longest, table, together):
    """Return the numbers of words and the table, which grows when it has to."""
    numbers, keys, done = np.full(len(starts), -1, np.int32), np.zeros((together, 3), np.uint64), 0
    while (done := number_words(text, starts, stops, done, longest, table, keys, numbers)) < len(starts):
        slots = np.zeros((2 * len(table.slots), 4), np.uint64)
        copy_slots(table.slots, table.seed[0], slots)
        assert naive.copy_slots(slots) == naive.copy_slots(table.slots)
        words = np.concatenate([table.words, np.zeros(len(table.words), np.uint8)])
        table = table._replace(slots=slots, words=words)
    return numbers.tolist(), table


@settings(deadline=None, max_examples=60)
@given(TEXTS, TEXTS, st.integers(0, 2**64 - 1), st.sampled_from([1, 3, 16]), st.sampled_from([16, 70, 150]))
@example("a " * 20, " ".join(f"w{i}" for i in range(90)), 0, 3, 16)
@example("word-of-17-bytes-", "word-of-17-bytes- word-of-17-byteZ- " + "y" * 70 + " " + "y" * 71, 9, 16, 70)
def test_number_words_equals_naive(first, second, seed, together, longest):
    table, known = empty_table(8, 256, seed), {}
    for text in (first.encode(), second.encode(), first.encode()):
        padded, starts, stops, _ = find(text, True)
        words = [padded[a:b].tobytes() for a, b in zip(starts, stops, strict=True)]
        numbers, table = number(padded, starts, stops, longest, table, together)
        assert numbers == naive.number_words(words, longest, known)
    listing = table.words[: table.sizes[1]].tobytes()
    assert listing == b"".join(word + b"\n" for word in known)
    assert table.sizes[0] == len(known)


NUMBERS = st.lists(st.integers(0, 4), max_size=30)


@settings(deadline=None)
@given(NUMBERS, st.data())
def test_replace_numbers_equals_naive(numbers, data):
    lists = [[], *data.draw(st.lists(NUMBERS.map(lambda n: n[:3]), max_size=4))]
    places = st.integers(0, len(lists) - 1)
    which = data.draw(st.lists(places, min_size=numbers.count(2), max_size=numbers.count(2)))
    ends = sorted(data.draw(st.lists(st.integers(0, len(numbers)), max_size=5)))
    offsets = np.cumsum([0, *map(len, lists)])
    others = np.array([n for each in lists for n in each], np.int32)
    expected, moved = naive.replace_numbers(numbers, 2, which, lists, ends)
    places, out = np.array(ends, np.int64), np.full(len(expected), -1, np.int32)
    replace_numbers(np.array(numbers, np.int32), 2, np.array(which, np.int32), offsets, others, places, out)
    assert (out.tolist(), places.tolist()) == (expected, moved)


@settings(deadline=None)
@given(NUMBERS, st.permutations([-1, -1, 0, 1, 2]), st.data())
def test_keep_known_equals_naive(numbers, final, data):
    ends = sorted(data.draw(st.lists(st.integers(0, len(numbers)), max_size=5)))
    places, out, counts = np.array(ends, np.int64), np.full(len(numbers), -1, np.int32), np.array([5, 0, 0])
    n = keep_known(np.array(numbers, np.int32), np.array(final, np.int32), places, out, counts)
    kept, expected = naive.keep_known(numbers, final, ends)
    assert (out[:n].tolist(), places.tolist()) == (kept, expected)
    assert (counts - [5, 0, 0]).tolist() == [kept.count(k) for k in range(3)]
