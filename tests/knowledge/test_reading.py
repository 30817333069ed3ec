"""Readers of graphs: hand-made miniatures in the exact layouts, and real files with their sizes."""

import bz2
import gzip
import lzma
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from wordvec import FormatError, ParameterError
from wordvec.knowledge.graph import Edge, Term
from wordvec.knowledge.reading import read_graph

MINI = Path(__file__).parent / "mini"


def edges(graph):
    return {(edge.source, edge.relation, edge.target) for edge in graph.edges()}


def names(graph, concept):
    return [term.text for term in graph.terms_of(concept)]


def test_umls():
    graph = read_graph(MINI / "umls")
    assert (len(graph), graph.n_edges, graph.directed) == (30, 37, True)
    assert graph.metadata["left_out"] == {
        "dangling": 1, "duplicate_terms": 1, "duplicates": 1, "loops": 1, "rows_of_no_relation": 1, "suppressed": 2,
    }  # fmt: skip
    assert graph.metadata["format"] == "umls" and graph.metadata["semantic_types"]["Neoplastic Process"] == 4
    assert graph.terms_of("C0027051")[:2] == (
        Term("Myocardial infarction", "ENG"),  # preferred, though not the first in the file
        Term("Infarctus du myocarde", "FRE"),
    )
    found = edges(graph)
    assert ("C0027051", "parent", "C0010054") in found and ("C0010054", "child", "C0027051") in found
    assert ("C0027051", "broader", "C0012634") in found
    assert ("C0018799", "has_finding_site", "C0018787") in found, "CUI2 RELA CUI1"
    assert ("C0025598", "may_treat", "C0011860") in found


def test_umls_filters():
    english = read_graph(MINI / "umls", languages="eng", sources=["msh"], term_types="MH")
    assert english.terms.language_names == ("ENG",) and len(english.terms.texts) == 30
    assert english.metadata["left_out"]["other_sources"] > 9
    cancers = read_graph(MINI / "umls", semantic_types="T191")
    assert len(cancers) == 4 and cancers.n_edges == 6
    assert cancers.metadata["left_out"]["relations_of_other_semantic_types"] > 9
    assert read_graph(MINI / "umls", semantic_types="neoplastic process").concepts == cancers.concepts
    parents = read_graph(MINI / "umls", relations=["PAR"])
    assert parents.relation_names == ("parent",) and parents.n_edges == 17
    assert read_graph(MINI / "umls", suppressed=True).n_edges == 38


def test_umls_files_by_themselves(tmp_path):
    relations = read_graph(MINI / "umls" / "MRREL.RRF")
    assert "C9999999" in relations and relations.terms is None
    renamed = tmp_path / "strings.txt"
    shutil.copy(MINI / "umls" / "MRCONSO.RRF", renamed)
    assert len(read_graph(renamed)) == 30
    assert read_graph([renamed, MINI / "umls" / "MRREL.RRF"]).metadata["left_out"]["dangling"] == 1


def test_wordnet():
    graph = read_graph(MINI / "wordnet")
    assert names(graph, "00000100-n") == ["bank", "River bank"] and names(graph, "00000600-a") == ["steep"]
    assert edges(graph) == {
        ("00000100-n", "hypernym", "00000400-n"),
        ("00000400-n", "hyponym", "00000100-n"),
        ("00000200-n", "hyponym", "00000300-n"),
        ("00000300-n", "hypernym", "00000200-n"),
    }
    assert graph.metadata["left_out"] == {"lexical_pointers": 4, "loops": 1}
    assert graph.metadata["notes"] == ["not there: adv"]
    lexical = read_graph(MINI / "wordnet", lexical=True, relations="antonym")
    assert edges(lexical) == {
        ("00000500-v#1", "antonym", "00000550-v#1"),
        ("00000550-v#1", "antonym", "00000500-v#1"),
    }
    assert names(lexical, "00000500-v#1") == ["lend"]


