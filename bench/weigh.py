"""Learns the weights by which proposals are weighed, and says how well they do on articles not learned from.

    python bench/weigh.py --unseen TEXTS GOLD.jsonl [--seen TEXTS GOLD.jsonl] ... [--folds N] [--write]

Each set is a folder with ``<id>.txt`` and annotations as for ``bench/reading.py``. ``--unseen``
are articles that no rule was written from: they count three times, and only on them are the
figures told, each article read with weights learned from the others. ``--seen`` are articles
that rules were written from. The made-up texts of the tests always teach as well.
``--write`` learns from all and writes ``src/sekisho/reading/weights/tellings.csv``.

Needs scikit-learn, of the dependency group ``bench``; what it writes is applied without it.
The same articles give the same weights.
"""

from __future__ import annotations

import argparse
import dataclasses
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scores import Article, Event, Scores, articles, matched, score, texts
from sklearn.linear_model import LogisticRegression

from sekisho.dates import PartialDate
from sekisho.reading.answers import answers, features_of_answer
from sekisho.reading.article import Draft, draft, proposals
from sekisho.reading.confidence import TELLINGS, THRESHOLD
from sekisho.reading.proposal import Proposal
from sekisho.reading.weighing import Gist, features_of_telling
from sekisho.reading.weights import Weights, lines_of

ROOT = Path(__file__).parent.parent
WEIGHTS = ROOT / "src/sekisho/reading/weights"
_MADE_UP = ("texts.toml", "articles.toml")
_COUNTS = 3.0
"""How often an article counts that no rule was written from, and a text of the tests: what must be read."""
_LEAST_OFTEN = 30
"""A feature that fewer answers have is not learned."""
_STRENGTH = 0.03
"""Of the penalty on large weights, as scikit-learn's C: the smaller, the more careful."""
_LEAST_WEIGHT = 0.03
"""A smaller weight is left out of the file."""
_STEPS = [step / 100 for step in range(20, 85, 5)]


@dataclass(frozen=True)
class Answered:
    """An answer to who acts toward whom in a telling: its features, and whether it is right.

    ``right`` is ``None`` where the article has such an event but another passage tells it.
    """

    features: frozenset[str]
    right: bool | None


@dataclass(frozen=True)
class Lesson:
    """An annotated article, as drafted by the rules."""

    article: Article
    text: str
    draft: Draft
    answers: tuple[Answered, ...]
    unseen: bool
    counts: float


def main() -> None:
    """Learns, tells figures, writes."""
    parser = argparse.ArgumentParser(description="Learns the weights of proposals.")
    for name in ("--unseen", "--seen"):
        parser.add_argument(name, type=Path, nargs=2, action="append", default=[], metavar=("TEXTS", "GOLD"))
    parser.add_argument("--folds", type=int, default=8, help="parts of the cross-validation")
    parser.add_argument("--write", action="store_true", help="learn from all and write the weights")
    asked = parser.parse_args()
    if not asked.unseen:
        parser.error("--unseen is missing: without it no figure would be honest")
    lessons = [
        *(lesson for pair in asked.unseen for lesson in lessons_of(*pair, unseen=True)),
        *(lesson for pair in asked.seen for lesson in lessons_of(*pair, unseen=False)),
        *made_up(),
    ]
    parts = parts_of(lessons, asked.folds)
    slope, shift = scale_of(lessons, cross_read(lessons, parts))
    show(lessons, cross_read(lessons, [(held, scaled(found, slope, shift)) for held, found in parts]))
    if asked.write:
        write(scaled(learned(lessons), slope, shift))


def lessons_of(folder: Path, gold: Path, *, unseen: bool) -> Iterator[Lesson]:
    """The articles of a set."""
    held = articles(gold.read_text(encoding="utf-8").splitlines())
    for name, text in texts(folder, held):
        yield lesson(held[name], text, unseen=unseen, counts=_COUNTS if unseen else 1.0)


