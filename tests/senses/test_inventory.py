"""Inventories of senses: the value, and what each form of file is read as."""

import lzma
from pathlib import Path

import pytest

from wordvec import FormatError, ParameterError, UnknownWordError
from wordvec.senses.inventory import InventorySense, SenseInventory
from wordvec.senses.inventory_files import read_inventory
from wordvec.senses.inventory_wordnet import from_wn, read_wordnet

LICENCE = "  1 A licence of the database.  \n  2   \n"
INDEX_NOUN = "bank n 2 3 @ ~ + 2 1 00000100 00000200  \nloan n 1 1 @ 1 0 00000300  \nRiver_bank n 1 0 1 0 00000100  \n"
DATA_NOUN = (
    '00000100 17 n 02 bank 0 River_bank 0 001 @ 00000400 n 0000 | sloping land; "they sat on the bank"  \n'
    "00000200 14 n 01 bank 2 002 ~ 00000300 n 0000 + 00000500 v 0102 | lends money  \n"
    "00000300 21 n 01 loan 0 001 @ 00000200 n 0000 | money that is lent  \n"
    "00000400 17 n 01 slope 0 000 | an elevated formation  \n"
)
INDEX_VERB = "bank v 1 1 + 1 1 00000500  \n"
DATA_VERB = (
    "00000500 40 v 02 lend 0 bank 0 002 + 00000200 n 0201 ! 00000200 n 0101 02 + 08 00 + 21 02 | do business  \n"
)
ADJ = "00000600 00 s 01 steep(p) 1 001 & 00000600 a 0000 | sharply sloping  \n"


def write_dict(folder: Path, *, compressed: bool = False, **more: str) -> Path:
    """Write a miniature of WordNet's database files, in the layout of its manual."""
    files = {"index.noun": INDEX_NOUN, "data.noun": DATA_NOUN, "index.verb": INDEX_VERB, "data.verb": DATA_VERB}
    files |= {"index.adj": "steep a 1 0 1 0 00000600  \n", "data.adj": ADJ}
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (files | {key.replace("_", "."): value for key, value in more.items()}).items():
        content = (LICENCE + text).encode()
        (folder / (name + ".xz" * compressed)).write_bytes(lzma.compress(content) if compressed else content)
    return folder


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("compressed", [False, True])
def test_wordnet_database(tmp_path: Path, compressed: bool) -> None:
    write_dict(tmp_path / "dict", compressed=compressed)
    found = read_inventory(tmp_path)
    assert found.form == "wordnet"
    assert found.notes == (
        "taken for WordNet's database files in dict",
        "no cntlist.rev and no index.sense: senses stand in WordNet's order, without tag counts",
        "not there: adv; 0 pointers to them",
    )
    assert [s.name for s in found.senses("bank")] == [
        "bank.n.01 00000100-n",
        "bank.v.01 00000500-v",
        "bank.n.02 00000200-n",
    ]
    river, verb, money = found.senses("bank")
    assert river.gloss == 'sloping land; "they sat on the bank"'
    assert [tuple(r[:2]) for r in river.related] == [
        ("bank", "synonym"),
        ("River bank", "synonym"),
        ("slope", "hypernym"),
    ]
    # A pointer between words names one word of the synset; antonyms are no help.
    assert [tuple(r[:2]) for r in money.related] == [("bank", "synonym"), ("loan", "hyponym"), ("bank", "derivation")]
    assert ("bank", "derivation") in [r[:2] for r in verb.related]
    assert (river.is_tagged, money.is_tagged, river.count) == (True, False, None)
    assert found.senses("river bank")[0].label == "river_bank.n.01"
    assert found.senses("steep")[0].related[0].word == "steep"