def test_languages_meet_in_their_synsets():
    graph = read_graph([MINI / "wordnet", MINI / "omw"])
    assert graph.terms_of("00000200-n") == (Term("bank", "eng"), Term("banque", "fra"), Term("banco", "por"))
    assert names(graph, "00000600-a") == ["steep", "abrupt"], "satellites are adjectives"
    assert graph.metadata["left_out"]["definitions_and_examples"] == graph.metadata["left_out"]["lexical_gaps"] == 1
    french = read_graph(MINI / "omw", languages="fra")
    assert french.terms.language_names == ("fra",) and len(french) == 3 and french.n_edges == 0


def test_babelnet():
    graph = read_graph([MINI / "babelnet-lemmas.tsv", MINI / "babelnet-edges.tsv"])
    assert names(graph, "bn:00015267n") == ["dog", "domestic dog", "kutya", "Haushund"]
    assert graph.metadata["left_out"] == {"dangling": 1} and graph.n_edges == 2
    hungarian = read_graph(MINI / "babelnet-lemmas.tsv", languages=["hu"])
    assert names(hungarian, "bn:00001697n") == ["állat"] and names(hungarian, "bn:00046516n") == []


def test_babelnet_with_a_header_and_other_ids(tmp_path):
    table = tmp_path / "t.tsv"
    table.write_text("synset\tlanguage\tlemma\n7\ten\tdog\n8\ten\tanimal\n")
    links = tmp_path / "r.tsv"
    links.write_text("synset\trelation\tsynset2\n7\tis-a\t8\n")
    assert edges(read_graph([table, links])) == {("7", "is-a", "8")}


def test_obo():
    graph = read_graph(MINI / "toy.obo")
    assert graph.concepts == ("X:1", "X:2", "X:4", "X:5")
    assert names(graph, "X:1") == ["disease", "disorder", 'ailment, with "quotes"'], "exact synonyms first"
    assert edges(graph) == {("X:2", "is_a", "X:1"), ("X:2", "located_in", "X:5"), ("X:4", "is_a", "X:2")}
    assert graph.metadata["left_out"] == {"dangling": 1, "duplicate_ids": 1, "duplicates": 1, "obsolete": 1}


@pytest.mark.parametrize("file", ["mesh.tsv", "mtrees.bin"])
def test_mesh(file):
    graph = read_graph(MINI / file)
    infarction, heart = ("D009203", "D006331") if file == "mesh.tsv" else ("Myocardial Infarction", "Heart Diseases")
    assert (infarction, "parent", heart) in edges(graph)
    assert names(graph, infarction) == ["Myocardial Infarction"]
    if file == "mesh.tsv":
        assert (infarction, "parent", "D017202") in edges(graph), "two places, two parents"
        assert graph.metadata["left_out"] == {"dangling": 1}


def test_conceptnet():
    graph = read_graph(MINI / "conceptnet.csv")
    assert Edge("/c/en/cat", "/c/en/animal", "is_a", 2.0) in set(graph.edges()), "of two senses the larger weight"
    assert names(graph, "/c/en/heart_attack") == ["heart attack"]
    assert graph.metadata["left_out"] == {"duplicates": 1, "links_to_other_data": 1, "loops": 1}
    english = read_graph(MINI / "conceptnet.csv", languages="en", relations=["IsA", "/r/Antonym"])
    assert english.relation_names == ("antonym", "is_a") and english.n_edges == 2
    assert english.metadata["left_out"]["other_languages"] == 1


def test_word_lists():
    graph = read_graph(MINI / "lexicon.txt")
    assert edges(graph) == {("cat", "related", "feline"), ("cat", "related", "pussycat"), ("hot", "related", "warm")}
    assert graph.metadata["left_out"] == {"duplicates": 1, "lone_words": 1, "loops": 1} and "alone" in graph
    heads = read_graph(MINI / "lexicon.txt", directed=True, list_relation="paraphrase")
    assert heads.n_edges == 4 and heads.relation_names == ("paraphrase",)


