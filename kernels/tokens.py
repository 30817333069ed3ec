"""Bytes to numbers: runs of word bytes are found 64 bytes at a time, and each distinct one gets the next number."""

from typing import NamedTuple

import numpy as np

from ._bytes import count_bits, load64, lowest_bit, mark_text, mark_words, prefetch_slot
from ._jit import kernel
from .fold import _below
from .random import mix64

_ONE, _TOP = np.uint64(1), np.uint64(63)
_LENGTH = np.uint64(32)
_NUMBER = np.uint64(0xFFFFFFFF)
_FIRST = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xD6E8FEB86659FD93)
#: Bits of the first and second 8 bytes that a word of 0 to 16 bytes has.
_MASKS = np.array([[(1 << 8 * min(n, 8)) - 1, (1 << 8 * max(n - 8, 0)) - 1] for n in range(17)], dtype=np.uint64)


class WordTable(NamedTuple):
    """A hash table of byte strings and their numbers.

    Parameters
    ----------
    slots : uint64[a power of 2, 4]
        For each place: the word's 16 bytes (or, of a longer one, two digests), its number with its length from
        bit 32 on, and where it begins in ``words``. Zeros where there is none.
    words : uint8[any]
        The words in the order of their numbers, a line feed after each.
    sizes : int64[2]
        The number that the next new word gets, and how many of ``words`` are used.
    seed : uint64[1]
        What places are drawn from. No result depends on it.
    """

    slots: np.ndarray
    words: np.ndarray
    sizes: np.ndarray
    seed: np.ndarray


@kernel
def _place(first, second, seed, n_slots):
    """Return the slot at which a search begins."""
    mixed = (first ^ seed) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(29)) ^ second * _SECOND) * _FIRST
    return np.int64((mixed >> np.uint64(32)) & np.uint64(n_slots - 1))


@kernel
def _digest_long(text, start, length, seed):
    """Return two digests of a word of more than 16 bytes."""
    one, two = seed, mix64(seed ^ np.uint64(length))
    at, end = start, start + length - 8
    while at < end:
        part = load64(text, at)
        one, two = mix64(one ^ part), (two ^ part) * _SECOND
        at += 8
    part = load64(text, end)
    return mix64(one ^ part), mix64(two ^ part)


@kernel
def _is_same(words, at, text, start, length):
    """Tell whether two runs of more than 8 bytes are equal."""
    end = length - 8
    k = 0
    while k < end:
        if load64(words, at + k) != load64(text, start + k):
            return False
        k += 8
    return load64(words, at + end) == load64(text, start + end)


@kernel
def _add(text, start, length, first, second, place, slots, words, sizes):
    """Put a new word in the free slot ``place``; return its number."""
    number, at = sizes[0], sizes[1]
    slots[place, 0], slots[place, 1], slots[place, 3] = first, second, np.uint64(at)
    slots[place, 2] = np.uint64(length) << _LENGTH | np.uint64(number)
    for k in range(length):
        words[at + k] = text[start + k]
    words[at + length] = 10
    sizes[0], sizes[1] = number + 1, at + length + 1
    return number


@kernel
def _mark(text, base, n, spaces):
    """Return (in words, joiners, line feeds) of the 64 bytes at ``base``, all 0 from ``n`` on."""
    if base >= n:
        return np.uint64(0), np.uint64(0), np.uint64(0)
    words, joiners, feeds = mark_text(text, base) if spaces else mark_words(text, base)
    within = _below(n - base)
    return words & within, joiners & within, feeds & within