def made_up() -> Iterator[Lesson]:
    """The made-up texts of the tests; where in them an event is told is not annotated."""
    for name in _MADE_UP:
        for row in tomllib.loads((ROOT / "tests/reading" / name).read_text("utf-8"))["text"]:
            events = tuple(_made_up(line, at, len(row["text"])) for at, line in enumerate(row["events"]))
            yield lesson(
                Article(row["id"], row["published"], events), row["text"], unseen=False, counts=_COUNTS
            )


def _made_up(line: str, at: int, end: int) -> Event:
    kind, parties, status, *_ = line.split()
    actor, counterpart = (frozenset(filter(None, codes.split(";"))) for codes in parties.split(">"))
    return Event(str(at), kind, actor, counterpart, status, (), 0, end)


def lesson(gold: Article, text: str, *, unseen: bool, counts: float) -> Lesson:
    """An article with every answer to every telling."""
    read = draft(text)
    return Lesson(gold, text, read, tuple(_answered(gold, read)), unseen, counts)


def _answered(gold: Article, read: Draft) -> Iterator[Answered]:
    gist = Gist.of(read.told, read.main)
    for one in read.told:
        shared = frozenset(features_of_telling(one, gist))
        for actor, counterpart in answers(one, gist):
            like = [event for event in gold.events if event.key == _key(one.type, actor, counterpart)]
            here = any(min(event.end, one.end) > max(event.start, one.start) for event in like)
            features = shared | frozenset(features_of_answer(one, actor, counterpart, gist))
            yield Answered(features, here if here or not like else None)


def _key(kind: str, actor: Sequence[str], counterpart: Sequence[str]) -> Any:
    return Event("", kind, frozenset(actor), frozenset(counterpart), "", (), 0, 0).key


def parts_of(lessons: Sequence[Lesson], folds: int) -> list[tuple[list[int], Weights]]:
    """Parts of the articles, each with the weights learned from all others."""
    order = np.random.default_rng(0).permutation(len(lessons))
    parts = [sorted(map(int, order[fold::folds])) for fold in range(folds)]
    return [(held, learned([each for at, each in enumerate(lessons) if at not in {*held}])) for held in parts]


def cross_read(
    lessons: Sequence[Lesson], parts: Sequence[tuple[Sequence[int], Weights]]
) -> dict[int, list[Proposal]]:
    """Each unseen article, read with weights learned from the others."""
    return {at: read_with(lessons[at], found) for held, found in parts for at in held if lessons[at].unseen}


def read_with(one: Lesson, found: Weights) -> list[Proposal]:
    """The proposals of an article, all of them."""
    day = PartialDate.parse(one.article.published) if one.article.published else None
    return list(proposals(one.article.id, one.draft, day, model=found))


def learned(lessons: Iterable[Lesson]) -> Weights:
    """Weights from articles; an answer that another passage tells teaches nothing."""
    rows = [
        (each.features, each.right, one.counts)
        for one in lessons
        for each in one.answers
        if each.right is not None
    ]
    often = Counter(name for features, _, _ in rows for name in features)
    names = sorted(name for name, count in often.items() if count >= _LEAST_OFTEN)
    places = {name: place for place, name in enumerate(names)}
    columns = [sorted(places[name] for name in features if name in places) for features, _, _ in rows]
    ends = np.cumsum([0, *map(len, columns)])
    flat = np.array([place for each in columns for place in each])
    given = csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(rows), len(names)))
    model = LogisticRegression(C=_STRENGTH, max_iter=3000, solver="liblinear", random_state=0)
    model.fit(given, [bool(right) for _, right, _ in rows], sample_weight=[counts for *_, counts in rows])
    return Weights(float(model.intercept_[0]), dict(zip(names, map(float, model.coef_[0]), strict=True)))


def scale_of(lessons: Sequence[Lesson], read: dict[int, list[Proposal]]) -> tuple[float, float]:
    """By what the odds are stretched and shifted so that of proposals with 0.7 seven in ten are right."""
    odds, right = [], []
    for at, found in read.items():
        events = [as_event(one) for one in found]
        taken = {id(event) for _, event in matched(lessons[at].article.events, events)}
        odds += [[_odds(one.confidence)] for one in found]
        right += [id(event) in taken for event in events]
    model = LogisticRegression(C=1e6).fit(odds, right)
    return float(model.coef_[0][0]), float(model.intercept_[0])


