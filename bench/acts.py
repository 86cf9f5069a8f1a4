"""Learns when two tellings are of one act, from articles that people have annotated.

    python bench/acts.py TEXTS GOLD.jsonl [TEXTS GOLD.jsonl ...] [--made-up tests/reading]
        [--new N] [--folds K] [--write]

Each pair is a set as ``bench/reading.py`` takes it; ``--made-up`` adds the texts of the tests. Two
tellings of one kind by one party toward the same are a pair: of one act if they belong to one event
that a person marked, of two if to two. A telling belongs to the event marked where it stands; else to
the only one of its kind in the article, or the only one with its date; else it teaches nothing. What
weighs how is learned by logistic regression on the features of :mod:`sekisho.reading.acts`.

Figures are told for articles that were not learned from: the articles are parted into K, and each
part is read with weights from the others, for the last N sets together. The weights of tellings
and of dates are those of the package, so learn these first. ``--write`` learns from all articles and
writes ``weights/acts.csv`` of the package.

Needs scikit-learn, of the dependency group ``bench``; what it writes is applied without it.
The same articles in the same order give the same weights.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from dates import Read, fold_of, made_up_in, reads
from scipy.sparse import csr_matrix
from scores import Article, Event, Scores
from sklearn.linear_model import LogisticRegression
from weigh import as_event

from sekisho.reading.acts import ACTS, Account, features_of_acts, may_be_one
from sekisho.reading.article import accounts_of
from sekisho.reading.confidence import THRESHOLD
from sekisho.reading.merging import merged
from sekisho.reading.weights import Weights, lines_of

WRITTEN = Path(__file__).parent.parent / "src/sekisho/reading/weights" / f"{ACTS}.csv"
_MOST_BEFORE = 6
"""Tellings before one that it is paired with; all its pairs together count once."""
_LEAST_OFTEN = 8
"""A feature that fewer pairs have is not learned."""
_STRENGTH = 0.1
"""Of the penalty on large weights, as scikit-learn's C: the smaller, the more careful."""
_LEAST_WEIGHT = 0.02
"""A smaller weight is left out of the file."""


@dataclass(frozen=True)
class Lesson:
    """An annotated article with its tellings, and what of them is known to be one act or two."""

    of: Read
    accounts: Sequence[Account]
    pairs: Sequence[Pair]


@dataclass(frozen=True)
class Pair:
    """Two tellings: their features, whether they are of one act, and how much that counts."""

    features: frozenset[str]
    same: bool
    counts: float


def main() -> None:
    """Reads, learns, tells how right it is, and writes if asked."""
    parser = argparse.ArgumentParser(description="Learns when two tellings are of one act.")
    parser.add_argument("sets", nargs="+", type=Path, help="TEXTS GOLD.jsonl, once or more")
    parser.add_argument("--made-up", type=Path, help="folder of texts.toml, articles.toml and dated.toml")
    parser.add_argument("--new", type=int, default=1, help="tell figures for the last N sets together")
    parser.add_argument("--folds", type=int, default=8, help="parts of which each is left out once")
    parser.add_argument("--write", action="store_true", help=f"write {WRITTEN.name} of the package")
    asked = parser.parse_args()
    if len(asked.sets) % 2:
        parser.error("every folder of texts needs its annotations: TEXTS GOLD.jsonl")
    sets = list(zip(asked.sets[::2], asked.sets[1::2], strict=True))
    held = [lesson(one) for at, each in enumerate(sets) for one in reads(at, *each)]
    made_up = [lesson(one) for one in made_up_in(asked.made_up)] if asked.made_up else []
    newest = [one for one in held if one.of.set >= len(sets) - asked.new]
    show(
        newest, {part: learned(_without([*held, *made_up], part, asked.folds)) for part in range(asked.folds)}
    )
    if asked.write:
        write(learned([*held, *made_up]))


def lesson(one: Read) -> Lesson:
    """An article with all pairs of which something is known."""
    accounts = accounts_of(one.draft, one.published)
    return Lesson(one, accounts, tuple(_pairs(accounts, one.gold.events)))


