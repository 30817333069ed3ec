"""How much faster than gensim counts the words of a text do we make it ids? Same files, in turn, per second of CPU.

    python benchmarks/speed_text.py --megabytes 60 --rounds 5

gensim scans a file for its vocabulary, words cut at spaces; ``counter`` does the same with Python's Counter and gives
ids in a second pass. Ours lowers, cuts by the rules of ``words`` and gives ids: ``cut`` from memory, ``read`` from
the file with its digest, ``encode`` all of it, to a corpus on the disk. ``plain`` is our plain tokenizer, the
specification, on a tenth of the text.
"""

import lzma
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from harness import arguments_parser, ratios, record

from wordvec.text.encode import encode
from wordvec.text.readers import LineReader
from wordvec.text.tokenize import tokenize
from wordvec.text.word_ids import WordIds

LATIN, CYRILLIC = "abcdefghijklmnopqrstuvwxyz", "абцдефгхийклмнопярстувшхыз"


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--megabytes", type=int, default=None, help="size of a text at most; default: 60; short: 8")
    parser.add_argument("--rounds", type=int, default=None, help="default: 5; short: 2")
    arguments = parser.parse_args()
    arguments.megabytes = arguments.megabytes or (8 if arguments.short else 60)
    arguments.rounds = arguments.rounds or (2 if arguments.short else 5)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts(arguments.data / "corpus", arguments.megabytes * 1_000_000):
            path = Path(folder, f"{name}.txt")
            path.write_bytes(text)
            rows.append({"text": name, **measure(path, text, arguments.rounds)})
            print(*(f"{key} {value}" for key, value in rows[-1].items()), sep="\t", flush=True)
    record("speed_text", rows)


def texts(data: Path, size: int) -> Iterator[tuple[str, bytes]]:
    """Yield English of ASCII lines only, English as it is, Hungarian novels, and English spelled in Cyrillic."""
    english = unpacked(data / "enwiki2014")
    ascii_lines = b"".join(line for line in english.splitlines(keepends=True) if line.isascii())
    hungarian = unpacked(data / "eltec-hun")
    table = str.maketrans(LATIN + LATIN.upper(), CYRILLIC + CYRILLIC.upper())
    yield "english-ascii", whole_lines(ascii_lines[:size])
    yield "english", whole_lines(english[:size])
    yield "hungarian", whole_lines(hungarian[:size])
    yield "english-in-cyrillic", whole_lines(whole_lines(english[: size // 2]).decode().translate(table).encode())


def unpacked(folder: Path) -> bytes:
    return b"".join(lzma.decompress(path.read_bytes()) for path in sorted(folder.glob("*.xz")))


def whole_lines(text: bytes) -> bytes:
    return text[: text.rfind(b"\n") + 1]


def measure(path: Path, text: bytes, rounds: int) -> dict[str, Any]:
    """Return MB per second of CPU of every contender, and the medians of our ratios to gensim."""
    tenth = whole_lines(text[: len(text) // 10]).decode()
    blocks = [block.text for block in LineReader(str(path)).blocks()]
    tasks: dict[str, tuple[int, Callable[[], Any]]] = {
        "gensim": (len(text), lambda: scan_with_gensim(path)),
        "counter": (len(text), lambda: count_and_number(path)),
        "plain": (len(tenth.encode()), lambda: [tokenize(line) for line in tenth.split("\n")]),
        "cut": (len(text), lambda: cut(iter(blocks))),
        "read": (len(text), lambda: cut(block.text for block in LineReader(str(path)).blocks())),
        "encode": (len(text), lambda: encode_in(path.parent, path)),
    }
    speeds: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(rounds + 1):  # the first one warms up
        for name, (size, task) in tasks.items():
            began = time.process_time()
            task()
            if turn:
                speeds[name].append(size / 1e6 / (time.process_time() - began))
    gained = {name: ratios(speeds[name], speeds["gensim"])["median"] for name in ("cut", "read", "encode")}
    tokens, words = cut(iter(blocks))
    medians = {name: statistics.median(found) for name, found in speeds.items()}
    sizes = {"megabytes": len(text) / 1e6, "tokens": tokens, "words": words}
    return {**sizes, "ratio_to_gensim": gained, "megabytes_per_second": medians}


def scan_with_gensim(path: Path) -> None:
    from gensim.models import Word2Vec

    Word2Vec(min_count=5).build_vocab(corpus_file=str(path))


def count_and_number(path: Path) -> None:
    counts: Counter[str] = Counter()
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            counts.update(line.split())
    index = {word: number for number, (word, _) in enumerate(counts.most_common())}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            [index[word] for word in line.split()]


def cut(blocks: Iterator[bytes]) -> tuple[int, int]:
    """Give ids; return how many tokens and words there are."""
    ids, tokens = WordIds("words", "lower"), 0
    for block in blocks:
        found = ids.cut(block)
        assert found is not None
        tokens += len(found.ids)
    return tokens, len(ids)


def encode_in(folder: Path, path: Path) -> None:
    encode(path, output=folder / "corpus", overwrite=True)


if __name__ == "__main__":
    main()
