"""Who is meant: the countries that a sentence names or points at.

Named are they by themselves, their seats, ministries, courts and persons; pointed at by
"the two countries", "it", "the ministry".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sekisho.reading.lexicon import Lexicon, Name
from sekisho.reading.tokens import Sentence, Token
from sekisho.reading.vocabulary import vocabulary

_STATE = vocabulary("state")
_HEADS = vocabulary("heads")
_LEADERS = vocabulary("leaders")
_COURTS = vocabulary("courts")
_FIRMS = vocabulary("firms")
_GOODS = vocabulary("goods")
_PEOPLE = frozenset({"consumers", "consumer", "shoppers", "people", "citizens"})
_CURBS = frozenset({"ban", "bans", "tariff", "tariffs", "duty", "duties", "curbs", "restrictions", "embargo"})
_OWN_REACH = 6
_OWN_ACTS = vocabulary("own_acts")
_PAIR = vocabulary("pair")
_NEIGHBOURS = frozenset({"neighboring", "neighbouring", "neighbors", "neighbours"})
_PAIR_WORDS = vocabulary("pair_words")
_JOINTS = frozenset({",", "and", "&", "–", "-", "the", "/", "—"})
_TITLES = vocabulary("titles")
_MOST_BETWEEN = 5
_LONGEST_OFFICE = 9
_IN_OFFICES = frozenset({"of", "for", "and", "&", ",", "the"})
_HALVES = {"South": "KR", "North": "KP"}
_KOREAN = frozenset({"Korea", "Korean"})
_RANKS = vocabulary("court_ranks")
_RANKS_AT_MOST, _SEATED_WITHIN = 4, 3


@dataclass(frozen=True, slots=True)
class Party:
    """A mention of one or several parties.

    Attributes:
        codes: Whom it names, in order.
        first: Index of its first token.
        last: Index behind its last token.
        form: noun, adjective, own (a possessive without a head) or pointer.
        kind: country, government, ministry, person, court, firm, people, goods, body.
        leader: Whether it is a head of state or government.
    """

    codes: tuple[str, ...]
    first: int
    last: int
    form: str
    kind: str
    leader: bool = False

    @property
    def acts(self) -> bool:
        """Whether it can act for the state."""
        return self.kind in {
            "country",
            "government",
            "ministry",
            "person",
            "court",
            "body",
            "parliament",
            "agency",
        } and (self.form != "adjective")


@dataclass(slots=True)
class Cast:
    """Who an article speaks of so far: persons it introduced, its main countries, courts."""

    words: Lexicon
    main: tuple[str, ...] = ()
    persons: dict[str, Name] = field(default_factory=dict)
    last_by_kind: dict[str, tuple[str, ...]] = field(default_factory=dict)
    named: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()

    @classmethod
    def of(cls, words: Lexicon, sentences: Iterable[Sentence]) -> Cast:
        """The cast of an article; countries by how often they are named."""
        counts: Counter[str] = Counter()
        plain = 0
        for sentence in sentences:
            plain += sum(token.text in {"Korea", "Korean"} for token in sentence.tokens)
            for found in words.names.find(sentence.tokens):
                if _capital(sentence.tokens, found.first) and found.value[0].code not in {"WTO", "UN"}:
                    counts[found.value[0].code] += 1
        if plain > counts["KR"] + counts["KP"] and (counts["KR"] or not counts["KP"]):
            counts["KR"] = plain
        return cls(words, tuple(code for code, count in counts.most_common(4) if count))

    def parties(self, sentence: Sentence) -> tuple[Party, ...]:
        """The mentions in a sentence, joined where they are listed together."""
        tokens = sentence.tokens
        self.recent, self.named = self.named if len(self.named) > 1 else self.recent, ()
        found = list(self._mentions(tokens))
        for party in found:
            if party.form != "pointer":
                if party.kind == "ministry":  # whose word the article reports; others come in passing
                    self.last_by_kind.setdefault(party.kind, party.codes)
                else:
                    self.last_by_kind[party.kind] = party.codes
                if party.kind in {"ministry", "court", "person"}:
                    self.last_by_kind["government"] = party.codes
        return tuple(_joined(tokens, found))

    def _mentions(self, tokens: Sequence[Token]) -> Iterator[Party]:
        place = 0
        while place < len(tokens):
            party = (
                self._named(tokens, place) or self._introduced(tokens, place) or self._pointed(tokens, place)
            )
            if party is None:
                place += 1
                continue
            if party.form != "pointer" and party.kind not in {"body", "place"}:
                self.named = tuple(dict.fromkeys((*self.named, *party.codes)))
            yield party
            place = max(party.last, place + 1)

    def _named(self, tokens: Sequence[Token], place: int) -> Party | None:
        found = self.words.names.at(tokens, place)
        if tokens[place].text in _KOREAN or (found is None and tokens[place].text in _HALVES):
            return self._korea(tokens, place)
        if found is None or not _capital(tokens, place) or _in_outlet(tokens, found.last):
            return None
        name = found.value[0]
        if len(tokens[place].text) == 2 and tokens[place].text == "us":  # noqa: PLR2004
            return None
        if name.form == "place":
            return Party((name.code,), place, found.last, "noun", "place")
        if name.kind == "person":
            return self._person(tokens, name, place, found.last)
        return self._nation(tokens, found.value, place, found.last)

    def _half(self, tokens: Sequence[Token], place: int) -> Party | None:
        """As in "the South decided": a half of Korea, where the article is about it."""
        code = _HALVES[tokens[place].text]
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        named = place > 0 and tokens[place - 1].lower == "the" and code in self.main
        if not named or (after is not None and (after.capital or after.lower in {"of", "and"})):
            return None
        return self._nation(tokens, [Name(code, "noun", "country")], place, place + 1)

    def _korea(self, tokens: Sequence[Token], place: int) -> Party | None:
        """As in "Korea" alone is South Korea only where the article names that country as well."""
        if tokens[place].text in _HALVES:
            return self._half(tokens, place)
        following = tokens[place + 1].lower if place + 1 < len(tokens) else ""
        if (
            "KR" not in self.main
            or following in {"peninsula", "war"}
            or (place and tokens[place - 1].lower in {"north", "two"})
        ):
            return None
        form = "noun" if tokens[place].text == "Korea" else "adjective"
        return self._nation(tokens, [Name("KR", form, "country")], place, place + 1)

    def _person(self, tokens: Sequence[Token], name: Name, place: int, last: int) -> Party:
        leader = name.office in {"president", "prime minister", "leader"}
        for token in tokens[place:last]:
            self.persons.setdefault(token.lower, name)
        own = last < len(tokens) and tokens[last].lower.startswith("'")
        return Party((name.code,), place, last + own, "own" if own else "noun", "person", leader)

    def _nation(self, tokens: Sequence[Token], names: Sequence[Name], place: int, last: int) -> Party:
        """A country, with the ministry, person or company it introduces."""
        name = names[0]
        own = last < len(tokens) and tokens[last].lower.startswith("'")
        adjective = any(each.form == "adjective" for each in names)
        if name.kind != "country":
            kind = name.kind
            if kind == "country" or not own:
                return Party((name.code,), place, last, "noun", kind)
        after = last + own
        if own or adjective or name.form in {"seat", "noun"}:
            headed = self._head(tokens, name.code, after, strict=not (own or adjective))
            if headed is not None and not (own and headed[0] == "goods" and _is_curb(tokens, headed[1])):
                kind, end, leader = headed
                return Party((name.code,), place, end, "noun", kind, leader)
        form = (
            "own"
            if own
            else ("adjective" if name.form == "adjective" and not _stands(tokens, after) else "noun")
        )
        return Party((name.code,), place, after, form, name.kind)

    def _head(  # noqa: C901
        self, tokens: Sequence[Token], code: str, after: int, *, strict: bool
    ) -> tuple[str, int, bool] | None:
        """What a nation's name introduces: a state organ, court, company or goods."""
        place, leader = after, False
        kind = ""
        end = after
        while place < min(len(tokens), after + _MOST_BETWEEN):
            word = tokens[place].lower
            if word in _COURTS:
                return "court", _possessed(tokens, place + 1), False
            if word in _HEADS:
                kind = (
                    "ministry"
                    if word.startswith("minist") and word in {"ministry", "ministries"}
                    else "government"
                )
                leader = (
                    leader or word in _LEADERS or (word == "minister" and tokens[place - 1].lower == "prime")
                )
                end = _end_of_office(tokens, place + 1, self.words)
                if end > place + 1:
                    break
            elif (
                word in _FIRMS
                and not strict
                and not (
                    place + 1 < len(tokens)
                    and tokens[place + 1].lower in _HEADS | {",", "and"}
                    and word == "industry"
                )
            ):
                if kind:
                    break
                kind, end = (
                    ("people" if word in _PEOPLE else "firm"),
                    place + 1,
                )
                break
            elif word in _GOODS and not strict and not kind and not _of_firms(tokens, place + 1):
                return "goods", place + 1, False
            elif not (
                word in _STATE
                or (tokens[place].is_word and not kind and not strict and _modifies(tokens, place))
                or word in {"supreme", "high", "district", "central", "constitutional", "appeals"}
            ):
                break
            place += 1
        if not kind or (strict and kind == "firm"):
            return None
        if kind != "firm":
            end = self._learn(tokens, code, end, leader=leader)
        return kind, _possessed(tokens, end), leader

    def _learn(self, tokens: Sequence[Token], code: str, end: int, *, leader: bool) -> int:
        """The name of a person behind an office; the article may use it alone from then on."""
        place = end
        if place < len(tokens) and tokens[place].text == ",":
            place += 1
        stop = place
        while stop < len(tokens) and stop < place + 4 and _name_like(tokens[stop], self.words, tokens, stop):
            stop += 1
        if stop == place or (
            place != end and stop < len(tokens) and tokens[stop].text not in {",", "'s", "’s"}
        ):
            return end
        office = "president" if leader else "minister"
        for token in tokens[place:stop]:
            if len(token.text) > 2:  # noqa: PLR2004
                self.persons[token.lower] = Name(code, "noun", "person", office)
        return stop

    def _introduced(self, tokens: Sequence[Token], place: int) -> Party | None:
        """A person named before, or a known surname behind a title."""
        token = tokens[place]
        if not (token.is_word and token.capital):
            return None
        name = self.persons.get(token.lower)
        if name is None and token.lower in self.words.surnames:
            known = self.words.surnames[token.lower]
            titled = place > 0 and tokens[place - 1].lower in _TITLES
            beside = known.code in self.main[:3] and token.lower not in {"may", "lai", "saito"}
            name = known if titled or (beside and known.office in {"president", "prime minister"}) else None
        if name is None:
            return None
        stop = place + 1
        while stop < len(tokens) and tokens[stop].capital and self.persons.get(tokens[stop].lower) == name:
            stop += 1
        own = stop < len(tokens) and tokens[stop].lower.startswith("'")
        leader = name.office in {"president", "prime minister", "leader"}
        return Party((name.code,), place, stop + own, "own" if own else "noun", "person", leader)

    def _pointed(self, tokens: Sequence[Token], place: int) -> Party | None:
        """As in "the two countries", "both sides", "Supreme Court", "the ministry", "the government"."""
        token = tokens[place]
        following = tokens[place + 1].lower if place + 1 < len(tokens) else ""
        if token.lower in _PAIR_WORDS or (token.lower == "the" and following in _NEIGHBOURS):
            return self._pair(tokens, place)
        if (court := self._court(tokens, place)) is not None:
            return court
        if token.lower in {"the", "its", "japanese"}:
            return self._organ(tokens, place)
        return None

    def _court(self, tokens: Sequence[Token], place: int) -> Party | None:
        """A court whose country stands behind it, owns it, or had its court named before: "its top court"."""
        at = place
        while at < len(tokens) and at < place + _RANKS_AT_MOST and tokens[at].lower in _RANKS:
            at += 1
        if at == len(tokens) or tokens[at].lower not in _COURTS:
            return None
        following = tokens[at + 1].lower if at + 1 < len(tokens) else ""
        if at == place and following not in vocabulary("court_nouns"):
            return None
        codes = self._seat_of(tokens, at + 1) or self.last_by_kind.get("court", ())
        if not codes and tokens[place].lower in {"its", "their"}:
            codes = self.named[-1:]
        return Party(codes, place, at + 1, "noun", "court") if codes else None

    def _seat_of(self, tokens: Sequence[Token], start: int) -> tuple[str, ...]:
        """The country that a court is said to be of or in, right behind it or its rulings."""
        for at in range(start, min(start + _SEATED_WITHIN, len(tokens) - 1)):
            if tokens[at].lower in {"of", "in"}:
                name = at + 1 + (tokens[at + 1].lower == "the" and at + 2 < len(tokens))
                found = self.words.names.at(tokens, name)
                nation = found is not None and _capital(tokens, name) and found.value[0].kind == "country"
                return (found.value[0].code,) if found is not None and nation else ()
            if tokens[at].lower not in vocabulary("court_nouns"):
                break
        return ()

    def _pair(self, tokens: Sequence[Token], place: int) -> Party | None:
        for at in range(place + 1, min(place + 4, len(tokens))):
            if tokens[at].lower in _PAIR:
                count = 3 if tokens[place].lower == "three" else 2
                together = (codes for codes in (self.named, self.recent) if len(codes) == count)
                codes = next(together, self.main[:count])
                if len(codes) < count:
                    return None
                end = at + 1
                if end < len(tokens) and tokens[end].lower.startswith("'"):
                    end += 1
                    headed = self._head(tokens, codes[0], end, strict=False)
                    end = headed[1] if headed and headed[0] != "firm" else end
                leader = tokens[at].lower == "leaders"
                return Party(codes, place, end, "pointer", "country", leader)
        return None

    def _organ(self, tokens: Sequence[Token], place: int) -> Party | None:
        at = place
        while at < min(place + 4, len(tokens)):
            word = tokens[at].lower
            if at > place and tokens[at].capital and self.words.names.at(tokens, at) is not None:
                return None  # "the Japanese ministry" is named, not pointed at
            if word in {"ministry", "government", "cabinet", "administration", "presidential", "ministers"}:
                if word == "presidential":
                    at += 1
                codes = self.last_by_kind.get("ministry" if word == "ministry" else "government", ())
                codes = codes or self.last_by_kind.get("government", ())
                codes = codes or (self.main if len(self.main) == 1 else ())
                return Party(codes, place, min(at + 1, len(tokens)), "noun", "government") if codes else None
            at += 1
        return None