@kernel
def find_words(text, n, spaces, starts, stops, ends):
    """Write where the words of ``text`` are, and how many there are up to each line feed.

    A word is a run of bytes that are no white space (``spaces``); or of letters, digits and bytes beyond ASCII,
    which goes on over one apostrophe or hyphen between two of these.

    Parameters
    ----------
    text : uint8[>= n + 64]
        What to cut.
    n : int
        How much of it.
    spaces : bool
        Which rule.
    starts, stops : int32[> n / 2 + 1]
        Overwritten: where each word begins, and the byte after it.
    ends : int64[>= line feeds]
        Overwritten: how many words there are up to each line feed.

    Returns
    -------
    int
        How many words there are.
    """
    begun = found = lines = 0
    before, inside = np.uint64(0), np.uint64(0)
    words, joiners, feeds = _mark(text, 0, n, spaces)
    for base in range(0, n + 1, 64):
        next_words, next_joiners, next_feeds = _mark(text, base + 64, n, spaces)
        joined = joiners & (words << _ONE | before) & (words >> _ONE | next_words << _TOP)
        runs = words | joined
        shifted = runs << _ONE | inside
        first, after = runs & ~shifted, shifted & ~runs
        while feeds:
            ends[lines] = found + count_bits(after & _below(lowest_bit(feeds) + 1))
            lines += 1
            feeds &= feeds - _ONE
        while first:
            starts[begun] = base + lowest_bit(first)
            begun += 1
            first &= first - _ONE
        while after:
            stops[found] = base + lowest_bit(after)
            found += 1
            after &= after - _ONE
        before, inside = words >> _TOP, runs >> _TOP
        words, joiners, feeds = next_words, next_joiners, next_feeds
    return found


@kernel
def _prepare_keys(text, starts, stops, low, high, longest, slots, seed, keys):
    """Write keys and places of some words, and ask for their slots."""
    for word in range(low, high):
        start, length = np.int64(starts[word]), np.int64(stops[word]) - np.int64(starts[word])
        first = second = np.uint64(0)
        if length <= 16:
            first, second = load64(text, start) & _MASKS[length, 0], load64(text, start + 8) & _MASKS[length, 1]
        elif length <= longest:
            first, second = _digest_long(text, start, length, seed)
        place = _place(first, second, seed, slots.shape[0])
        prefetch_slot(slots, place)
        keys[word - low, 0], keys[word - low, 1], keys[word - low, 2] = first, second, np.uint64(place)


@kernel
def number_words(text, starts, stops, done, longest, table, keys, numbers):
    """Write the number of each word, until all have one or the table may be too small for the next few.

    Parameters
    ----------
    text : uint8[>= the last stop + 16]
        Where the words are.
    starts, stops : int32[words]
        Where each begins, and the byte after it.
    done : int
        So many words have their number already.
    longest : int >= 16
        Longer words (in bytes) are not looked up; their number is 0.
    table : WordTable
        Grows by the new words. At most half of its slots are used.
    keys : uint64[words to look up together, 3]
        Scratch.
    numbers : int32[words]
        Overwritten from ``done`` on.

    Returns
    -------
    int
        How many words have their number now. If not all, call again with a larger table.
    """
    slots, words, sizes, seed = table.slots, table.words, table.sizes, table.seed[0]
    last = slots.shape[0] - 1
    for low in range(done, starts.shape[0], keys.shape[0]):
        high = min(starts.shape[0], low + keys.shape[0])
        if sizes[0] + high - low > slots.shape[0] // 2 or sizes[1] + (high - low) * (longest + 1) > words.shape[0]:
            return low
        _prepare_keys(text, starts, stops, low, high, longest, slots, seed, keys)
        for word in range(low, high):
            length = np.int64(stops[word]) - np.int64(starts[word])
            first, second, place = keys[word - low, 0], keys[word - low, 1], np.int64(keys[word - low, 2])
            number = np.int64(0 if length > longest else -1)
            while number < 0:
                found = slots[place, 2]
                if found == 0:
                    number = _add(text, starts[word], length, first, second, place, slots, words, sizes)
                elif (
                    slots[place, 0] == first
                    and slots[place, 1] == second
                    and found >> _LENGTH == np.uint64(length)
                    and (length <= 16 or _is_same(words, np.int64(slots[place, 3]), text, starts[word], length))
                ):
                    number = np.int64(found & _NUMBER)
                place = (place + 1) & last
            numbers[word] = number
    return starts.shape[0]


@kernel
def copy_slots(old, seed, new):
    """Put every word of the slots ``old`` in its place in the empty, larger slots ``new``."""
    last = new.shape[0] - 1
    for k in range(old.shape[0]):
        if old[k, 2] != 0:
            place = _place(old[k, 0], old[k, 1], seed, new.shape[0])
            while new[place, 2] != 0:
                place = (place + 1) & last
            for column in range(4):
                new[place, column] = old[k, column]
