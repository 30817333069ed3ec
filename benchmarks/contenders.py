"""The tools that train skip-gram and CBOW, each behind one function: a text in, vectors and seconds out.

The clock covers training only: gensim has its vocabulary and its lists of words, we have ids. fastText
offers one call that also reads and counts the text; its row says so.
"""

from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import dataclass
from functools import partial
from io import StringIO

import numpy as np
from harness import Sample, peer, timed
from text import Text

import wordvec as wv

#: Learning rates at the start, every tool's own default.
RATES = {"skipgram": 0.025, "cbow": 0.05}
WINDOW, NEGATIVE, SUBSAMPLE = 5, 5, 1e-3


@dataclass(frozen=True)
class Task:
    """What everybody is asked to do."""

    model: str
    dim: int
    threads: int
    epochs: int


Contender = Callable[[Text, Task, int], Sample]


def train_ours(racing: bool, text: Text, task: Task, seed: int) -> Sample:
    """Train with this package, reproducibly or with threads that race."""
    trainer = {"skipgram": wv.SkipGram, "cbow": wv.CBOW}[task.model]
    settings = {"dim": task.dim, "epochs": task.epochs, "lr": RATES[task.model], "seed": seed}
    made = trainer(window=WINDOW, negative=NEGATIVE, subsample=SUBSAMPLE, **settings)
    sample = timed(lambda: made.train(text.corpus, threads=task.threads, racing=racing))
    return sample._replace(result=sample.result.embeddings)


def train_gensim(from_file: bool, text: Text, task: Task, seed: int) -> Sample:
    """Train with gensim, from lists of words in memory or from a file of lines."""
    from gensim.models import Word2Vec

    model = Word2Vec(
        vector_size=task.dim,
        window=WINDOW,
        negative=NEGATIVE,
        sample=SUBSAMPLE,
        min_count=text.min_count,
        alpha=RATES[task.model],
        sg=int(task.model == "skipgram"),
        seed=seed,
        workers=task.threads,
    )
    source = {"corpus_file": str(text.path)} if from_file else {"corpus_iterable": text.sentences}
    model.build_vocab(**source)
    sizes = {"total_examples": model.corpus_count, "total_words": model.corpus_total_words, "epochs": task.epochs}
    sample = timed(lambda: model.train(**source, **sizes))
    counts = np.array([model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key])
    vocabulary = wv.Vocabulary(tuple(model.wv.index_to_key), counts)
    return sample._replace(result=wv.Embeddings(vocabulary, model.wv.vectors.copy()))


def train_fasttext(text: Text, task: Task, seed: int) -> Sample:
    """Train with fastText without subwords; its one call also reads and counts the text."""
    import fasttext

    sample = timed(
        lambda: fasttext.train_unsupervised(
            str(text.path),
            model=task.model,
            dim=task.dim,
            ws=WINDOW,
            neg=NEGATIVE,
            t=SUBSAMPLE,
            epoch=task.epochs,
            minCount=text.min_count,
            lr=RATES[task.model],
            minn=0,
            maxn=0,
            bucket=0,
            thread=task.threads,
            verbose=0,
        )
    )
    words, counts = sample.result.get_words(include_freq=True)
    kept = [i for i, word in enumerate(words) if word != "</s>"]
    vectors = sample.result.get_input_matrix()[kept].astype(np.float32)
    vocabulary = wv.Vocabulary(tuple(words[i] for i in kept), np.asarray(counts)[kept])
    return sample._replace(result=wv.Embeddings(vocabulary, vectors))


def train_itembed(text: Text, task: Task, seed: int) -> Sample:
    """Train with itembed, which draws one partner for each word instead of a window of them."""
    import itembed

    np.random.seed(seed)  # noqa: NPY002 - where itembed draws from
    words, indices, offsets = itembed.pack_itemsets(text.sentences, min_count=text.min_count, min_length=2)
    left, right = itembed.initialize_syn(len(words), task.dim), itembed.initialize_syn(len(words), task.dim)
    work = itembed.UnsupervisedTask(indices, offsets, left, right, num_negative=NEGATIVE)
    with redirect_stderr(StringIO()):  # its progress bar
        sample = timed(lambda: itembed.train(work, num_epoch=task.epochs, initial_learning_rate=RATES[task.model]))
    vocabulary = wv.Vocabulary(tuple(map(str, words)), np.bincount(indices, minlength=len(words)))
    return sample._replace(result=wv.Embeddings(vocabulary, np.ascontiguousarray(left, dtype=np.float32)))


def contenders(task: Task) -> dict[str, Contender]:
    """Return who takes part in a task, those that are installed."""
    found: dict[str, Contender] = {"wordvec": partial(train_ours, False), "wordvec racing": partial(train_ours, True)}
    if peer("gensim"):
        found["gensim, lists"] = partial(train_gensim, False)
        found["gensim, file"] = partial(train_gensim, True)
    if peer("fasttext"):
        found["fastText"] = train_fasttext
    if task.model == "skipgram" and task.threads == 1 and peer("itembed"):
        found["itembed, one partner a word"] = train_itembed
    return found
