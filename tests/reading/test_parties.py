"""Who does it to whom: in sentences of one pattern about many countries, and in plain sentences of others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.dates import PartialDate
from sekisho.reading import read
from sekisho.reading.lexicon import lexicon
from sekisho.reading.parties import Cast
from sekisho.reading.tokens import sentences_of

MONDAY = PartialDate(2022, 5, 23)
BEHIND = pytest.mark.xfail(reason="of a list with a word of another kind inside only the end is seen")
NATIONS = {
    "AU": ("Australia", "Australian", "Canberra"),
    "BR": ("Brazil", "Brazilian", "Brasilia"),
    "CA": ("Canada", "Canadian", "Ottawa"),
    "CL": ("Chile", "Chilean", "Santiago"),
    "CN": ("China", "Chinese", "Beijing"),
    "EG": ("Egypt", "Egyptian", "Cairo"),
    "FR": ("France", "French", "Paris"),
    "IN": ("India", "Indian", "New Delhi"),
    "ID": ("Indonesia", "Indonesian", "Jakarta"),
    "JP": ("Japan", "Japanese", "Tokyo"),
    "KZ": ("Kazakhstan", "Kazakh", "Astana"),
    "MX": ("Mexico", "Mexican", "Mexico City"),
    "NL": ("the Netherlands", "Dutch", "The Hague"),
    "KR": ("South Korea", "South Korean", "Seoul"),
    "TW": ("Taiwan", "Taiwanese", "Taipei"),
    "TH": ("Thailand", "Thai", "Bangkok"),
    "TR": ("Turkey", "Turkish", "Ankara"),
    "US": ("the United States", "American", "Washington"),
    "VN": ("Vietnam", "Vietnamese", "Hanoi"),
}
PATTERNS = (
    ("{a} banned exports of tin ore to {b} on Monday.", "export_control_tightened", "happened"),
    (
        "The {a_adj} government lifted its ban on exports of tin ore to {b} on Monday.",
        "export_control_eased",
        "happened",
    ),
    (
        "{b_cap} asked {a} on Monday to lift its ban on exports of tin ore to {b}.",
        "export_control_eased",
        "considered",
    ),
    ("Exports of tin ore to {b} were banned by {a} on Monday.", "export_control_tightened", "happened"),
    ("{a} banned imports of beef from {b} on Monday.", "import_restriction_imposed", "happened"),
    (
        "{a} would lift its ban on beef from {b}, its farm minister said on Monday.",
        "import_restriction_eased",
        "announced",
    ),
    (
        "{a} filed a complaint against {b} at the World Trade Organization on Monday.",
        "dispute_filed",
        "happened",
    ),
    (
        "{a_cap} may file a complaint against {b} at the World Trade Organization.",
        "dispute_filed",
        "considered",
    ),
    (
        "{a} withdrew its complaint against {b} at the World Trade Organization on Monday.",
        "dispute_withdrawn",
        "happened",
    ),
    (
        "{a} removed {b} from its list of trusted trading partners on Monday.",
        "country_list_removed",
        "happened",
    ),
    ("{b} was removed from the white list of {a} on Monday.", "country_list_removed", "happened"),
    ("{a} will put {b} back on its white list if talks succeed.", "country_list_reinstated", "conditional"),
    (
        "{a} notified {b} on Monday that it would end a defence pact.",
        "agreement_termination_notice",
        "happened",
    ),
    ("{a} suspended a water treaty with {b} on Monday.", "agreement_suspended", "happened"),
    ("{a}'s top court ordered a {b_adj} firm to compensate workers on Monday.", "court_ruling", "happened"),
    (
        "The supreme court of {a} ordered a {b_adj} firm to compensate workers on Monday.",
        "court_ruling",
        "happened",
    ),
    ("{a_adj} consumers launched a boycott of {b_adj} goods on Monday.", "boycott", "happened"),
)
BOTH = (
    ("{a} and {b} held talks on trade in Geneva on Monday.", "talks_held"),
    ("The {a_adj} trade minister met with his {b_adj} counterpart in Geneva on Monday.", "talks_held"),
    ("{a_cap} and {b_cap} resumed talks on tin ore on Monday.", "talks_resumed"),
    ("The leaders of {a} and {b} held a summit in Geneva on Monday.", "summit_held"),
    ("{a} signed a trade agreement with {b} on Monday.", "agreement_signed"),
    ("{a} and {b} launched a joint working group on supply chains on Monday.", "cooperation_launched"),
)
PAIRS = st.lists(st.sampled_from(sorted(NATIONS)), min_size=2, max_size=2, unique=True)


def told(pattern: str, a: str, b: str, register: Any) -> list[Any]:
    """What is read of a pattern with two countries put in."""
    names = {
        f"{key}{end}": name
        for key, code in (("a", a), ("b", b))
        for end, name in zip(("", "_adj", "_cap"), NATIONS[code], strict=True)
    }
    text = pattern.format(**names)
    return [proposal for proposal, _ in read(text[0].upper() + text[1:], register, published_on=MONDAY)]


@pytest.mark.parametrize(("pattern", "kind", "status"), PATTERNS, ids=range(len(PATTERNS)))
@given(pair=PAIRS)
def test_whose_act_toward_whom(register: Any, pattern: str, kind: str, status: str, pair: list[str]) -> None:
    """The same words about other countries are read the same."""
    a, b = pair
    found = [(p.type, p.actor, p.counterpart, p.status.value) for p in told(pattern, a, b, register)]
    assert (kind, (a,), (b,), status) in found
    assert {each[0] for each in found} == {kind}


@pytest.mark.parametrize(("pattern", "kind"), BOTH, ids=range(len(BOTH)))
@given(pair=PAIRS)
def test_what_two_do_together(register: Any, pattern: str, kind: str, pair: list[str]) -> None:
    found = [(p.type, p.parties, p.status.value) for p in told(pattern, *pair, register)]
    assert found == [(kind, frozenset(pair), "happened")]


@pytest.mark.parametrize(
    ("text", "kind", "parties"),
    [
        (
            "Japan, South Korea and the United States held talks in Hawaii on Monday.",
            "talks_held",
            "JP KR US",
        ),
        (
            "The U.S., Australia, India and Japan held a summit in Tokyo on Monday.",
            "summit_held",
            "US AU IN JP",
        ),
        (
            "Britain, Japan and Italy signed an agreement on a fighter jet on Monday.",
            "agreement_signed",
            "GB JP IT",
        ),
        pytest.param(
            "The EU and Mercosur members Brazil and Argentina held talks on Monday.",
            "talks_held",
            "EU BR AR",
            marks=BEHIND,
        ),
        ("Brussels and Jakarta resumed talks on a trade deal on Monday.", "talks_resumed", "EU ID"),
    ],
)
def test_more_than_two(register: Any, text: str, kind: str, parties: str) -> None:
    (found,) = [p for p, _ in read(text, register, published_on=MONDAY) if p.type == kind]
    assert found.parties == set(parties.split())


@pytest.mark.parametrize(
    "text",
    [
        "A Japanese maker cut exports of resist to a South Korean customer on Monday.",
        "Samsung banned its staff from using chatbots on Monday.",
        "Toyota signed an agreement with Panasonic on Monday.",
        "Japan beat South Korea in the final on Monday.",
    ],
)
def test_firms_and_teams_are_no_states(register: Any, text: str) -> None:
    """If a firm acts and no state does, there is nothing to record."""
    assert [proposal for proposal, _ in read(text, register, published_on=MONDAY)] == []


@pytest.fixture(scope="module")
def plain_sentences(shared: Path) -> list[Any]:
    lines = (shared / "facts" / "plover_gsr.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines[1:]]


def test_countries_are_seen_in_plain_sentences(plain_sentences: list[Any], register: Any) -> None:
    """Of the parties coded by others that are countries today, nearly nine in ten; the rest are mostly
    movements, provinces and persons without a country beside them."""
    codes = {country.alpha_3: country.alpha_2 for country in register.countries}
    wanted = seen = 0
    for row in plain_sentences:
        sides = [*row["source"], *row["target"]]
        parties = {codes[side["code"][:3]] for side in sides if side.get("code", "")[:3] in codes}
        sentences = list(sentences_of(row["text"], 0, len(row["text"])))
        cast = Cast.of(lexicon(), sentences)
        named = {code for each in sentences for party in cast.parties(each) for code in party.codes}
        wanted += len(parties)
        seen += len(parties & named)
    assert wanted > 450
    assert seen / wanted >= 0.87
