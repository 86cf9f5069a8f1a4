"""Learns how the features of dates weigh, from articles that people have annotated.

    python bench/dates.py TEXTS GOLD.jsonl [TEXTS GOLD.jsonl ...] [--made-up tests/reading]
        [--times N] [--first N] [--new N] [--folds K] [--write]

Each pair is a set as ``bench/reading.py`` takes it; a set that several people annotated is given
once with each one's annotations. ``--made-up`` adds the texts of the tests, ``--times N`` lets these
count N times, and ``--first N`` the first set. Of every event that the reader finds where a
person marked one, all dates that its text offers are taken with their features
(:mod:`sekisho.reading.choice`); the weights are those of a conditional logit, which gives the
dates marked the greatest chance. What is told of how right they are is by articles that were
not learned from: the articles are parted into K, and each part is read with weights from the
others. ``--new N`` tells it also for the last N sets together, those on which no rule was made.
``--write`` learns from all articles and writes ``weights/dates.csv`` of the package.

The same articles in the same order give the same weights.
"""

from __future__ import annotations

import argparse
import tomllib
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scores import SYMMETRIC, Article, Event, Scores, article, articles, texts

from sekisho.dates import PartialDate
from sekisho.reading import article as reader
from sekisho.reading import dating
from sekisho.reading.choice import Option, Setting, options_of, weighed
from sekisho.reading.confidence import THRESHOLD
from sekisho.reading.frames.told import Told
from sekisho.reading.page import page_of
from sekisho.reading.proposal import Proposal
from sekisho.reading.second import seconds_of
from sekisho.reading.weights import Weights, lines_of

WRITTEN = Path(reader.__file__).parent / "weights" / "dates.csv"
RULES = Weights(0.0, {"rules=same": 10.0, "report:rules=same": 10.0, "none:ruled=none": 5.0})
"""Weights that follow the rules alone: how dates were chosen before anything was learned."""
PENALTY = 8.0
"""What the square of a weight costs: the more, the less is made of what few articles show."""
RAREST = 8
"""In how many options a feature must stand at least."""
CAUTIOUS, CAUTION = "none:always", 0.6
"""What speaks for no date beside what was learned: a day that is not told is worse than none."""
ALONE, BOLDNESS = "also:none", 0.2
"""What speaks against a second date is made less of: in most texts that could have one there is none."""
ROUNDS = 300
KEPT = 10
ENOUGH = 1e-6
DIGITS = 3
MADE_UP = -1
DATED_ON = "2022-05-26"
"""The day of publication of all texts of dated.toml."""
STARS = ("export_control", "import_restriction", "export_licence")

