"""The plain twins of the graph term: one obvious loop each, in double precision."""

import naive

STEP = 0x9E3779B97F4A7C15


def draw_edge(draw, first, last, bounds):
    return next(edge for edge in range(first, last) if draw <= bounds[edge])


def pull_linked(block, windows, task, W):
    """Move rows of W, float64[V, P], in place."""
    state = naive.stream_of(int(task.seed), task.epoch, block)
    for number, window in enumerate(windows):
        draw = naive.mix64(state + (number + 1) * STEP) >> 32
        i = window.outputs[0]
        first, last = int(task.indptr[i]), int(task.indptr[i + 1])
        if first < last:
            j = int(task.indices[draw_edge(draw, first, last, task.bounds)])
            slope = loss_slope(W[i], W[j], float(task.weight))
            step = min(window.rate, 0.25 / float(task.weight))
            W[i], W[j] = W[i] - step * slope, W[j] + step * slope


def pull_loss(a, b, weight):
    return weight * ((a - b) ** 2).sum()


def loss_slope(a, b, weight):
    """The derivative of the loss by its first row; by the second it is minus this."""
    return 2.0 * weight * (a - b)


def prepare(block, schedule, draws, task):
    return naive.prepare_block(block, task.epoch, schedule, task.rates[block], draws)


def update_and_pull(block, windows, task, W, U):
    naive.update_windows(windows, task.model, task.update_output, W, U)
    pull_linked(block, windows, task, W)


def race_and_pull(block, windows, task, W, U):
    for window in windows:
        naive.score_windows([window], task.model, W, U)
        naive.update_windows([window], task.model, task.update_output, W, U)
    pull_linked(block, windows, task, W)


def train(first, last, schedule, draws, task, racing):
    """Return (W, U): blocks as :func:`naive.train_blocks` and :func:`naive.train_racing` do, with the graph's steps."""
    W, U = task.W.astype(float), task.U.astype(float)
    for block in range(first, last):
        windows = prepare(block, schedule, draws, task)
        if racing:
            race_and_pull(block, windows, task, W, U)
        else:
            naive.score_windows(windows, task.model, W, U)
            update_and_pull(block, windows, task, W, U)
    return W, U