def test_lists_of_synonyms_and_antonyms_are_told_by_their_names():
    graph = read_graph([MINI / "synonyms.txt", MINI / "antonyms.txt"])
    assert edges(graph) == {("cat", "synonym", "feline"), ("hot", "synonym", "warm"), ("cold", "antonym", "hot")}
    assert graph.terms is None and graph.metadata["notes"][0] == "words are en: the language before each is taken off"
    assert graph.metadata["left_out"] == {"duplicates": 1}


def test_words_of_several_languages_keep_them(tmp_path):
    path = tmp_path / "synonyms.txt"
    path.write_text("en_gift de_geschenk\nen_poison de_gift 0.5\n")
    graph = read_graph(path)
    assert graph.terms_of("de_gift") == (Term("gift", "de"),) and graph.terms_of("en_gift") == (Term("gift", "en"),)
    german = read_graph(path, languages="de")
    assert german.metadata["left_out"] == {"other_languages": 2} and german.n_edges == 0


def test_pairs_of_several_words_with_weights(tmp_path):
    path = tmp_path / "pairs.txt"
    path.write_text("heart attack\tmyocardial infarction\t0.75\nhot\twarm\t1\n")
    assert Edge("heart attack", "myocardial infarction", "related", 0.75) in set(read_graph(path).edges())


def test_tables_of_edges(tmp_path):
    graph = read_graph(MINI / "edges.tsv")
    assert list(graph.edges()) == [Edge("cat", "animal", "is_a", 1.0), Edge("cat", "dog", "related", 0.25)]
    both = tmp_path / "both.tsv"
    both.write_text("word1\tword2\na\tb\nb\ta\n")
    undirected = read_graph(both, list_relation="synonym")
    assert not undirected.directed and edges(undirected) == {("a", "synonym", "b")}
    table = tmp_path / "synsets.tsv"
    table.write_text("synset\tss_type\tlemmas\tgloss\n1-n\tn\tdog|domestic_dog\ta pet\n2-n\tn\tanimal\talive\n")
    (tmp_path / "synset-edges.tsv").write_text("synset1\trelation\tsynset2\n1-n\thypernym\t2-n\n1-n\thypernym\t9-n\n")
    synsets = read_graph(table)
    assert names(synsets, "1-n") == ["dog", "domestic dog"] and synsets.metadata["left_out"] == {"dangling": 1}
    assert edges(read_graph(tmp_path)) == edges(synsets) == {("1-n", "hypernym", "2-n")}


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)])
def test_packed_files(tmp_path, ending, pack):
    for name in ("MRCONSO.RRF", "MRREL.RRF"):
        (tmp_path / (name + ending)).write_bytes(pack((MINI / "umls" / name).read_bytes()))
    assert read_graph(tmp_path).n_edges == 37


def test_the_format_that_is_named_wins(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("cat feline\nhot warm\n")
    assert read_graph(path).metadata["format"] == "pairs"
    assert read_graph(path, format="lexicon").metadata["format"] == "lexicon"
    with pytest.raises(ParameterError, match=r"format must be one of wvg, umls, .*, got 'csv'"):
        read_graph(path, format="csv")


def test_a_saved_graph_is_a_graph(tmp_path):
    graph = read_graph(MINI / "umls")
    graph.save(tmp_path / "g.wvg")
    assert read_graph(tmp_path / "g.wvg").metadata == graph.metadata
    parents = read_graph(tmp_path / "g.wvg", relations="parent", languages="eng")
    assert parents.n_edges == 17 and parents.terms.language_names == ("ENG",)
    assert parents.metadata["left_out"]["suppressed"] == 2, "what was left out before is not forgotten"


def test_the_order_of_lines_does_not_matter(tmp_path):
    for name in ("MRCONSO.RRF", "MRREL.RRF"):
        lines = (MINI / "umls" / name).read_text("utf-8").splitlines(keepends=True)
        (tmp_path / name).write_text("".join(reversed(lines)), "utf-8")
    one, other = read_graph(MINI / "umls"), read_graph(tmp_path)
    assert list(one.edges()) == list(other.edges()) and one.concepts == other.concepts
    assert all(set(one.terms_of(concept)) == set(other.terms_of(concept)) for concept in one.concepts)
    assert one.terms_of("C0027051")[0].text == "Myocardial infarction"


def test_wn_that_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "wn", None)
    with pytest.raises(ParameterError, match=r"the package wn is not installed; pip install wn, or read WordNet's own"):
        read_graph("wn:oewn:2024")