def test_wordnet_tag_counts_give_the_order(tmp_path: Path) -> None:
    counts = "bank%1:14:00:: 2 25\nbank%1:17:01:: 1 20\nbank%2:40:00:: 1 3\nsteep%5:00:01:high:00 1 7\n"
    (write_dict(tmp_path) / "cntlist.rev").write_text(counts)
    found = read_wordnet(tmp_path)
    assert [(s.label, s.count) for s in found.senses("bank")] == [
        ("bank.n.02", 25),
        ("bank.n.01", 20),
        ("bank.v.01", 3),
    ]
    assert found.senses("steep")[0].count == 7
    assert found.senses("loan")[0].count == 0
    (tmp_path / "cntlist.rev").unlink()
    (tmp_path / "index.sense").write_text("bank%1:14:00:: 00000200 2 25\n")
    assert read_wordnet(tmp_path).senses("bank")[0].count == 25


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"data_noun": "00000100 17 n 0g bank 0 000 | x\n"}, "data.noun, line 3: not a synset as WordNet's data.noun"),
        ({"data_noun": "00000100 17 n 02 bank 0 000 | x\n"}, "data.noun, line 3: not a synset"),
        ({"data_noun": "00000100 17 n 01 bank 0 001 ? 00000100 n 0000 | x\n"}, "data.noun, line 3: not a synset"),
        ({"index_noun": "bank n two\n"}, "index.noun, line 3: not a lemma as WordNet's index.noun"),
        ({"index_noun": "bank n 1 0 1 0 00009999\n"}, "'bank' has the synset 00009999, which data.noun has not"),
        ({"cntlist_rev": "bank 1 2\n"}, "cntlist.rev, line 3: expected a sense key, its number and its count"),
    ],
)
def test_damaged_wordnet_is_named(tmp_path: Path, more: dict[str, str], message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_wordnet(write_dict(tmp_path, **more))
    assert message in str(caught.value)


def test_half_of_wordnet_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"expected index.noun and data.noun, plain or .xz"):
        read_wordnet(tmp_path)
    (write_dict(tmp_path) / "data.verb").unlink()
    with pytest.raises(FormatError, match=r"index.verb is there, data.verb is not"):
        read_wordnet(tmp_path)
    (tmp_path / "index.verb").unlink()
    assert "not there: verb, adv; 1 pointer to them" in read_wordnet(tmp_path).notes


def test_plain_table(tmp_path: Path) -> None:
    path = write(tmp_path / "s.tsv", "Bank\triver\tland\tshore | river side\nbank\tmoney\tlends\nbank\tother\n")
    found = read_inventory(path)
    assert (found.form, [s.label for s in found.senses("bank")]) == ("table", ["river", "money", "other"])
    assert [r.word for r in found.senses("bank")[0].related] == ["shore", "river side"]
    with_header = write(tmp_path / "h.tsv", "word\tlabel\tsynset\tgloss\nbank\tbank.n.02\tbn:00008364n\tlends\n")
    assert read_inventory(with_header).sense("bank", "bn:00008364n").gloss == "lends"
    assert "line 1 taken for a header" in read_inventory(with_header).notes[0]


def test_twsi(tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.csv", "bank\t1\tfinancial institution:31, depository:9\nbank\t2\tside:4, shore:2, edge:0\n"
    )
    found = read_inventory(path)
    assert (found.form, [s.label for s in found.senses("bank")]) == ("twsi", ["bank.1", "bank.2"])
    first, second = found.senses("bank")
    assert [(r.word, r.weight) for r in first.related] == [("financial institution", 1.55), ("depository", 0.45)]
    assert [r.word for r in second.related] == ["side", "shore"]


def test_synsets_with_edges(tmp_path: Path) -> None:
    table = "synset\tss_type\tlemmas\tgloss\n1-n\tn\tbank|river_bank\tland\n2-n\tn\tslope\tformation\n"
    path = write(tmp_path / "synsets.tsv", table)
    assert "no synset-edges.tsv beside it: synonyms only" in read_inventory(path).notes
    write(tmp_path / "synset-edges.tsv", "synset1\trelation\tsynset2\n1-n\thypernym\t2-n\n1-n\thypernym\t9-n\n")
    found = read_inventory(tmp_path)
    assert found.notes[1] == "edges from synset-edges.tsv, 1 to synsets that are not there"
    assert [r.word for r in found.senses("river bank")[0].related] == ["bank", "river bank", "slope"]
    assert found.senses("bank")[0].name == "1-n"


def test_babelnet_style(tmp_path: Path) -> None:
    rows = "bn:00008364n\tEN\tbank\tlends money\nbn:00008364n\tEN\tdepository\t\nbn:00008363n\tEN\tbank\tland\n"
    found = read_inventory(write(tmp_path / "b.tsv", rows))
    assert (found.form, [s.label for s in found.senses("bank")]) == ("babelnet", ["bn:00008364n", "bn:00008363n"])
    assert (found.senses("bank")[0].part, [r.word for r in found.senses("bank")[0].related]) == (
        "n",
        ["bank", "depository"],
    )
    path = write(tmp_path / "b.tsv", "synset\tlanguage\tlemma\tgloss\n" + rows + "bn:00008364n\tDE\tBank\tGeld\n")
    with pytest.raises(FormatError, match=r"is in several languages \(de, en\); choose one: language="):
        read_inventory(path)
    with pytest.raises(ParameterError, match=r"language must be one of de, en, got 'fr'"):
        read_inventory(path, language="fr")
    found = read_inventory(path, language="EN")
    assert found.notes[1] == "language en; 1 line in other languages left out"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty."),
        ("bank\n", "line 1: cannot tell the form of 1 columns separated by tabs ('bank')"),
        ("bank\ta\nbank\ta\n", "line 2: 'bank' has the label 'a' twice"),
        ("bank\ta\nbank\n", "line 2: expected 2 to 4 columns separated by tabs, got 1"),
        ("bank\ta\n\tb\n", "line 2: the word is empty"),
        ("bank\ta\nbank\tb\x07\n", "line 2: holds the control character"),
        ("bank\t1\tside:4\nbank\t2\tside\n", "line 2: expected word:weight, got 'side'"),
        ("bank\t1\tside:4\nbank\t1\tside:3\n", "line 2: 'bank' has the sense 1 twice"),
        ("bank\t1\tside:4\nbank\tx\tside:3\n", "line 2: expected a word and the number of a sense, got 'bank' 'x'"),
        ("word\tlabel\n", "holds a header and no line below it"),
        ("synset\tlemmas\tgloss\n1\t\tx\n", "line 2: the synset has no lemmas"),
        ("synset\tlemmas\tgloss\n1\ta\tx\n1\tb\ty\n", "line 3: the synset '1' is there twice"),
        ("bn:00008364n\tEN\tbank\t\nbn:00008364n\tEN\t\t\n", "line 2: the lemma is empty"),
    ],
)
def test_bad_tables_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_inventory(write(tmp_path / "bad.tsv", text))
    assert message in str(caught.value)