Row = tuple[str, Sequence[str], Sequence[str], str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Read:
    """An annotated article as read, with its day of publication given."""

    name: str
    set: int
    gold: Article
    draft: reader.Draft
    published: PartialDate | None
    setting: Setting


@dataclass(frozen=True, slots=True)
class Example:
    """An event with all that its date may be, and which of that is right.

    Attributes:
        near: Whether the quotes overlap.
        second: Whether the date is one beside another that is right.
    """

    of: Read
    options: tuple[Option, ...]
    right: tuple[bool, ...]
    ruled: bool
    near: bool
    second: bool = False


def main() -> None:
    """Reads, learns, tells how right it is, and writes if asked."""
    parser = argparse.ArgumentParser(description="Learns how the features of dates weigh.")
    parser.add_argument("sets", nargs="+", type=Path, help="TEXTS GOLD.jsonl, once or more")
    parser.add_argument("--made-up", type=Path, help="folder of texts.toml, articles.toml and dated.toml")
    parser.add_argument("--times", type=int, default=1, help="let the texts of the tests count so many times")
    parser.add_argument("--first", type=int, default=1, help="let the first set count so many times")
    parser.add_argument("--new", type=int, default=0, help="tell it also for the last N sets together")
    parser.add_argument("--folds", type=int, default=8, help="parts of which each is left out once")
    parser.add_argument("--write", action="store_true", help=f"write {WRITTEN.name} of the package")
    asked = parser.parse_args()
    if len(asked.sets) % 2:
        parser.error("every folder of texts needs its annotations: TEXTS GOLD.jsonl")
    pairs = list(zip(asked.sets[::2], asked.sets[1::2], strict=True))
    held = [one for at, pair in enumerate(pairs) for one in reads(at, *pair)]
    examples = [each for one in held for each in examples_of(one)]
    examples += [each for each in examples if each.of.set == 0] * (asked.first - 1)
    made_up = made_up_in(asked.made_up) if asked.made_up else ()
    examples += [each for one in made_up for each in examples_of(one)] * asked.times
    learned = crossed(examples, asked.folds)
    print("| set | articles | events | right by rules | learned | dates by rules | learned | invented |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for at, (folder, _) in enumerate(pairs):
        show(str(folder), [one for one in held if one.set == at], examples, learned, asked.folds)
    newest = [one for one in held if one.set >= len(pairs) - asked.new]
    show("new", newest, examples, learned, asked.folds)
    if asked.write:
        found = rounded(learn(examples))
        WRITTEN.write_text("\n".join(lines_of(found)) + "\n", encoding="utf-8")
        print(f"{WRITTEN}: {len(found.of)} features from {len(examples)} events")


def reads(at: int, folder: Path, gold: Path) -> Iterator[Read]:
    """The articles of a set, read."""
    known = articles(gold.read_text(encoding="utf-8").splitlines())
    for name, text in texts(folder, known):
        draft = reader.draft(page_of(text).text)
        day = PartialDate.parse(known[name].published) if known[name].published else None
        yield Read(name, at, known[name], draft, day, reader.setting_of(draft, day))


def made_up_in(folder: Path) -> Iterator[Read]:
    """The texts of the tests, read; those that are known to be missed are left out."""
    files = [folder / "texts.toml", folder / "articles.toml"]
    told = [each for file in files for each in tomllib.loads(file.read_text("utf-8"))["text"]]
    dated = tomllib.loads((folder / "dated.toml").read_text("utf-8"))["case"]
    cases = [(each, each["id"], each["published"], [_event(row) for row in each["events"]]) for each in told]
    cases += [
        (each, f"dated-{at}", DATED_ON, [(kind, (), (), "", dates) for kind, dates in each["dates"].items()])
        for at, each in enumerate(dated)
    ]
    for case, name, published, rows in cases:
        if "miss" not in case:
            text = case["text"]
            events = tuple(
                Event(
                    f"{name}-{at}",
                    kind,
                    frozenset(actor),
                    frozenset(toward),
                    status,
                    tuple(dates),
                    0,
                    len(text),
                )
                for at, (kind, actor, toward, status, dates) in enumerate(rows)
            )
            draft, day = reader.draft(page_of(text).text), PartialDate.parse(published)
            gold = Article(name, published, events)
            yield Read(name, MADE_UP, gold, draft, day, reader.setting_of(draft, day))


def _event(row: str) -> Row:
    """An event of a made-up text: ``type actor>counterpart status date/role,date/role``."""
    kind, parties, status, *dates = row.split()
    actor, toward = (tuple(filter(None, codes.split(";"))) for codes in parties.split(">"))
    return kind, actor, toward, status, [each.split("/")[0] for date in dates for each in date.split(",")]


def examples_of(one: Read) -> Iterator[Example]:
    """The events of an article that a person marked too: there, else anywhere if it is the only such."""
    near = dict(_overlapping(one))
    for at, told in enumerate(one.draft.told):
        alike = [event for event in one.gold.events if event.key == key_of(told)]
        event = near.get(at) or (alike[0] if len(alike) == 1 else None)
        if event is None or told.guess:
            continue
        by_rule, _, _ = dating.ruled(told, one.setting)
        options = tuple(options_of(told, one.setting, by_rule))
        said = {str(date) for date in by_rule.values()}
        ruled = bool(said & {*event.dates}) if said else not event.dates
        yield Example(one, options, tuple(is_right(each, event) for each in options), ruled, at in near)
        yield from seconds_in(one, told, event, options, by_rule)


def seconds_in(
    one: Read, told: Told, event: Event, options: Sequence[Option], by_rule: Mapping[str, PartialDate]
) -> Iterator[Example]:
    """What stands beside each date that is right: the other that a person gave too, or none."""
    firsts = {option.date: option for option in reversed(options) if option.date is not None}
    for date, first in firsts.items():
        if str(date) in event.dates:
            offered = tuple(seconds_of(told, first, options, by_rule))
            right = tuple(str(each.date) in event.dates for each in offered)
            none = tuple(each.date is None for each in offered)
            yield Example(one, offered, right if any(right) else none, False, True, second=True)


def is_right(option: Option, event: Event) -> bool:
    """Whether a date is one that a person gave the event; none, if they gave none."""
    return str(option.date) in event.dates if option.date is not None else not event.dates


def key_of(told: Told) -> tuple[str, frozenset[str], frozenset[str]]:
    """Type and parties of an event as they are scored."""
    toward = told.counterpart or (("*",) if told.type.startswith(STARS) else ())
    if told.type in SYMMETRIC:
        return (told.type, frozenset((*told.actor, *toward)), frozenset())
    return (told.type, frozenset(told.actor), frozenset(toward))


def _overlapping(one: Read) -> Iterator[tuple[int, Event]]:
    """For the events read their likest of those marked; one marked counts for several only if as like."""
    pairs = [
        (likeness, at, event)
        for at, told in enumerate(one.draft.told)
        for event in one.gold.events
        if (likeness := _likeness(told, event)) is not None
    ]
    pairs.sort(key=lambda pair: pair[0], reverse=True)
    done: set[int] = set()
    best: dict[str, tuple[bool, int]] = {}
    for likeness, at, event in pairs:
        as_like = likeness[0] and best.get(event.id, likeness[:2]) == likeness[:2]
        if at not in done and (event.id not in best or as_like):
            done.add(at)
            best.setdefault(event.id, likeness[:2])
            yield at, event


def _likeness(told: Told, event: Event) -> tuple[bool, int, bool, int] | None:
    """How like an event read is one marked; ``None`` if it is another, or elsewhere in the text."""
    shared = min(told.end, event.end) - max(told.start, event.start)
    if shared <= 0 or shared * 2 < min(told.end - told.start, event.end - event.start):
        return None
    same = told.type == event.type
    parties = len({*told.actor, *told.counterpart} & (event.actor | event.counterpart))
    kin = told.type.split("_")[0] == event.type.split("_")[0] and parties > 0
    return (same, parties, told.status.value == event.status, shared) if same or kin else None


def fold_of(one: Read, folds: int) -> int:
    """In which part an article is, by its name alone."""
    return zlib.crc32(one.name.encode()) % folds


def crossed(examples: Sequence[Example], folds: int) -> Mapping[int, Weights]:
    """For each part the weights from all others."""
    return {
        part: rounded(learn([each for each in examples if fold_of(each.of, folds) != part]))
        for part in range(folds)
    }


def learn(examples: Sequence[Example]) -> Weights:
    """The weights of a conditional logit: those that give the right options the greatest chance."""
    usable = [each for each in examples if any(each.right)]
    seen = Counter(name for each in usable for option in each.options for name in {*option.features})
    names = sorted(name for name, count in seen.items() if count >= RAREST)
    if not names:
        return Weights(0.0, {})
    place = {name: at for at, name in enumerate(names)}
    rows = [
        sorted({place[name] for name in option.features if name in place})
        for each in usable
        for option in each.options
    ]
    right = np.array([each for one in usable for each in one.right])
    groups = np.repeat(np.arange(len(usable)), [len(each.options) for each in usable])
    found = _least(_loss(rows, right, groups, len(names)), np.zeros(len(names)))
    weights = {name: float(found[at]) for at, name in enumerate(names)}
    weights[CAUTIOUS] = weights.get(CAUTIOUS, 0.0) + CAUTION
    if ALONE in weights:
        weights[ALONE] -= BOLDNESS
    return Weights(0.0, weights)


Loss = Callable[[np.ndarray], tuple[float, np.ndarray]]


def _loss(rows: Sequence[Sequence[int]], right: np.ndarray, groups: np.ndarray, count: int) -> Loss:
    """What weights cost, and which way that falls, over options each with the places of its features."""
    columns = np.array([at for row in rows for at in row])
    of_row = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    starts = np.flatnonzero(np.diff(groups, prepend=-1))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = np.bincount(of_row, weights=weights[columns], minlength=len(rows))
        powers = np.exp(scores - np.maximum.reduceat(scores, starts)[groups])
        every = np.add.reduceat(powers, starts)
        good = np.add.reduceat(powers * right, starts)
        gain = powers / every[groups] - powers * right / good[groups]
        slope = np.bincount(columns, weights=gain[of_row], minlength=count) + PENALTY * weights
        return float(-np.log(good / every).sum() + PENALTY / 2 * (weights @ weights)), slope

    return loss


def _least(loss: Loss, at: np.ndarray) -> np.ndarray:
    """Where a smooth function is least, by the quasi-Newton steps of L-BFGS."""
    value, slope = loss(at)
    steps: list[tuple[np.ndarray, np.ndarray]] = []
    for _ in range(ROUNDS if slope.any() else 0):
        way = _way(steps, slope)
        size, ahead = 1.0, loss(at - way)
        while ahead[0] > value - 1e-4 * size * (slope @ way) and size > 1e-6:  # noqa: PLR2004
            size /= 2
            ahead = loss(at - size * way)
        steps = [*steps, (-size * way, ahead[1] - slope)][-KEPT:]
        done = abs(value - ahead[0]) < ENOUGH * abs(value)
        at, (value, slope) = at - size * way, ahead
        if done:
            break
    return at


def _way(steps: Sequence[tuple[np.ndarray, np.ndarray]], slope: np.ndarray) -> np.ndarray:
    """The way downhill, as the last steps show the ground."""
    way, taken = slope.copy(), []
    for step, change in reversed(steps):
        share = (step @ way) / (step @ change)
        taken.append(share)
        way -= share * change
    if not steps:
        return way / np.linalg.norm(slope)
    step, change = steps[-1]
    way *= (step @ change) / (change @ change)
    for (step, change), share in zip(steps, reversed(taken), strict=True):
        way += step * (share - (change @ way) / (step @ change))
    return way


def rounded(weights: Weights) -> Weights:
    """Weights as they are written: few digits, nothing that is nearly nothing."""
    told = {name: round(weight, DIGITS) for name, weight in weights.of.items()}
    return Weights(weights.bias, {name: weight for name, weight in told.items() if weight})


def show(
    name: str, held: Sequence[Read], examples: Sequence[Example], learned: Mapping[int, Weights], folds: int
) -> None:
    """One line of a table: how right the rules and the weights are on some articles."""
    names = {(one.set, one.name) for one in held}
    mine = {
        id(each): each
        for each in examples
        if each.near and not each.second and (each.of.set, each.of.name) in names
    }
    chosen = [(each, weighed(each.options, learned[fold_of(each.of, folds)])) for each in mine.values()]
    good = sum(each.right[each.options.index(option)] for each, option in chosen)
    before = scored(held, lambda _: RULES)
    after = scored(held, lambda one: learned[fold_of(one, folds)])
    count = max(1, len(mine))
    print(
        f"| {name} | {len(held)} | {len(mine)} | {sum(each.ruled for each in mine.values()) / count:.3f}"
        f" | {good / count:.3f} | {before.date_accuracy or 0:.3f} | {after.date_accuracy or 0:.3f}"
        f" | {before.dates['invented']}, {after.dates['invented']} |"
    )


def scored(held: Sequence[Read], weights: Callable[[Read], Weights]) -> Scores:
    """The articles read with some weights, scored as ``bench/reading.py`` does."""
    scores = Scores()
    for one in held:
        told = reader.proposals(one.name, one.draft, one.published, of_dates=weights(one))
        rows = [row for each in told if each.confidence >= THRESHOLD for row in _rows(each)]
        scores.add(
            one.gold, article({"id": one.name, "publication_date": one.gold.published, "events": rows})
        )
    return scores


def _rows(one: Proposal) -> Iterator[Mapping[str, object]]:
    quote = one.quotes[0]
    for dated in one.dates:
        yield {
            "event_id": one.id, "type": one.type, "actor": ";".join(one.actor),
            "counterpart": ";".join(one.counterpart), "status": one.status.value,
            "date": str(dated.date) if dated.date is not None else "",
            "quote_start": quote.start, "quote_end": quote.end, "quote": quote.text,
        }  # fmt: skip


if __name__ == "__main__":
    main()