def _odds(confidence: float) -> float:
    within = min(max(confidence, 0.005), 0.995)
    return float(np.log(within / (1 - within)))


def scaled(found: Weights, slope: float, shift: float) -> Weights:
    """Weights whose odds are stretched and shifted."""
    return Weights(found.bias * slope + shift, {name: w * slope for name, w in found.of.items()})


def as_event(one: Proposal) -> Event:
    """A proposal, as it is scored."""
    quote = one.quotes[0]
    dates = tuple(dict.fromkeys(str(each.date) for each in one.dates if each.date is not None))
    return Event(
        one.id, one.type, frozenset(one.actor), frozenset(one.counterpart), one.status.value, dates,
        quote.start, quote.end, quote.text,
    )  # fmt: skip


def scores_at(lessons: Sequence[Lesson], read: dict[int, list[Proposal]], least: float) -> Scores:
    """Scores of what is at least so sure."""
    gold = {str(at): dataclasses.replace(lessons[at].article, id=str(at)) for at in read}
    offered = {
        str(at): Article(str(at), "", tuple(as_event(one) for one in found if one.confidence >= least))
        for at, found in read.items()
    }
    return score(gold, offered)


def show(lessons: Sequence[Lesson], read: dict[int, list[Proposal]]) -> None:
    """What each least confidence gives, on articles that were not learned from."""
    gold = sum(len(lessons[at].article.events) for at in read)
    print(f"{len(read)} unseen articles with {gold} events, each read with what the others taught;")
    print(f"{len(lessons)} texts to learn from in all\n")
    print("| least confidence | read | found | precision | recall | F1 | unreal offered as happened |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    for least in sorted({*_STEPS, THRESHOLD}):
        scores = scores_at(lessons, read, least)
        tally = scores.all
        mark = " (default)" if least == THRESHOLD else ""
        wrong = f"{len(scores.offered)} of {scores.unreal}"
        rates = " | ".join(f"{rate or 0:.3f}" for rate in (tally.precision, tally.recall, tally.f1))
        print(f"| {least:.2f}{mark} | {tally.read} | {tally.found} | {rates} | {wrong} |")
    show_types(scores_at(lessons, read, THRESHOLD))
    show_scale(lessons, read)


def show_types(scores: Scores) -> None:
    """The default by type."""
    print("\n| type | in the texts | read | found | precision | recall | F1 |\n|---|--:|--:|--:|--:|--:|--:|")
    for name, tally in sorted(scores.types.items(), key=lambda each: (-each[1].gold, each[0])):
        rates = " | ".join(
            "-" if rate is None else f"{rate:.2f}" for rate in (tally.precision, tally.recall, tally.f1)
        )
        print(f"| {name} | {tally.gold} | {tally.read} | {tally.found} | {rates} |")


def show_scale(lessons: Sequence[Lesson], read: dict[int, list[Proposal]]) -> None:
    """Whether confidence is what it says: of those with so much, how many are right."""
    counts: Counter[int] = Counter()
    right: Counter[int] = Counter()
    for at, found in read.items():
        events = [as_event(one) for one in found]
        taken = {id(event) for _, event in matched(lessons[at].article.events, events)}
        for one, event in zip(found, events, strict=True):
            counts[min(9, int(one.confidence * 10))] += 1
            right[min(9, int(one.confidence * 10))] += id(event) in taken
    print("\n| confidence | proposals | right |\n|---|--:|--:|")
    for tenth in sorted(counts):
        share = right[tenth] / counts[tenth]
        print(f"| {tenth / 10:.1f} to {tenth / 10 + 0.1:.1f} | {counts[tenth]} | {share:.2f} |")


def write(found: Weights) -> None:
    """Writes the weights that count, in hundredths."""
    kept = {name: round(weight, 2) for name, weight in found.of.items() if abs(weight) >= _LEAST_WEIGHT}
    path = WEIGHTS / f"{TELLINGS}.csv"
    lines = lines_of(Weights(round(found.bias, 2), kept))
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"\n{len(kept)} weights written to {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
