"""The plain twins of the kernels that join phrases."""


def merge_phrases(numbers, stop, ends, phrases):
    """Return (read, out, new ends); ``phrases`` maps a tuple of numbers to its number."""
    place, out, new = 0, [], {}
    while place < stop:
        for end in ends:
            if end <= place:
                new.setdefault(end, len(out))
        limit = min([end for end in ends if end > place], default=len(numbers))
        found = [p for p in phrases if place + len(p) <= limit and tuple(numbers[place : place + len(p)]) == p]
        longest = max(found, key=len, default=None)
        out.append(numbers[place] if longest is None else phrases[longest])
        place += 1 if longest is None else len(longest)
    for end in ends:
        if end <= place:
            new.setdefault(end, len(out))
    return place, out, [new.get(end, end) for end in ends]


def keep_listed(numbers, lists, ends):
    """Return (out, new ends); ``lists`` has the list of each number."""
    out = [other for number in numbers for other in lists[number]]
    return out, [sum(len(lists[number]) for number in numbers[:end]) for end in ends]
