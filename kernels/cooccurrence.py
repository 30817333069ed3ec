"""How often items stand near each other, row by row, added up in whole numbers so that no order matters."""

import numpy as np

from ._jit import kernel


@kernel
def place_items(ids, cursors, places):
    """List the places of each item, in the order of the text: a counting sort.

    Parameters
    ----------
    ids : int32[N]
        A text.
    cursors : int64[V]
        Where the places of each item begin; overwritten.
    places : uint32[N]
        Overwritten.
    """
    for place in range(ids.shape[0]):
        item = ids[place]
        places[cursors[item]] = place
        cursors[item] += 1


@kernel
def count_contexts(first, last, shares, ids, opens, begins, places, sums, touched, indices, weights, sizes):
    """Write the rows of items ``first`` to ``last - 1``: their neighbors, in ascending order, and what each adds up to.

    Parameters
    ----------
    first, last : int
        Items.
    shares : int64[window]
        What a neighbor at distance 1, 2, ... counts.
    ids : int32[N]
        A text.
    opens : bool[N + 1]
        Whether a sentence begins at a place; true at N.
    begins, places : int64[V + 1], uint32[N]
        Places of item i are ``places[begins[i]:begins[i + 1]]``.
    sums : int64[V]
        Scratch, all 0; left so.
    touched : int64[V]
        Scratch.
    indices, weights : int32[n], int64[n]
        Overwritten from the start: the cells of these rows.
    sizes : int64[last - first]
        Overwritten: cells in each row.
    """
    cell = 0
    for item in range(first, last):
        n = 0
        for o in range(begins[item], begins[item + 1]):
            place = np.int64(places[o])
            at, reach = place, 0
            while reach < shares.shape[0] and not opens[at]:
                at -= 1
                n = _add(ids[at], shares[reach], sums, touched, n)
                reach += 1
            at, reach = place + 1, 0
            while reach < shares.shape[0] and not opens[at]:
                n = _add(ids[at], shares[reach], sums, touched, n)
                at += 1
                reach += 1
        found = np.sort(touched[:n])
        for i in range(n):
            indices[cell] = found[i]
            weights[cell] = sums[found[i]]
            sums[found[i]] = 0
            cell += 1
        sizes[item - first] = n


@kernel
def _add(neighbor, share, sums, touched, n):
    """Add a share to a neighbor's sum, and note the neighbor if it is new; return how many there are."""
    if sums[neighbor] == 0:
        touched[n] = neighbor
        n += 1
    sums[neighbor] += share
    return n