def test_bad_paths_and_bytes(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"gone.tsv does not exist"):
        read_inventory(tmp_path / "gone.tsv")
    with pytest.raises(FormatError, match=r"holds no inventory; expected index.noun and data.noun"):
        read_inventory(tmp_path)
    (tmp_path / "latin.tsv").write_bytes(b"caf\xe9\tone\n")
    with pytest.raises(FormatError, match=r"latin.tsv, line 1"):
        read_inventory(tmp_path / "latin.tsv")
    (tmp_path / "cut.tsv.xz").write_bytes(lzma.compress(b"bank\tone\n" * 999)[:-9])
    with pytest.raises(FormatError, match=r"is damaged or cut short"):
        read_inventory(tmp_path / "cut.tsv.xz")
    with pytest.raises(ParameterError, match=r"form must be one of wordnet, synsets, babelnet, twsi, table, got 'x'"):
        read_inventory(tmp_path, form="x")  # type: ignore[arg-type]
    with pytest.raises(FormatError, match=r"is a file; WordNet's database is a folder"):
        read_inventory(write(tmp_path / "a.tsv", "a\tb\n"), form="wordnet")
    with pytest.raises(FormatError, match=r"expected a header with synset, lemmas and gloss"):
        read_inventory(tmp_path / "a.tsv", form="synsets")


def test_select_counts_what_it_leaves_out() -> None:
    senses = tuple(InventorySense(f"bank.{p}.{i}", part=p, is_tagged=i == 1) for p in "nv" for i in (1, 2))
    found = SenseInventory({"bank": senses, "loan": senses[:1]}, "table")
    assert found.select(limit=1).notes == ("3 senses of 1 lemma left out: limit=1",)
    assert found.select(parts="v").notes == ("3 senses of 2 lemmas left out: parts=v",)
    assert "loan" not in found.select(parts="v")
    assert found.select(tagged=True).n_senses == 3
    assert found.select(words=["Bank", "zebra"]).notes == ("1 of 2 words asked for have an entry",)
    with pytest.raises(ParameterError, match="limit must be an integer >= 1, got 0"):
        found.select(limit=0)
    with pytest.raises(ParameterError, match="parts must be among n, v, a, r, got 'x'"):
        found.select(parts="nx")


def test_unknown_words_and_labels() -> None:
    found = SenseInventory({"bank": (InventorySense("a", "s1"),)}, "table")
    with pytest.raises(UnknownWordError, match=r"'banc' is not among .* Did you mean 'bank'"):
        found.senses("banc")
    with pytest.raises(ParameterError, match=r"label of a sense of 'bank' must be one of a s1, got 'b'"):
        found.sense("bank", "b")
    with pytest.raises(ParameterError, match=r"labels of 'bank' must be different"):
        SenseInventory({"bank": (InventorySense("a"), InventorySense("a"))}, "table")


def test_the_wn_package_is_optional() -> None:
    try:
        import wn  # noqa: F401
    except ImportError:
        with pytest.raises(ParameterError, match="the package wn is not installed"):
            from_wn()


def test_real_wordnet(shared_data: Path) -> None:
    found = read_inventory(shared_data / "kg" / "wordnet-3.0")
    assert found.n_synsets == 117_659
    nouns = found.select(parts="n").senses("bank")
    assert len(nouns) == 10
    assert nouns[1].name == "bank.n.02 08420278-n"
    assert sum(s.is_tagged is True for s in nouns) == 4


def test_real_twsi(shared_data: Path) -> None:
    found = read_inventory(shared_data / "eval" / "wsi" / "twsi" / "Inventory-TWSI-2.csv.xz")
    assert (found.form, found.n_senses) == ("twsi", 2333)