def _end_of_office(tokens: Sequence[Token], start: int, words: Lexicon) -> int:
    """Where the name of an office ends: "Ministry of Economy, Trade and Industry"."""
    if start >= len(tokens) or tokens[start].lower not in {"of", "for"}:
        return start
    end = start
    for place in range(start, min(start + _LONGEST_OFFICE, len(tokens))):
        token = tokens[place]
        if not token.capital and token.lower not in _IN_OFFICES:
            break
        if token.capital and words.names.at(tokens, place) is not None:
            break
        end = place + 1 if token.capital else end
    listed = [at for at in range(start, end) if tokens[at].text == ","]
    if listed and not {"and", "&"} & {token.lower for token in tokens[listed[-1] : end]}:
        return listed[0]
    return end


def _in_outlet(tokens: Sequence[Token], last: int) -> bool:
    """Whether a country is only in the name of an agency: "Agence France-Presse"."""
    return last < len(tokens) and tokens[last].lower in {"presse", "press"} and tokens[last].capital


def _capital(tokens: Sequence[Token], place: int) -> bool:
    return tokens[place].capital or tokens[place].lower == "the"


def _possessed(tokens: Sequence[Token], end: int) -> int:
    """The end with a possessive mark behind it, which stays outside: the noun owns what follows."""
    del tokens
    return end