def test_wn(monkeypatch):
    class Synset:
        def __init__(self, name, lemmas, relations):
            self.id, self._lemmas, self._relations = name, lemmas, relations

        def lexicon(self):
            return SimpleNamespace(language="en")

        def lemmas(self):
            return self._lemmas

        def relations(self):
            return self._relations

    animal = Synset("toy-2-n", ["animal"], {})
    dog = Synset("toy-1-n", ["dog", "domestic dog"], {"hypernym": [animal]})

    class Error(Exception):
        pass

    def wordnet(lexicon):
        if lexicon != "toy:1":
            raise Error("no lexicon found")
        return SimpleNamespace(synsets=lambda: [dog, animal])

    fake = SimpleNamespace(Wordnet=wordnet, Error=Error, __version__="9")
    monkeypatch.setitem(sys.modules, "wn", fake)
    graph = read_graph("wn:toy:1")
    assert graph.terms_of("toy-1-n") == (Term("dog", "en"), Term("domestic dog", "en"))
    assert edges(graph) == {("toy-1-n", "hypernym", "toy-2-n")} and graph.metadata["notes"] == ["read by wn 9"]
    assert edges(read_graph("toy:1", format="wn")) == edges(graph)
    with pytest.raises(ParameterError, match=r"wn has no 'toy:2' \(no lexicon found\); python -m wn download toy:2"):
        read_graph("wn:toy:2")


def test_real_graphs(shared_data):
    kg = shared_data / "kg"
    doid = read_graph(kg / "medical" / "doid-as-rrf")
    assert len(doid.terms.texts) == 26_169 and doid.relation_names == ("inverse_isa", "isa")
    left_out = doid.metadata["left_out"]
    assert doid.n_edges + left_out["loops"] + left_out["duplicates"] == 24_576
    wordnet = read_graph(kg / "wordnet-3.0")
    assert (len(wordnet), wordnet.n_edges) == (117_659, 285_348)
    assert wordnet.metadata["left_out"] == {"lexical_pointers": 92_244}
    derived = read_graph(kg / "wordnet-3.0" / "synset-edges.tsv.xz")
    assert edges(derived) == edges(wordnet)
    terms = read_graph(kg / "medical" / "hpo" / "hp.obo.xz")
    assert len(terms) + terms.metadata["left_out"]["obsolete"] == 19_484 and terms.n_edges == 23_392


def test_real_lists_and_languages(shared_data):
    kg = shared_data / "kg"
    mesh = read_graph(kg / "medical" / "mesh" / "2017MeshTree.tsv.xz")
    assert (len(mesh), mesh.n_edges) == (28_470, 38_579)
    lists = read_graph(kg / "wordnet-3.0" / "wordnet-synonyms.txt.xz", directed=True)
    assert (len(lists), lists.n_edges, lists.relation_names) == (44_722, 140_078, ("synonym",))
    assert len(read_graph(kg / "faruqui-retrofitting-lexicons" / "ppdb-xl.txt.xz")) == 102_899
    antonyms = read_graph(kg / "attract-repel" / "full-ant-sample.txt.xz")
    assert antonyms.relation_names == ("antonym",) and "likable" in antonyms
    several = read_graph(kg / "omw")
    assert several.terms.language_names == ("deu", "fra", "hun", "ita", "nld", "por", "swe")


