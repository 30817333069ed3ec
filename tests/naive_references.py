"""The plain twins of temporal referencing: one obvious loop each, in double precision."""

import naive


def redraw(block, w, place, center, table):
    position = naive.mix64((((block << 16) + w) << 16) + place) % len(table)
    return next(int(word) for word in [*table[position:], *table[:position]] if word != center)


def refer_windows(block, windows, task, draws):
    """Turn the numbers of tokens in the windows to rows."""
    uses = {}
    for w, window in enumerate(windows):
        window.contexts = [int(task.rows[number]) for number in window.contexts]
        center = int(task.words[window.outputs[0]])
        noise = []
        for used, word in enumerate(window.outputs[1:], start=1):
            place = used // 6 * 8 + used % 6  # six words in every eight places
            noise.append(redraw(block, w, place, center, draws.table) if word == center else int(word))
        window.outputs = [center, *noise]
        if draws.output_uses > 0:
            window.weights = [naive.decayed(word, draws.output_uses, uses) for word in window.outputs]


def prepare(block, schedule, draws, task):
    windows = naive.prepare_block(block, task.epoch, schedule, task.rates[block], draws)
    refer_windows(block, windows, task, draws)
    return windows


def train(first, last, schedule, draws, task, racing):
    """Return (W, U): blocks as :func:`naive.train_blocks` and :func:`naive.train_racing` do, with rows by slice."""
    W, U = task.W.astype(float), task.U.astype(float)
    for block in range(first, last):
        windows = prepare(block, schedule, draws, task)
        for batch in [[window] for window in windows] if racing else [windows]:
            naive.score_windows(batch, task.model, W, U)
            naive.update_windows(batch, task.model, True, W, U)
    return W, U
