"""The drift measures written word by word, to be believed rather than fast."""

import numpy as np

__all__ = ["cosine", "intersection", "lncs2", "moving_lncs2", "neighbors", "second_order"]


def cosine(x, y):
    x, y = np.asarray(x, float), np.asarray(y, float)
    if not x.any() and not y.any():
        return 1.0
    lengths = np.linalg.norm(x) * np.linalg.norm(y)
    return float(x @ y / lengths) if lengths > 0 else 0.0


def neighbors(embeddings, word, k):
    others = [w for w in embeddings.vocabulary if w != word]
    others.sort(key=lambda w: -cosine(embeddings[word], embeddings[w]))
    return others[:k]


def lncs2(word, a, b, k, duplicates=False):
    listed = neighbors(a, word, k) + neighbors(b, word, k)
    if not duplicates:
        listed = list(dict.fromkeys(listed))

    def seen_from(model):
        mean = model.vectors.astype(float).mean(axis=0)
        rows = [model[n] if n in model else mean for n in listed]  # noqa: SIM401
        return [cosine(model[word], row) for row in rows]

    return cosine(seen_from(a), seen_from(b))


def moving_lncs2(word, a, b, k, t):
    return (1 - t) * lncs2(word, a, b, k) + t * cosine(a[word], b[word])


def intersection(word, a, b, k):
    k = min(k, len(a) - 1, len(b) - 1)
    return len(set(neighbors(a, word, k)) & set(neighbors(b, word, k))) / k


def second_order(word, a, b, anchors):
    listed = [anchor for anchor in anchors if anchor != word]
    first, second = ([cosine(model[word], model[anchor]) for anchor in listed] for model in (a, b))
    return cosine(first, second)
