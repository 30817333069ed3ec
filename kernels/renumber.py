"""Lists of numbers, end to end, under other numbers: some are replaced by several, some are dropped."""

from ._jit import kernel


@kernel
def replace_numbers(numbers, mark, which, offsets, others, ends, out):
    """Copy ``numbers``, each ``mark`` replaced by a list of others; correct what ends where.

    Parameters
    ----------
    numbers : int32[n]
        What to copy.
    mark : int
        The number to replace.
    which : int32[marks]
        The list of each mark.
    offsets : int64[lists + 1]
        List r is ``others[offsets[r]:offsets[r + 1]]``.
    others : int32[any]
        What to put in.
    ends : int64[any]
        Places in ``numbers``, ascending; overwritten with the same in ``out``.
    out : int32[n - marks + what is put in]
        Overwritten.
    """
    marks = line = o = 0
    for k in range(numbers.shape[0]):
        while line < ends.shape[0] and ends[line] <= k:
            ends[line] = o
            line += 1
        if numbers[k] == mark:
            for other in range(offsets[which[marks]], offsets[which[marks] + 1]):
                out[o] = others[other]
                o += 1
            marks += 1
        else:
            out[o] = numbers[k]
            o += 1
    for rest in range(line, ends.shape[0]):
        ends[rest] = o


@kernel
def keep_known(numbers, final, ends, out, counts):
    """Copy the new numbers of those that have one; correct what ends where, and count.

    Parameters
    ----------
    numbers : int32[n]
        Old numbers.
    final : int32[old numbers]
        For each its new number, or -1.
    ends : int64[any]
        Places in ``numbers`` (1 to n), ascending; overwritten with how many numbers are kept up to each.
    out : int32[n]
        Overwritten from the start.
    counts : int64[new numbers]
        Grow by how often each was written.

    Returns
    -------
    int
        How many were written.
    """
    line = kept = 0
    for k in range(numbers.shape[0]):
        while line < ends.shape[0] and ends[line] <= k:
            ends[line] = kept
            line += 1
        number = final[numbers[k]]
        if number >= 0:
            out[kept] = number
            counts[number] += 1
            kept += 1
    for rest in range(line, ends.shape[0]):
        ends[rest] = kept
    return kept