def _is_curb(tokens: Sequence[Token], place: int) -> bool:
    """Whether goods only say what a curb is on: "Ghana's beef ban"."""
    return place < len(tokens) and tokens[place].lower in _CURBS


def _of_firms(tokens: Sequence[Token], place: int) -> bool:
    """Whether goods only say what firms make: "Chinese steel makers"."""
    return place < len(tokens) and tokens[place].lower in _FIRMS


def _modifies(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word may stand between a nation and its organ: no verb mark, no preposition."""
    word = tokens[place].lower
    return word in vocabulary("between_nation_and_organ")


def _stands(tokens: Sequence[Token], after: int) -> bool:
    """Whether an adjective that is also a name stands for itself: a verb or mark follows."""
    if after >= len(tokens):
        return True
    following = tokens[after]
    return not following.is_word or following.lower in _AFTER_NOUN


_AFTER_NOUN = vocabulary("after_noun")


def _name_like(token: Token, words: Lexicon, tokens: Sequence[Token], place: int) -> bool:
    return (
        token.is_word
        and (
            token.capital
            or (
                place > 0
                and tokens[place - 1].end == token.start - 1
                and tokens[place - 1].capital
                and token.start - tokens[place - 1].end == 1
                and token.text.isalpha()
                and len(token.text) <= 4  # noqa: PLR2004
                and token.lower in vocabulary("syllables_of_names")
            )
        )
        and not token.text.isupper()
        and words.names.at(tokens, place) is None
        and token.lower not in vocabulary("no_names")
    ) or (token.is_word and token.capital and len(token.text) > 1 and _person_at(words, tokens, place))


def _person_at(words: Lexicon, tokens: Sequence[Token], place: int) -> bool:
    found = words.names.at(tokens, place)
    return found is not None and found.value[0].kind == "person"


def _joined(tokens: Sequence[Token], parties: Sequence[Party]) -> Iterator[Party]:
    """Mentions listed together become one: "Japan, South Korea and the United States"."""
    held: Party | None = None
    for party in parties:
        if held is not None and _together(tokens, held, party):
            codes = tuple(dict.fromkeys((*held.codes, *party.codes)))
            kind = party.kind if party.kind != "country" else held.kind
            held = Party(codes, held.first, party.last, party.form, kind, held.leader and party.leader)
            continue
        if held is not None:
            yield held
        held = party
    if held is not None:
        yield held


def _together(tokens: Sequence[Token], one: Party, other: Party) -> bool:
    between = [token.lower for token in tokens[one.last : other.first]]
    if one.codes == other.codes and between in (["'s"], [",", "the"]):
        return False
    if not between:  # "Kishida-Yoon", "U.S.-Japan", "Seoul-Tokyo"
        joined = tokens[other.first].start - tokens[one.last - 1].end == 1
        return joined and one.form != "own"
    if (
        one.form == "own"
        or one.kind in {"firm", "goods", "people"}
        or other.kind in {"firm", "goods", "people"}
    ):
        return False
    if not all(word in _JOINTS for word in between) or len(between) > 3:  # noqa: PLR2004
        return False
    if "and" not in between and _stand_apart(one, other, between[0]):
        return False
    return one.form != "pointer" and other.form != "pointer" and set(one.codes) != set(other.codes)


def _stand_apart(one: Party, other: Party, mark: str) -> bool:
    """As in "at the WTO, Chile said", and "exports to Chile, the Peruvian trade ministry said"."""
    reports = mark == "," and one.kind == "country" and other.kind == "ministry"
    return reports or not {"body", "place"}.isdisjoint({one.kind, other.kind})


def owner_of(tokens: Sequence[Token], party: Party) -> bool:
    """Whether a party owns an act told as a noun: "Japan's decision", "U.S. moves to restrict"."""
    if party.form not in {"own", "adjective", "noun"}:
        return False
    after = [token.lower for token in tokens[party.last : party.last + _OWN_REACH]]
    if party.form == "own":
        return any(word in _OWN_ACTS for word in after[:3])
    return any(word in _OWN_ACTS and "to" in after[at + 1 :] for at, word in enumerate(after[:2]))


def counted(parties: Mapping[str, int]) -> tuple[str, ...]:
    """Codes by how often they are named."""
    return tuple(code for code, _ in Counter(parties).most_common())