def test_a_choice_that_nothing_answers():
    with pytest.raises(ParameterError, match=r"relations must be among those that were read \(.*parent.*\), got 'isa'"):
        read_graph(MINI / "umls", relations="isa")
    with pytest.raises(
        ParameterError, match=r"sources chooses among source vocabularies .* nothing that was read here"
    ):
        read_graph(MINI / "wordnet", sources="MSH")
    with pytest.raises(ParameterError, match="languages must be one or more names"):
        read_graph(MINI / "wordnet", languages=[])
    with pytest.raises(
        ParameterError, match=r"edges of .*toy.obo have a direction, those of .*lexicon.txt have none; give --dir"
    ):
        read_graph([MINI / "toy.obo", MINI / "lexicon.txt"])
    assert not read_graph([MINI / "toy.obo", MINI / "lexicon.txt"], directed=False).directed


def test_a_graph_of_nothing_says_where(tmp_path):
    path = tmp_path / "edges.tsv"
    path.write_text("source\ttarget\n")
    with pytest.raises(FormatError, match=r"edges.tsv: the graph is empty: no concept and no edge was read"):
        read_graph(path)


def test_relations_of_lists_are_named_by_path(tmp_path):
    near, far, table = (tmp_path / name for name in ("near.txt", "far.txt", "edges.tsv"))
    near.write_text("hot warm mild\n")
    far.write_text("hot cold icy\n")
    table.write_text("word1\tword2\nhot\tboiling\n")
    graph = read_graph([near, far, table], list_relation={str(near): "synonym", str(far): "antonym", str(table): "x"})
    assert graph.relation_names == ("antonym", "synonym", "x")
    mixed = read_graph([near, far], list_relation={far: "antonym"})
    assert mixed.relation_names == ("antonym", "related")
    with pytest.raises(ParameterError, match="list_relation must be for paths that are read, got '.*far.txt'"):
        read_graph(near, list_relation={far: "antonym"})
    with pytest.raises(ParameterError, match="list_relation must be a name that is not empty, got ''"):
        read_graph(near, list_relation={near: ""})
    table.write_text("word1\tword2\trelation\nhot\tboiling\tmore\n")
    with pytest.raises(ParameterError, match="edges.tsv 'x', and its column 'relation' does; leave it out"):
        read_graph(table, list_relation={table: "x"})
    mixed.save(tmp_path / "g.wvg")
    with pytest.raises(ParameterError, match=r"g.wvg \(wvg\) has its own; leave 'antonym' out"):
        read_graph(tmp_path / "g.wvg", list_relation={tmp_path / "g.wvg": "antonym"})


def test_words_beside_concepts_that_have_names(tmp_path):
    words = {"list.txt": "cat feline\nalone\n", "table.tsv": "word1\tword2\ncat\tfeline\n"}
    for name, text in words.items():
        (tmp_path / name).write_text(text)
    read_graph(tmp_path / "list.txt").save(tmp_path / "list.wvg")
    for name in (*words, "list.wvg"):
        alone, beside = read_graph(tmp_path / name), read_graph([MINI / "umls", tmp_path / name], directed=True)
        assert alone.terms is None and names(beside, "cat") == ["cat"] and names(beside, "feline") == ["feline"]
        assert ("cat", "related", "feline") in edges(beside) and len(beside) == 30 + len(alone)
    named = read_graph(MINI / "umls").concepts[0]
    (tmp_path / "ids.txt").write_text(f"{named} cat_food\n")
    beside = read_graph([MINI / "umls", tmp_path / "ids.txt"], directed=True)
    assert beside.terms_of(named) == read_graph(MINI / "umls").terms_of(named)
    assert beside.terms_of("cat_food") == (Term("cat food"),)
    unwanted = read_graph([MINI / "umls", tmp_path / "list.txt"], directed=True, relations="parent")
    assert "alone" in unwanted and "feline" not in unwanted


def test_a_folder_with_one_file_is_that_file(tmp_path):
    shutil.copy(MINI / "lexicon.txt", tmp_path)
    (tmp_path / ".hidden").write_text("")
    assert edges(read_graph(tmp_path)) == edges(read_graph(MINI / "lexicon.txt"))
    (tmp_path / "other.txt").write_text("a b\n")
    with pytest.raises(FormatError, match="or a single file; else name a file of it: lexicon.txt, other.txt"):
        read_graph(tmp_path)
