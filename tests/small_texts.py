"""Small texts with a known story, for tests that run whole commands."""

import random
from pathlib import Path

FARM = ["field", "seed", "corn", "plough", "harvest", "soil", "farmer", "rain"]
RADIO = ["radio", "station", "voice", "news", "music", "listener", "studio", "signal"]
STATE = ["war", "peace", "nation", "treaty", "army", "navy", "congress", "president"]
FAMILY = [
    "boy",
    "girl",
    "brother",
    "sister",
    "father",
    "mother",
    "husband",
    "wife",
    "king",
    "queen",
    "man",
    "woman",
    "son",
    "daughter",
    "he",
    "she",
]
SMALL = ["the", "of", "and", "to", "in", "a", "that", "for", "with", "by"]


def write_text(path: Path, *, broadcast: list[str], sentences: int = 600, seed: int = 1, header: str = "") -> None:
    """Write ``sentences`` lines about four subjects; "broadcast" keeps the company of the list ``broadcast``."""
    stream = random.Random(seed)
    subjects = [FARM, RADIO, STATE, FAMILY, [*broadcast, "broadcast", "broadcast"]]
    lines = [header] if header else []
    for number in range(sentences):
        subject = subjects[number % len(subjects)]
        words = [stream.choice(subject if stream.random() < 0.7 else SMALL) for _ in range(9)]
        lines.append(" ".join(words).capitalize() + ".")
        if number % 50 == 49:
            lines.append("")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_periods(folder: Path) -> None:
    """Write ``old.txt``, where one broadcasts seed, and ``new.txt``, where one broadcasts news."""
    write_text(folder / "old.txt", broadcast=FARM, seed=1)
    write_text(folder / "new.txt", broadcast=RADIO, seed=2)
