"""How well and how fast articles are read, on any set of texts that people have annotated.

    python bench/reading.py TEXTS GOLD.jsonl [--published-known] [--notes] [--seconds S] [--json]

TEXTS is a folder with ``<id>.txt`` for every article of GOLD.jsonl, which has one object a
line: ``{"id", "publication_date", "events": [...]}``, events in the schema that ``sekisho read
--events`` writes. Rows that share an ``event_id`` are one event with several dates.

Strict: an event is found if type, actor and counterpart are right. Status and dates are
scored on the events found. ``--published-known`` gives the annotated day of publication to
the reader, as a user does who has it from a feed. ``--notes`` names every event missed,
read for nothing, or read with another status or date: not for a set that is held out.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scores import Article, Scores, Tally, article, articles, score, texts

import sekisho
from sekisho.dates import PartialDate
from sekisho.reading import as_record, read
from sekisho.register.open import open_register
from sekisho.register.register import Register

_MISSED = {
    "nothing": "nothing was read there",
    "type": "read as another type",
    "parties": "read with other parties",
}


def main() -> None:
    """Reads, scores, times and prints."""
    parser = argparse.ArgumentParser(description="Scores the reader on annotated articles.")
    parser.add_argument("texts", type=Path, help="folder of <id>.txt")
    parser.add_argument("gold", type=Path, help="annotations, JSON lines")
    parser.add_argument("--published-known", action="store_true", help="give the day of publication")
    parser.add_argument("--notes", action="store_true", help="name what was missed and what was too many")
    parser.add_argument("--seconds", type=float, default=2.0, help="CPU seconds to read for the speed")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    gold = articles(asked.gold.read_text(encoding="utf-8").splitlines())
    held = dict(texts(asked.texts, gold))
    known = {name: each.published if asked.published_known else "" for name, each in gold.items()}
    register = open_register()
    scores = score(gold, read_all(held, known, register))
    speed = speed_of(held, register, asked.seconds)
    if asked.json:
        print(json.dumps(as_json(scores, speed, notes=asked.notes), indent=2))
    else:
        show(scores, speed, notes=asked.notes)


def read_all(held: Mapping[str, str], known: Mapping[str, str], register: Register) -> dict[str, Article]:
    """Every text read, as it would be written with ``--events``."""
    return {name: article(as_record(_read(name, text, known[name], register))) for name, text in held.items()}


def _read(name: str, text: str, published: str, register: Register) -> Any:
    day = PartialDate.parse(published) if published else None
    return read(text, register, name=name, published_on=day)


def speed_of(held: Mapping[str, str], register: Register, seconds: float) -> dict[str, float]:
    """Texts and characters for each CPU second, reading all of them again and again."""
    count = characters = 0
    start = time.process_time()
    while (spent := time.process_time() - start) < seconds:
        for name, text in held.items():
            read(text, register, name=name)
        count += len(held)
        characters += sum(map(len, held.values()))
    if not count:
        return {}
    return {
        "texts_per_second": count / spent,
        "characters_per_second": characters / spent,
        "texts": len(held),
    }


def as_json(scores: Scores, speed: Mapping[str, float], *, notes: bool) -> dict[str, Any]:
    """Everything that was counted."""
    return {
        "strict": {"all": _tally(scores.all), **{name: _tally(each) for name, each in _sorted(scores)}},
        "status_accuracy": scores.status_accuracy,
        "statuses": [[said, got, n] for (said, got), n in sorted(scores.statuses.items())],
        "date_accuracy": scores.date_accuracy,
        "date_or_none": scores.date_or_none,
        "dates": dict(scores.dates),
        "unreal": scores.unreal,
        "unreal_as_happened": scores.offered if notes else len(scores.offered),
        "missed": dict(scores.missed),
        "publication": dict(scores.publication),
        "speed": dict(speed),
        "notes": scores.notes if notes else [],
    }


def _tally(tally: Tally) -> dict[str, float | None]:
    return {
        "gold": tally.gold, "read": tally.read, "found": tally.found,
        "precision": tally.precision, "recall": tally.recall, "f1": tally.f1,
    }  # fmt: skip


def _sorted(scores: Scores) -> Sequence[tuple[str, Tally]]:
    return sorted(scores.types.items(), key=lambda each: (-each[1].gold, each[0]))


def show(scores: Scores, speed: Mapping[str, float], *, notes: bool) -> None:
    """A table for people, in Markdown."""
    print("| type | in the texts | read | found | precision | recall | F1 |\n|---|--:|--:|--:|--:|--:|--:|")
    for name, tally in [*_sorted(scores), ("all", scores.all)]:
        rates = " | ".join(map(_rate, (tally.precision, tally.recall, tally.f1)))
        print(f"| {name} | {tally.gold} | {tally.read} | {tally.found} | {rates} |")
    print(f"\n- Status right: {_rate(scores.status_accuracy)} of {scores.statuses.total()} events found")
    print(f"- Unreal events offered as happened: {len(scores.offered)} of {scores.unreal}")
    print(
        f"- Dates right: {_rate(scores.date_accuracy)}, right or left empty:"
        f" {_rate(scores.date_or_none)}: {_counts(scores.dates)}"
    )
    print(f"- Day of publication: {_counts(scores.publication)}")
    print(f"- Missed: {_counts(Counter({_MISSED[name]: n for name, n in scores.missed.items()}))}")
    if speed:
        print(f"- {speed['texts_per_second']:.0f} texts/s of CPU time on one core,", end=" ")
        print(f"{speed['characters_per_second']:,.0f} characters/s, {speed['texts']} texts")
    print(f"- Python {platform.python_version()}, Sekisho {sekisho.__version__}")
    for note in scores.notes if notes else ():
        print(f"  {note}")


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(counts.items()) if n) or "none"


if __name__ == "__main__":
    main()
