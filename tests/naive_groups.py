"""The plain twin of the kernel that counts groups."""


def count_groups(numbers, ends, groups, lists):
    """Return in how many groups each number is; ``lists`` has what each stands for."""
    found, start = {}, 0
    for end, group in zip(ends, groups, strict=True):
        for number in numbers[start:end]:
            for other in lists[number]:
                found.setdefault(other, set()).add(group)
        start = end
    return {number: len(some) for number, some in found.items()}
