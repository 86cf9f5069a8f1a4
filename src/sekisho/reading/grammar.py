"""How times are written in news: the rules of the grammar, and the words that each may begin with.

The rules are tried in their order, the closest first. Only those are tried that can begin with the
word at a place, so that a text without times costs little more than looking its words up.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "a couple of": 2,
}  # fmt: skip
_M = (
    r"(?:"
    + "|".join(sorted((re.escape(m) for m in MONTHS if m != "may"), key=len, reverse=True))
    + r"|may(?=\.?,?\s+\d)|(?<=in )may|(?<=last )may|(?<=since )may|(?<=mid-)may|(?<=early )may|(?<=late )may|(?<=next )may|(?<=of )may)\b\.?"  # noqa: E501
)
_D = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_N = r"(?:\d{1,3}|a couple of|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_U = r"(?:day|week|month|year|decade)s?"
_ORD = r"(?:st|nd|rd|th)"
_BEHIND_DAY = (
    "and|to|in|at|as|by|it|its|he|his|she|her|they|the|an?|after|before|when|that|with|for|but|while|said"
)
"""What may stand behind "on the 27th"; before a noun it is an ordinal: "the 27th package"."""
_VAGUE = r"(?:mid[-\s]?|early\s+(?:in\s+)?|late\s+(?:in\s+)?|the\s+(?:beginning|start|middle|end)\s+of\s+|end[-\s]of[-\s])"  # noqa: E501

GRAMMAR = (
    ("iso", r"(?P<iso>\d{4}-(?:0[1-9]|1[0-2])(?:-\d{2})?)(?![\d-])"),
    ("dmy", rf"(?P<dmy_d>\d{{1,2}}){_ORD}?\s+(?:of\s+)?(?P<dmy_m>{_M}),?\s+(?P<dmy_y>(?:19|20)\d\d)\b"),
    ("mdy", rf"(?P<mdy_m>{_M})\s+(?P<mdy_d>\d{{1,2}}){_ORD}?,?\s+(?P<mdy_y>(?:19|20)\d\d)\b"),
    (
        "range",
        r"(?:(?:from|between)\s+)?(?:19|20|18)\d\d\s*(?:-|–|—|to|and|until|through)\s*(?:(?:19|20|18)\d\d|\d\d)(?=\W|$)(?!\s*(?:%|percent))",
    ),
    ("nextday", rf"(?:on\s+)?(?:the\s+)?(?P<nd_d>\d{{1,2}}){_ORD}\s+of\s+(?P<nd_w>next|this|last)\s+month"),
    ("daymonth", rf"(?:the\s+)?(?P<dm_d>\d{{1,2}}){_ORD}?\s+(?:of\s+)?(?P<dm_m>{_M})(?!\s*\d)"),
    (
        "monthday",
        rf"(?P<md_m>{_M})\s+(?P<md_d>\d{{1,2}}){_ORD}?(?![\d:,]?\d|\s*(?:percent|%|items|countries))",
    ),
    ("monthyear", rf"{_VAGUE}?(?P<my_m>{_M}),?\s+(?:of\s+)?(?P<my_y>(?:19|20)\d\d)\b"),
    (
        "monthrel",
        rf"{_VAGUE}?(?P<mr_m>{_M})\s+(?:of\s+)?(?P<mr_w>last|this|next|that|the same|the following|the previous)\s+year",  # noqa: E501
    ),
    (
        "relyearmonth",
        rf"(?P<rm_w>this\s+past|last|next|this|that|the\s+following|earlier in|later in|earlier this|in early|in late|in mid|earlier last)\s+(?P<rm_m>{_M})(?!,?\s+(?:of\s+)?(?:19|20)\d\d)",  # noqa: E501
    ),
    (
        "sameday",
        r"(?:on\s+)?(?:the|that|this)\s+(?:very\s+)?same\s+day|(?:later|earlier)\s+(?:(?:on|in)\s+)?(?:that|the\s+same|(?<=in\s)the)\s+day|(?:on\s+)?that\s+day",
    ),
    (
        "samemonth",
        r"(?:in\s+)?(?:the|that)\s+(?:very\s+)?same\s+month|(?:(?:later|earlier)\s+)?(?:in\s+)?that\s+month",
    ),
    ("sameyear", r"(?:in\s+)?(?:the|that)\s+same\s+year|(?:(?:later|earlier)\s+)?(?:in\s+)?that\s+year"),
    (
        "nextto",
        rf"(?P<nt_c>comes?\s+|came\s+)?(?:just\s+|only\s+)?(?P<nt_n>{_N})\s+(?P<nt_u>{_U})\s+(?P<nt_w>later|earlier|before|after|on|prior)\b(?!\s+than)(?P<nt_e>\s*(?:[.,;]|$))?|(?:the\s+(?P<nt_f>following|previous|next)|(?P<nt_g>following|previous))\s+(?P<nt_fu>day|month|year)\b",
    ),
    (
        "after",
        rf"after\s+(?:about\s+|some\s+)?(?P<af_n>{_N})\s+(?P<af_u>(?:day|month|year)s?)(?=\s*(?:[.,;]|in\b|as\b|$))",
    ),
    (
        "ago",
        rf"(?:(?:about|around|nearly|almost|some|just|over|more\s+than)\s+)?(?P<ago_n>{_N}|(?:a\s+)?few|several)\s+(?P<ago_u>{_U})\s+ago",
    ),
    ("in", rf"(?:with)?in\s+(?P<in_n>{_N})\s+(?P<in_u>{_U})(?:['’]\s*time)?(?=\W|$)"),
    (
        "for",
        rf"(?:for|over|in)\s+(?:the\s+)?(?:about|around|nearly|almost|some|over|more\s+than|past|last|first\s+time\s+in)?\s*(?P<for_n>{_N}|several|many)\s+(?P<for_u>{_U})|(?P<long_n>decade|year|month|week|(?:{_N})[-\s](?:year|month|week|day|decade))s?[-\s](?:long|old)|first\s+(?:[\w-]+\s+){{0,12}}in\s+(?P<first_n>{_N})\s+(?P<first_u>{_U})",
    ),
    (
        "relweek",
        r"(?:(?P<rw_p>earlier|later|late|early|the\s+end\s+of|at\s+the\s+end\s+of|by\s+the\s+end\s+of|the\s+beginning\s+of)\s+)?(?P<rw_w>this\s+past|this|last|next|the\s+past|the\s+coming)\s+(?P<rw_u>weekend|week|month|year|quarter|spring|summer|autumn|fall|winter)(?!-)",
    ),
    ("weekend", r"(?:over|during|at|on)\s+the\s+(?:past\s+)?weekend\b"),
    (
        "weekday",
        rf"(?:(?P<wd_w>this\s+past|past|last|next|this|coming|this\s+coming|following)\s+)?(?P<wd_d>{_D})\b",
    ),
    (
        "relday",
        r"\b(?P<rd>today|yesterday|tomorrow|tonight|overnight|last\s+night|this\s+(?:morning|afternoon|evening)|the\s+day\s+before\s+yesterday|the\s+day\s+after\s+tomorrow)\b",
    ),
    (
        "dayof",
        rf"(?:on|from|by|until|of|the)\s+(?:the\s+)?(?P<do_d>\d{{1,2}}){_ORD}(?!\s*(?:century|round|anniversary|meeting|session|time|amendment|year|summit|talks|day|edition|annual|largest|biggest|straight|consecutive|floor|congress|of|(?-i:[A-Z]|(?!(?:{_BEHIND_DAY})\b)[a-z])))",
    ),
    (
        "season",
        r"(?P<se_s>spring|summer|autumn|fall|winter|(?:the\s+)?(?:first|second|third|fourth)\s+(?:quarter|half)|h[12]|q[1-4])\s+(?:of\s+|in\s+)?(?P<se_y>(?:19|20)\d\d)\b",
    ),
    ("month", rf"{_VAGUE}?(?P<mo_m>{_M})(?=\W|$)"),
    ("fiscal", r"fiscal\s+(?:year\s+)?(?P<fy>(?:19|20)\d\d)"),
    ("decade", r"(?:the\s+)?(?:19|20)\d0s|mid-(?:19|20)\d0s"),
    (
        "year",
        rf"(?:{_VAGUE}|(?:in|since|of|by|from|until|during|to|the|back\s+in|as\s+early\s+as|and|as|for|,)\s+)?(?P<ye_y>(?:19|20)\d\d)(?=['’]s|\W|$)(?![-–]\d|[,.]\d|\s*(?:items|won|yen|km|people|percent|%|products|companies))",
    ),
    (
        "recent",
        r"\b(?P<re>recently|recent(?!\s+(?:years|decades|times|history|memory))|just(?!\s+(?:an?|the|as|like|over|under|before|after|days|weeks|months|hours|\d|one|two|three|four|five|six)\b))\b",
    ),
)

_MONTH_WORDS = frozenset(MONTHS)
_NUMBER_WORDS = frozenset(word.split()[0] for word in NUMBERS) | {"0"}
_VAGUE_WORDS = frozenset({"mid", "early", "late", "the", "end"}) | {f"mid{month}" for month in MONTHS}
_UNIT_WORDS = frozenset({"day", "week", "month", "year", "decade"})
OPENS: Mapping[str, frozenset[str]] = {
    "iso": frozenset({"0"}),
    "dmy": frozenset({"0"}),
    "mdy": _MONTH_WORDS,
    "range": frozenset({"from", "between", "0"}),
    "nextday": frozenset({"on", "the", "0"}),
    "daymonth": frozenset({"the", "0"}),
    "monthday": _MONTH_WORDS,
    "monthyear": _VAGUE_WORDS | _MONTH_WORDS,
    "monthrel": _VAGUE_WORDS | _MONTH_WORDS,
    "relyearmonth": frozenset({"last", "next", "this", "that", "the", "earlier", "later", "in"}),
    "sameday": frozenset({"on", "the", "that", "this", "later", "earlier"}),
    "samemonth": frozenset({"in", "the", "that", "later", "earlier"}),
    "sameyear": frozenset({"in", "the", "that", "later", "earlier"}),
    "nextto": _NUMBER_WORDS | {"come", "comes", "came", "just", "only", "the", "following", "previous"},
    "after": frozenset({"after"}),
    "ago": _NUMBER_WORDS
    | {"few", "several", "about", "around", "nearly", "almost", "some", "just", "over", "more"},
    "in": frozenset({"in", "within"}),
    "for": _NUMBER_WORDS
    | _UNIT_WORDS
    | {f"{unit}s" for unit in _UNIT_WORDS}
    | {"for", "over", "in", "first"},
    "relweek": frozenset({"earlier", "later", "late", "early", "the", "at", "by", "this", "last", "next"}),
    "weekend": frozenset({"over", "during", "at", "on"}),
    "weekday": frozenset(WEEKDAYS) | {"past", "last", "next", "this", "coming", "following"},
    "relday": frozenset({"today", "yesterday", "tomorrow", "tonight", "overnight", "the", "last", "this"}),
    "dayof": frozenset({"on", "from", "by", "until", "of", "the"}),
    "season": frozenset(
        {
            "spring",
            "summer",
            "autumn",
            "fall",
            "winter",
            "the",
            "first",
            "second",
            "third",
            "fourth",
            "h",
            "q",
        }
    ),
    "month": _VAGUE_WORDS | _MONTH_WORDS,
    "fiscal": frozenset({"fiscal"}),
    "decade": frozenset({"the", "mid", "0"}),
    "year": _VAGUE_WORDS
    | {"in", "since", "of", "by", "from", "until", "during", "to", "back", "as", "and", "for", ",", "0"},
    "recent": frozenset({"recently", "recent", "just"}),
}
"""The first words of each rule; ``0`` stands for any digit."""


def _by_first_word() -> Iterator[tuple[str, re.Pattern[str]]]:
    """For each word the rules that may begin with it, in their order; each rule a group of its name."""
    compiled: dict[tuple[str, ...], re.Pattern[str]] = {}
    for word in sorted(frozenset().union(*OPENS.values())):
        kinds = tuple(kind for kind, _ in GRAMMAR if word in OPENS[kind])
        if kinds not in compiled:
            rules = (f"(?P<{kind}_>{pattern})" for kind, pattern in GRAMMAR if kind in kinds)
            compiled[kinds] = re.compile("|".join(rules), re.IGNORECASE)
        yield word, compiled[kinds]


_RULES = dict(_by_first_word())
_FIRST = re.compile(r"(?<!\w)(?:[^\W\d_]+|[\d,])")


def rules_found(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Where a stretch of text follows a rule; the last group of each match is that of its rule."""
    free = start
    for first in _FIRST.finditer(text, start, end):
        if first.start() < free:
            continue
        word = first[0]
        rules = _RULES.get("0" if word.isdigit() else word.casefold())
        found = rules.match(text, first.start(), end) if rules is not None else None
        if found is not None:
            free = found.end()
            yield found
