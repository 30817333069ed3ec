"""In how many groups a number is: each group counts once, however often it has the number."""

from ._jit import kernel


@kernel
def count_groups(numbers, ends, groups, offsets, others, seen, counts):
    """Count the groups that each number is in, lists of numbers taken for the numbers that stand for them.

    Parameters
    ----------
    numbers : int32[n]
        Numbers of parts, end to end.
    ends : int64[parts]
        Where in ``numbers`` each part ends, ascending; those behind the last are in no part.
    groups : int64[parts]
        The group of each part; parts of a group follow each other.
    offsets : int64[numbers + 1]
        Number k stands for ``others[offsets[k]:offsets[k + 1]]``, which may be none.
    others : int32[any]
        The numbers that are counted.
    seen : int64[V]
        The last group that each was in, less than all groups at first; goes on from call to call.
    counts : int64[V]
        Grow by one for each group.
    """
    start = 0
    for part in range(ends.shape[0]):
        group = groups[part]
        for k in range(start, ends[part]):
            number = numbers[k]
            for place in range(offsets[number], offsets[number + 1]):
                other = others[place]
                if seen[other] != group:
                    seen[other] = group
                    counts[other] += 1
        start = ends[part]
