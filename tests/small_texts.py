"""Small texts with a known story, for tests that run whole commands."""

import lzma
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
    """Write the texts that the commands' examples name: in old ones one broadcasts seed, in new ones news."""
    write_text(folder / "old.txt", broadcast=FARM, seed=1)
    write_text(folder / "new.txt", broadcast=RADIO, seed=2)
    write_text(folder / "newest.txt", broadcast=RADIO, seed=3)
    speeches = [
        f"### {year} somebody\n{(folder / name).read_text('utf-8')}"
        for year, name in ((1790, "old.txt"), (1960, "new.txt"))
    ]
    with lzma.open(folder / "speeches.txt.xz", "wt", encoding="utf-8") as stream:
        stream.write("".join(speeches))
    slices = [f'[[slice]]\nlabel = "{name}"\npaths = ["{name}.txt"]\n' for name in ("old", "new")]
    (folder / "slices.toml").write_text("\n".join(slices), encoding="utf-8")