def _pairs(accounts: Sequence[Account], events: Sequence[Event]) -> Iterator[Pair]:
    groups: dict[object, list[tuple[Account, str]]] = {}
    for one in accounts:
        if (told := _told_by(one, events)) is not None:
            groups.setdefault(as_event(one.proposal).key, []).append((one, told))
    for group in groups.values():
        for at, (one, told) in enumerate(group):
            before = group[max(0, at - _MOST_BEFORE) : at]
            for other, known in before:
                if not may_be_one(other.proposal, one.proposal):
                    continue
                features = frozenset(features_of_acts(other, one))
                yield Pair(features, told == known, 1 / len(before))


def _told_by(one: Account, events: Sequence[Event]) -> str | None:
    """The event marked that a telling tells; ``None`` if there is no such, or which is not known."""
    read = as_event(one.proposal)
    like = [event for event in events if event.key == read.key]
    here = [event for event in like if event.overlap(read)]
    if here:
        dates = {*read.dates}
        return max(here, key=lambda e: (e.status == read.status, len(dates & {*e.dates}), e.overlap(read))).id
    dated = [event for event in like if {*event.dates} & {*read.dates}]
    only = like if len(like) == 1 else dated
    return only[0].id if len(only) == 1 else None


def _without(lessons: Sequence[Lesson], part: int, folds: int) -> Sequence[Lesson]:
    return [one for one in lessons if fold_of(one.of, folds) != part]


def learned(lessons: Sequence[Lesson]) -> Weights:
    """Weights from all pairs of some articles."""
    pairs = [pair for one in lessons for pair in one.pairs]
    often = Counter(name for pair in pairs for name in pair.features)
    names = sorted(name for name, count in often.items() if count >= _LEAST_OFTEN)
    place = {name: at for at, name in enumerate(names)}
    columns = [sorted(place[name] for name in pair.features if name in place) for pair in pairs]
    ends = np.cumsum([0, *map(len, columns)])
    flat = np.array([at for each in columns for at in each])
    given = csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(pairs), len(names)))
    model = LogisticRegression(C=_STRENGTH, max_iter=3000, solver="liblinear", random_state=0)
    model.fit(given, [pair.same for pair in pairs], sample_weight=[pair.counts for pair in pairs])
    kept = {name: round(float(w), 2) for name, w in zip(names, model.coef_[0], strict=True)}
    return Weights(
        round(float(model.intercept_[0]), 2), {name: w for name, w in kept.items() if abs(w) >= _LEAST_WEIGHT}
    )


def show(held: Sequence[Lesson], by_part: Mapping[int, Weights]) -> None:
    """What the articles give, each with weights from the others; and with all or none put together."""
    own = {one.of.name: by_part[fold_of(one.of, len(by_part))] for one in held}
    print("| tellings of one kind and parties | read | found | precision | recall | F1 | status | dates |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for name, weights in (
        ("each by itself", {one.of.name: Weights(-30.0, {}) for one in held}),
        ("all together", {one.of.name: Weights(30.0, {}) for one in held}),
        ("as learned", own),
    ):
        scores = Scores()
        for one in held:
            told = [
                each for each in merged(one.accounts, weights[one.of.name]) if each.confidence >= THRESHOLD
            ]
            events = tuple(as_event(each) for each in told)
            scores.add(one.of.gold, Article(one.of.name, one.of.gold.published, events))
        tally = scores.all
        rates = (tally.precision, tally.recall, tally.f1, scores.status_accuracy, scores.date_accuracy)
        told_rates = " | ".join(f"{rate or 0:.3f}" for rate in rates)
        print(f"| {name} | {tally.read} | {tally.found} | {told_rates} |")


def write(found: Weights) -> None:
    """Writes the weights."""
    WRITTEN.write_text("".join(f"{line}\n" for line in lines_of(found)), encoding="utf-8")
    print(f"\n{len(found.of)} weights written to {WRITTEN.name}")


if __name__ == "__main__":
    main()
