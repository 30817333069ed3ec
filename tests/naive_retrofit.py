"""Plain retrofitting: the twin of the kernel, and the method as one would write it from its equation."""

import numpy as np


def pull_rows(first, last, low, high, pulls, starts, source, target, moves, squares):
    """Move rows ``first`` to ``last - 1`` of ``pulls.nodes`` in some columns; see the kernel."""
    columns = slice(low, high)
    for k in range(first, last):
        node = pulls.nodes[k]
        total = float(pulls.alphas[k]) * starts[node, columns].astype(float)
        for e in range(pulls.indptr[k], pulls.indptr[k + 1]):
            total += float(pulls.betas[e]) * source[pulls.indices[e], columns]
        squares[columns] += (total - pulls.diagonal[k] * source[node, columns]) ** 2
        if moves:
            target[node, columns] = total / pulls.diagonal[k]


def retrofit(vectors, lexicon, *, alpha=1.0, iterations=10):
    """Retrofit a dict of word to vector to a dict of word to neighbors, with beta one over the degree."""
    known = {word: [n for n in lexicon[word] if n in vectors] for word in vectors if word in lexicon}
    found = dict(vectors)
    for _ in range(iterations):
        for word, neighbors in known.items():
            if neighbors:
                beta = 1.0 / len(neighbors)
                total = alpha * vectors[word]
                for neighbor in neighbors:
                    total = total + beta * found[neighbor]
                found[word] = total / (alpha + beta * len(neighbors))
    return found


def exact(vectors, edges, *, alpha, beta):
    """Solve the linear system of retrofitting densely; ``edges`` are (row, neighbor, weight)."""
    vectors = np.asarray(vectors, float)
    matrix, degree = np.zeros((len(vectors), len(vectors))), np.zeros(len(vectors))
    for i, j, weight in edges:
        matrix[i, j] += weight
        degree[i] += 1
    if beta == "degree":
        matrix /= np.maximum(degree, 1)[:, None]
    return np.linalg.solve(np.diag(alpha + matrix.sum(axis=1)) - matrix, alpha * vectors)
