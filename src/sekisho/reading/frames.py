"""Events in a sentence: who does what to whom, clause by clause.

A frame joins an act ("lifted", "the removal of") with a thing ("export curbs", "the white
list"). Who acts is the subject of the clause, or the owner of the act; toward whom is said
by the clause, or left to the article (see :mod:`sekisho.reading.article`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sekisho.reading.clauses import CONDITIONS, Clause, clauses_of
from sekisho.reading.lexicon import Found, Frame, Lexicon, Verb
from sekisho.reading.parties import Cast, Party, owner_of
from sekisho.reading.status import Status, asked, status_of
from sekisho.reading.times import Time, times_of
from sekisho.reading.tokens import Sentence, Token
from sekisho.reading.vocabulary import vocabulary

SYMMETRIC = vocabulary("symmetric")
LISTS = frozenset({"country_list_removed", "country_list_reinstated"})
_BE = vocabulary("be")
_ADVERBS = vocabulary("adverbs")
_PLAIN_PACTS = vocabulary("plain_pacts")
_CHANGES = vocabulary("changes")
_TO_VERB = vocabulary("to_verb")
_BEFORE_NOUN = vocabulary("before_noun")
_PREPS = vocabulary("preps")
_TOWARD = vocabulary("toward")
_EXPORT_CONTEXT = vocabulary("export_context")
_WTO = frozenset({"wto", "world trade organization", "world trade organisation"})
_JOINT = vocabulary("joint")
_FOOD = vocabulary("food")
_SAID = vocabulary("said")
_EFFECT = (
    "take effect",
    "takes effect",
    "took effect",
    "taken effect",
    "into force",
    "into effect",
    "come into",
    "effective",
    "apply from",
    "applies from",
    "applied from",
    "in force",
    "implemented on",
    "implemented from",
    "starting",
    "with effect from",
    "taking effect",
)
_FAR = 16
_LENGTHS = frozenset({"for", "range", "in", "decade"})
_LONGEST_QUOTE = 400


@dataclass(slots=True)
class Told:
    """An event as one sentence tells it, before the article completes it.

    Attributes:
        actor: Who does it; empty if the sentence does not say.
        counterpart: Toward whom; empty if the sentence does not say.
        times: The times that belong to it, each with whether it lies ahead and whether it is the
            day of an announcement or of taking effect: ``happened``, ``announced``, ``effective``
            or ``planned``.
        place: Token place of the act.
    """

    type: str
    actor: tuple[str, ...]
    counterpart: tuple[str, ...]
    subject: str
    status: Status
    start: int
    end: int
    sentence: int
    place: int
    condition: str = ""
    times: list[tuple[Time, str]] = field(default_factory=list)
    said_by: str = ""
    headline: bool = False
    sentence_text: str = ""
    leader: bool = False
    aside: bool = False
    beside: list[Time] = field(default_factory=list)
    passive: bool = False
    likely: tuple[str, ...] = ()


@dataclass(slots=True)
class Reader:
    """Reads sentences of one article in order."""

    words: Lexicon
    cast: Cast
    text: str
    subject: tuple[str, ...] = ()
    exporting: bool = False
    importing: bool = False
    listing: bool = False
    disputed: bool = False
    pact: str = ""
    speaker: tuple[str, ...] = ()
    last: Told | None = None
    times: list[Time] = field(default_factory=list)
    future: set[Time] = field(default_factory=set)

    def sentence(self, number: int, sentence: Sentence, *, headline: bool) -> list[Told]:
        """The events that a sentence tells."""
        parties = self.cast.parties(sentence)
        one = _Scan.of(self, number, sentence, parties, headline=headline)
        found = list(one.events())
        one.shared(found)
        found += one.taking_effect(self.last)
        self.last = next(
            (
                told
                for told in reversed(found)
                if told.type.startswith(("export_control", "country_list", "import_restriction"))
                and told.status.real
            ),
            self.last,
        )
        self.times += one.times
        self._remember(one)
        return found

    def _remember(self, one: _Scan) -> None:
        subjects = [party.codes for party in one.parties if party.acts and party.form != "own"]
        if subjects:
            self.subject = subjects[0]
        said = next((at for at, token in enumerate(one.tokens) if token.lower in _SAID), None)
        if said is not None:
            near = [
                party
                for party in one.parties
                if party.acts and party.form != "own" and party.last <= said + 8
            ]
            self.speaker = near[-1].codes[:1] if near else self.speaker


@dataclass(slots=True)
class _Act:
    """An act at a place."""

    verbs: Sequence[Verb]
    first: int
    last: int
    form: str
    passive: bool
    clause: Clause
    reduced: bool = False
    match: tuple[Frame, Found[list[str]]] | None = None


@dataclass(slots=True)
class _Scan:
    """A sentence with everything the reader sees in it."""

    reader: Reader
    number: int
    tokens: tuple[Token, ...]
    parties: tuple[Party, ...]
    things: list[Found[list[str]]]
    times: list[Time]
    clauses: tuple[Clause, ...]
    acts: list[_Act]
    headline: bool
    lower: str

    @classmethod
    def of(
        cls, reader: Reader, number: int, sentence: Sentence, parties: tuple[Party, ...], *, headline: bool
    ) -> _Scan:
        tokens = sentence.tokens
        words = reader.words
        named = {place for party in parties for place in range(party.first, party.last)}
        things = [
            found
            for found in words.things.find(tokens)
            if found.first not in named or found.last - found.first > 1
        ]
        inside = {
            place
            for found in things
            if found.last - found.first > 1
            for place in range(found.first, found.last)
        }
        raw: list[tuple[Sequence[Verb], int, int, str]] = []
        place = 0
        while place < len(tokens):
            act = words.acts.at(tokens, place) if place not in inside and place not in named else None
            form = _form(tokens, act.value, place, parties) if act is not None else ""
            if act is not None and form:
                raw.append((act.value, place, act.last, form))
                place = max(act.last, place + 1)
            else:
                place += 1
        verbs = frozenset(place for _, place, _, form in raw if form != "noun")
        clauses = clauses_of(tokens, parties, verbs)
        lower = " ".join(token.lower for token in tokens)
        times = list(times_of(reader.text, sentence.start, sentence.end))
        found = cls(reader, number, tokens, parties, things, times, clauses, [], headline, f" {lower} ")
        for value, first, last, form in raw:
            clause = next(clause for clause in clauses if clause.first <= first < clause.last)
            found.acts.append(_Act(value, first, last, form, found._passive(first, form), clause))
        return found

    # -- what an act is done to

    def events(self) -> Iterator[Told]:
        """The events, each place of the sentence telling at most one of a type."""
        seen: set[tuple[str, int]] = set()
        used: set[int] = set()
        self._match()
        for act in self.acts:
            for told in self._of_act(act, used):
                if (told.type, told.place) not in seen:
                    seen.add((told.type, told.place))
                    yield told
        yield from self._courts()
        yield from self._panels()
        yield from self._nominal()
        yield from self._visits()

    def taking_effect(self, last: Told | None) -> list[Told]:
        """As in "The change takes effect on July 21": a day of effect for the event told before."""
        for act in self.acts:
            if (
                last is None
                or act.match is not None
                or not any(verb.head == "effect" and verb.base != "apply to" for verb in act.verbs)
            ):
                continue
            words = {token.lower for token in self.tokens[act.clause.first : act.first]}
            times = [
                time
                for time in self.times
                if self._in(time, act.clause) and time.start > self.tokens[act.first].start
            ]
            if times and words & _CHANGES:
                status = self._status(act)
                if status.real and act.form in {"s", "base"}:
                    status = Status.ANNOUNCED
                return (
                    [
                        replace(
                            last,
                            start=self.tokens[act.clause.first].start,
                            end=self._quote(act, None)[1],
                            status=status,
                            times=[(times[0], "effective")],
                            sentence=self.number,
                            place=act.first,
                            beside=[],
                        )
                    ]
                    if status.real
                    else []
                )
        return []

    def shared(self, told: Sequence[Told]) -> None:
        """Takes a time behind two acts of a clause from the act that is farther away."""
        for one in told:
            for other in told:
                if one is not other and one.place < other.place:
                    at = self.tokens[other.place].start
                    both = {time for time, _ in other.times if time.start > at}
                    one.times = [(time, role) for time, role in one.times if time not in both]

    def _match(self) -> None:
        """Gives each act its thing; of two acts before one thing the nearer one takes it."""
        for act in self.acts:
            act.match = self._thing(act)
        for act in self.acts:
            if (
                act.match is not None
                and act.first < act.match[1].first
                and any(
                    other.match is not None
                    and other.match[1] is act.match[1]
                    and act.first < other.first <= act.match[1].first
                    for other in self.acts
                )
            ):
                act.match = None

    def _of_act(self, act: _Act, used: set[int]) -> Iterator[Told]:  # noqa: C901, PLR0911
        if act.clause.conditional:
            return
        if any(verb.head == "meet" for verb in act.verbs):
            yield from self._meeting(act)
            return
        if any(verb.head == "visit" for verb in act.verbs) and (told := self._visit(act)) is not None:
            yield told
            return
        if any(verb.head == "compensate" for verb in act.verbs):
            yield from self._compensating(act)
            return
        if act.match is None:
            yield from self._letting(act)
            return
        frame, thing = act.match
        act.reduced = not act.passive and act.form in {"past", "done"} and thing.last <= act.first
        if self._only_discussed(act):
            return
        if thing.first in used and frame.type in {"talks_agreed", "summit_agreed"}:
            return
        told = self._framed(act, frame, thing)
        if told is not None and told.type in LISTS and len(told.actor) == 2 and " each other " in self.lower:  # noqa: PLR2004
            first, second = told.actor
            used.add(thing.first)
            yield replace(told, actor=(first,), counterpart=(second,))
            yield replace(told, actor=(second,), counterpart=(first,), place=told.place + 1)
            return
        if (
            told is not None
            and not (told.type == "agreement_terminated" and told.status is not Status.HAPPENED)
            and not (told.type == "agreement_signed" and told.status is Status.DENIED)
        ):
            used.add(thing.first)
            yield told

    def _only_discussed(self, act: _Act) -> bool:
        """Whether the act is what talks are about: "talks on lifting the curbs"."""
        words = [self.tokens[place].lower for place in range(max(act.clause.first, act.first - 6), act.first)]
        about = {"on", "about", "over", "regarding", "concerning"}
        return any(
            word in about
            and set(words[max(0, at - 2) : at])
            & {
                "talks",
                "discussions",
                "discussion",
                "consultations",
                "negotiations",
                "dialogue",
                "progress",
                "issue",
                "views",
            }
            for at, word in enumerate(words)
        )

    def _thing(self, act: _Act) -> tuple[Frame, Found[list[str]]] | None:
        """The nearest thing that makes a frame with the act."""
        for thing in self._reachable(act):
            for verb in act.verbs:
                for head in thing.value:
                    frame = self.reader.words.frames.get((verb.head, head))
                    if frame is not None and self._fits(act, verb, frame, thing, head):
                        return frame, thing
        return None

    def _reachable(self, act: _Act) -> Iterator[Found[list[str]]]:  # noqa: C901
        """Things the act can be done to, nearest first."""
        clause = act.clause
        before = [found for found in self.things if clause.first <= found.first and found.last <= act.first]
        after = [
            found for found in self.things if act.last <= found.first < min(clause.last, act.last + _FAR)
        ]
        nexts = [
            other.first
            for other in self.acts
            if other.first >= act.last and other.form in {"past", "s"} and other.clause is clause
        ]
        if nexts:
            after = [found for found in after if found.first <= nexts[0] or found.first < act.last + 4]
        if act.form == "noun":
            yield from after
            standing = act.verbs[0].base in {"hiatus", "halt"}
            yield from (
                found
                for found in reversed(self.things if standing else before)
                if found.last <= act.first and (standing or act.first - found.last <= 1)
            )
            return
        verbs = {verb.head for verb in act.verbs}
        if "effect" in verbs:
            yield from reversed(before)
            return
        if act.passive:
            yield from reversed(before)
            if clause.opener in {"which", "that", "who"} or not before:
                earlier = [
                    found
                    for found in self.things
                    if found.last <= clause.first and clause.first - found.last <= 4  # noqa: PLR2004
                ]
                yield from reversed(earlier)
            yield from (
                found for found in after if set(found.value) & {"country_list", "entity_list", "imports"}
            )
            return
        yield from after
        earlier = [
            found for found in self.things if found.last <= clause.first and clause.first - found.last <= _FAR
        ]
        if clause.opener in {"which", "that"} and (not after or "lapse" in verbs):
            yield from reversed(earlier)
        if act.form in {"past", "done"} and before and act.first - before[-1].last <= 1 and not after:
            yield before[-1]
        if verbs & {"lapse", "resume", "keep", "effect"} and before:
            yield before[-1]

    def _fits(self, act: _Act, verb: Verb, frame: Frame, thing: Found[list[str]], head: str) -> bool:  # noqa: C901, PLR0911, PLR0912
        """Whether the words around bear the frame out."""
        kind = frame.type
        between = [
            token.lower for token in self.tokens[min(act.last, thing.last) : max(act.first, thing.first)]
        ]
        after = thing.first >= act.last
        if kind in LISTS:
            return self._listing_fits(act, verb, thing, between)
        if head == "exports":
            return self._exports_fit(act, verb, kind, thing)
        if head == "export_control" and self._of_another(act, thing):
            return False
        if head == "export_control" and thing.last - thing.first == 1 and not self._about_exports(thing):
            return False
        if (
            kind == "export_control_tightened"
            and verb.head == "impose"
            and verb.base
            in {
                "renew",
                "extend",
                "add",
                "begin",
                "start",
                "set",
                "issue",
                "publish",
                "announce",
                "unveil",
                "apply",
                "launch",
                "adopt",
            }
        ):
            return after and len(between) <= 6 and "of" not in between  # noqa: PLR2004
        if kind == "export_control_eased" and verb.head == "keep":
            return (
                verb.base in {"keep", "maintain", "retain"}
                or "place" in self._clause_words(act)
                or "force" in self._clause_words(act)
            )
        if verb.head == "effect":
            return thing.last <= act.first and act.first - thing.last <= _FAR
        if kind == "dispute_appealed":
            return self.reader.disputed and len(between) <= 5  # noqa: PLR2004
        if verb.head == "demand":
            return (
                bool(
                    {"export", "exports", "exporting", "shipment", "shipments", "exporters"}
                    & set(self.lower.split())
                )
                and len(between) <= 6  # noqa: PLR2004
            )
        if head == "complaint":
            return self._before_wto(thing)
        if head == "notice":
            return self._of_pact(verb, thing)
        if head in {"pact", "joint_work"}:
            return self._pact_fits(act, verb, kind, thing, between, head)
        if kind in {"talks_held", "talks_resumed", "talks_suspended", "summit_held"}:
            return self._talks_fit(verb, kind, between)
        if kind in {"talks_agreed", "summit_agreed"}:
            return (
                verb.base in {"agree", "arrange", "schedule", "set", "plan", "fix"}
                and len(between) <= 8  # noqa: PLR2004
                and after
            )
        if kind == "cooperation_launched":
            return self._cooperation_fits(act, thing)
        if kind == "compensation_plan":
            return self._compensation_fits(act, thing)
        if kind == "export_licence_granted":
            return self._licence_fits(act, verb, thing)
        if head in {"imports", "import_ban"}:
            return head == "imports" or thing.last - thing.first > 1 or self.reader.importing
        return True

    def _of_another(self, act: _Act, thing: Found[list[str]]) -> bool:
        """Whether the thing is another party's own than who acts: one lifts one's own controls."""
        owner = next(
            (p for p in self.parties if 0 <= thing.first - p.last <= 2 and p.form in {"own", "adjective"}),  # noqa: PLR2004
            None,
        )
        if owner is None or act.passive or act.form == "noun":
            return False
        if asked(self.tokens, range(act.clause.first, act.first)) is not None:
            return False
        subject = self._subject_in(act.clause.first, act.first)
        return subject is not None and not set(subject.codes) & set(owner.codes)

    def _clause_words(self, act: _Act) -> set[str]:
        return {token.lower for token in self.tokens[act.clause.first : act.clause.last]}

    def _listing_fits(self, act: _Act, verb: Verb, thing: Found[list[str]], between: Sequence[str]) -> bool:
        if (
            thing.last - thing.first == 1
            and self.tokens[thing.first].lower in {"list", "lists"}
            and not self.reader.listing
        ):
            return False
        if verb.head == "keep":
            return verb.base != "continue"
        if verb.base in {"grant", "give", "extend"} and thing.first < act.first:
            return False  # what countries on the list are granted
        if verb.base in {
            "end",
            "scrap",
            "revoke",
            "withdraw",
            "lose",
            "regain",
            "grant",
            "give",
            "restore",
            "leave",
            "take",
            "cut",
            "upgrade",
            "downgrade",
            "designate",
        }:
            direct = len(between) <= 5 or bool({"to", "from", "of", "off", "as", "on", "out"} & set(between))  # noqa: PLR2004
            return direct and not (verb.base in {"leave", "withdraw"} and thing.first < act.first)
        if act.form == "noun" or thing.first >= act.last:
            return (
                bool(
                    {
                        "from",
                        "to",
                        "on",
                        "in",
                        "of",
                        "off",
                        "as",
                        "onto",
                        "into",
                        "under",
                        "out",
                        "'s",
                        "the",
                        "its",
                    }
                    & set(between)
                )
                or len(between) <= 2  # noqa: PLR2004
            )
        return act.passive or act.form == "noun"

    def _exports_fit(self, act: _Act, verb: Verb, kind: str, thing: Found[list[str]]) -> bool:
        if verb.head == "grant":
            near = abs(thing.first - act.last) <= 6  # noqa: PLR2004
            return (
                near
                and kind == "export_licence_granted"
                and (
                    verb.base
                    in {"approve", "permit", "allow", "clear", "authorise", "authorize", "license", "okay"}
                )
                and "import" not in self.lower
            )
        word = self.tokens[thing.first].lower
        if verb.base in {
            "control",
            "require",
            "subject",
            "stop",
            "freeze",
            "suspend",
            "cap",
            "limit",
            "regulate",
            "halt",
            "block",
            "bar",
            "squeeze",
            "constrain",
            "cut off",
        }:
            if word in {
                "sale",
                "sales",
                "delivery",
                "deliveries",
                "transfer",
                "transfers",
                "exporter",
                "exporters",
                "supply",
                "supplies",
                "shipment",
                "shipments",
            } and not {"licence", "license", "approval", "permission", "permits", "export", "exports"} & set(
                self.lower.split()
            ):
                return False
            if verb.base in {"require", "subject"} and not {
                "licence",
                "license",
                "licences",
                "licenses",
                "approval",
                "permission",
                "permits",
                "permit",
                "licensing",
            } & set(self.lower.split()):
                return False
        if word in {
            "supply",
            "supplies",
            "exporter",
            "exporters",
            "delivery",
            "deliveries",
        } and verb.base not in {"require", "subject"}:
            return False
        return thing.first - act.last <= 9 if thing.first >= act.last else act.first - thing.last <= _FAR  # noqa: PLR2004

    def _about_exports(self, thing: Found[list[str]]) -> bool:
        near = {token.lower for token in self.tokens[max(0, thing.first - 10) : thing.last + 14]}
        if near & {
            "import",
            "imports",
            "seafood",
            "travel",
            "visa",
            "visas",
            "border",
            "coronavirus",
            "covid",
            "covid-19",
            "quarantine",
            "entry",
            "gun",
            "traffic",
        }:
            return False
        if (
            self.tokens[thing.first].lower in {"ban", "bans"}
            and not near & _EXPORT_CONTEXT
            and self.reader.importing
        ):
            return False
        return bool(near & _EXPORT_CONTEXT) or self.reader.exporting

    def _before_wto(self, thing: Found[list[str]]) -> bool:
        plain = thing.last - thing.first == 1
        words = set(self.lower.split())
        legal = bool(words & {"wto"}) or " world trade organi" in self.lower
        return legal or (
            self.reader.disputed
            and (not plain or self.tokens[thing.first].lower.startswith(("complaint", "dispute")))
        )

    def _of_pact(self, verb: Verb, thing: Found[list[str]]) -> bool:
        words = self.lower
        pact = self._pact_named() or bool(self.reader.pact)
        move = self.tokens[thing.last - 1].lower == "move"
        if move:
            return self._pact_named() and verb.base in {
                "halt",
                "suspend",
                "pause",
                "stop",
                "withdraw",
                "reverse",
                "freeze",
                "shelve",
                "postpone",
                "retract",
                "hold off",
                "put on hold",
                "call off",
                "drop",
            }
        if verb.head in {"announce", "file"}:
            return pact and " export" not in words
        return pact

    def _pact_named(self) -> bool:
        return any("pact" in found.value for found in self.things)

    def _pact_fits(  # noqa: C901, PLR0911
        self, act: _Act, verb: Verb, kind: str, thing: Found[list[str]], between: Sequence[str], head: str
    ) -> bool:
        word = self.tokens[thing.last - 1].lower
        if (
            word in {"arrangement", "arrangements", "statement", "statements", "convention"}
            and kind != "agreement_signed"
        ):
            return False
        if kind == "agreement_signed":
            if head == "joint_work":
                return len(between) <= 6 and self._decided(act)  # noqa: PLR2004
            if verb.base == "agree":
                return False
            if verb.base in {"strike", "adopt", "initial"} and len(between) > 6:  # noqa: PLR2004
                return False
            return word != "cooperation" and len(between) <= 9 and not {"without", "on"} & set(between)  # noqa: PLR2004
        if verb.base in {"break", "kill", "cease", "allow", "let", "drop", "leave"} and len(between) > 3:  # noqa: PLR2004
            return False
        if kind == "agreement_suspended":
            return (
                verb.base in {"suspend", "halt", "freeze", "pause", "shelve", "put on hold"}
                and len(between) <= 8  # noqa: PLR2004
            )
        if kind == "agreement_renewed":
            return len(between) <= 8 and "automatically" not in self.lower  # noqa: PLR2004
        if kind == "agreement_termination_suspended":
            return verb.base in {
                "keep",
                "maintain",
                "retain",
                "preserve",
                "stick with",
                "stick to",
                "stay in",
                "remain in",
                "abide by",
                "continue",
            } and self._decided(act)
        if verb.head == "quit":
            return verb.base != "leave" or len(between) <= 3  # noqa: PLR2004
        return len(between) <= 10  # noqa: PLR2004

    def _decided(self, act: _Act) -> bool:
        words = [self.tokens[place].lower for place in self._chain(act)]
        return bool({"decided", "decision", "decides", "agreed", "chose", "opted", "will"} & set(words))

    def _talks_fit(self, verb: Verb, kind: str, between: Sequence[str]) -> bool:
        if {
            "cabinet",
            "emergency",
            "press",
            "plenary",
            "board",
            "committee",
            "council",
            "news",
            "parliamentary",
            "nsc",
            "cabinet's",
        } & set(between):
            return False
        if (
            verb.base in {"end", "conclude", "open", "begin", "start", "complete", "finish", "join", "have"}
            and len(between) > 4  # noqa: PLR2004
        ):
            return False
        if (
            kind == "talks_suspended"
            and verb.base in {"cut", "cancel", "delay", "put off", "stop"}
            and len(between) > 4  # noqa: PLR2004
        ):
            return False
        return len(between) <= 11 or kind == "talks_resumed"  # noqa: PLR2004

    def _cooperation_fits(self, act: _Act, thing: Found[list[str]]) -> bool:
        words = set(self.lower.split())
        several = any(len(party.codes) > 1 for party in self.parties) or bool(words & _JOINT)
        near = abs(thing.first - act.last) <= 10  # noqa: PLR2004
        return (
            several
            and near
            and not {"talks", "negotiations"} & {t.lower for t in self.tokens[act.last : act.last + 2]}
        )

    def _compensation_fits(self, act: _Act, thing: Found[list[str]]) -> bool:
        words = set(self.lower.split())
        about = words & {
            "labor",
            "labour",
            "victims",
            "victim",
            "forced",
            "wartime",
            "plaintiffs",
            "laborers",
            "labourers",
            "comfort",
            "survivors",
            "bereaved",
            "families",
            "workers",
            "compensate",
            "compensation",
            "reparations",
        }
        court = any(
            party.kind == "court"
            for party in self.parties
            if party.first < act.first and act.first - party.last <= 3  # noqa: PLR2004
        )
        near = abs(thing.first - act.last) <= 14  # noqa: PLR2004
        return bool(about) and near and not court

    def _licence_fits(self, act: _Act, verb: Verb, thing: Found[list[str]]) -> bool:
        words = set(self.lower.split())
        word = self.tokens[thing.last - 1].lower
        context = words & {"export", "exports", "shipment", "shipments", "exporting", "ship"}
        if (
            word
            in {
                "approval",
                "approvals",
                "permission",
                "waiver",
                "waivers",
                "permit",
                "permits",
                "shipment",
                "shipments",
            }
            and not context
        ):
            return False
        if word.startswith("application") and not context:
            return self.reader.exporting and verb.base in {"approve", "clear", "grant"}
        if verb.base in {"receive", "obtain", "get", "win", "secure", "give", "accept", "endorse"}:
            return bool(context) and abs(thing.first - act.last) <= 5  # noqa: PLR2004
        return bool(context) or word.startswith(("licen",))

    # -- who, to whom, when

    def _passive(self, first: int, form: str) -> bool:
        if form not in {"past", "done"}:
            return False
        at = first - 1
        while at >= 0 and (self.tokens[at].lower in _ADVERBS or self.tokens[at].lower.endswith("ly")):
            at -= 1
        return at >= 0 and self.tokens[at].lower in _BE

    def _subject(self, act: _Act) -> Party | None:  # noqa: C901, PLR0911, PLR0912
        """The party that does the act: in its clause, or in those before it."""
        if act.form == "noun":
            owner = next(
                (
                    p
                    for p in reversed(self.parties)
                    if p.last <= act.first and act.first - p.last <= 3 and p.form in {"own", "adjective"}  # noqa: PLR2004
                ),
                None,
            )
            if owner is not None:
                return owner
            by = self._by(act.last, min(act.clause.last, act.last + _FAR))
            if by is not None:
                return by
        if act.passive or act.reduced or act.form in {"past", "done"}:
            by = self._by(act.last, min(act.clause.last, act.last + 10))
            if by is not None:
                return by
        if act.passive or act.reduced or any(verb.head == "effect" for verb in act.verbs):
            return next(
                (
                    p
                    for p in reversed(self.parties)
                    if p.last <= act.first
                    and p.form in {"own", "adjective"}
                    and p.first >= act.clause.first
                    and any(0 <= thing.first - p.last <= 2 for thing in self.things)  # noqa: PLR2004
                ),
                None,
            )
        asking = asked(self.tokens, range(act.clause.first, act.first))
        if asking is not None:
            told = next(
                (p for p in self.parties if asking < p.first < act.first and p.acts and p.form != "own"), None
            )
            if told is not None:
                return told
        inside = self._subject_in(act.clause.first, act.first)
        if inside is not None:
            return inside
        if {"we", "our", "i"} & {
            token.lower for token in self.tokens[act.clause.first : act.first]
        } and self.reader.speaker:
            return Party(self.reader.speaker, act.clause.first, act.clause.first, "pointer", "government")
        if act.clause.opener in {"which", "who", "that", "whose"} and act.clause.first > 0:
            held = next(
                (
                    p
                    for p in reversed(self.parties)
                    if p.last <= act.clause.first and act.clause.first - p.last <= 3  # noqa: PLR2004
                ),
                None,
            )
            if held is not None and held.acts:
                return held
        for clause in reversed([clause for clause in self.clauses if clause.last <= act.clause.first]):
            found = self._subject_in(clause.first, clause.last, leading=True)
            if found is not None:
                return found
        return self._speaker(act)

    def _speaker(self, act: _Act) -> Party | None:
        """Who is quoted in the sentence, for what is said without another subject."""
        for clause in self.clauses:
            words = {token.lower for token in self.tokens[clause.first : clause.last]}
            if clause.first >= act.clause.first and words & _SAID:
                return next(
                    (
                        p
                        for p in self.parties
                        if p.first >= act.last
                        and clause.first <= p.first < clause.last
                        and p.acts
                        and p.form != "own"
                    ),
                    None,
                )
        return None

    def _by(self, start: int, end: int) -> Party | None:
        return next(
            (
                p
                for p in self.parties
                if start <= p.first < end
                and p.first > 0
                and (
                    self.tokens[p.first - 1].lower == "by"
                    or (self.tokens[p.first - 1].lower == "the" and self.tokens[p.first - 2].lower == "by")
                )
                and p.acts
            ),
            None,
        )

    def _subject_in(self, start: int, end: int, *, leading: bool = False) -> Party | None:
        """The nearest party before a place that no preposition governs; the first, if leading."""
        found: Party | None = None
        for party in self.parties:
            if not (start <= party.first and party.last <= end):
                continue
            if party.form == "own" and not owner_of(self.tokens, party):
                continue
            if party.form == "adjective" or party.kind in {"firm", "goods", "people"}:
                continue
            if self._governed(party, start):
                continue
            if leading:
                return party
            found = found if found is not None and party.first - found.last <= 2 else party  # noqa: PLR2004
        return found

    def _governed(self, party: Party, start: int) -> bool:
        at = party.first - 1
        while at >= start and self.tokens[at].lower in {
            "the",
            "both",
            "visiting",
            "then",
            "its",
            "his",
            "her",
        }:
            at -= 1
        if at < start or at < 0:
            return False
        word = self.tokens[at].lower
        if word == "of":
            return self.tokens[at - 1].lower not in {
                "officials",
                "ministers",
                "leaders",
                "government",
                "governments",
                "ministry",
                "representatives",
                "president",
                "minister",
                "diplomats",
                "delegations",
                "envoys",
                "chiefs",
                "office",
                "cabinet",
                "parliament",
            }
        return word in _PREPS and not (word == "and" and at == start)

    def _chain(self, act: _Act) -> list[int]:
        """Places of the words that govern the act: from its subject, or its clause, to it."""
        asking = asked(self.tokens, range(act.clause.first, act.first))
        subject = self._subject_in(act.clause.first, act.first if asking is None else asking)
        start = subject.last if subject is not None else act.clause.first
        return list(range(start, act.first))

    def _toward(self, act: _Act, actor: tuple[str, ...]) -> tuple[str, ...]:
        """Toward whom: a party behind a preposition in the clause, else another in the sentence."""
        clause = act.clause
        places = [p for p in self.parties if clause.first <= p.first < clause.last]
        after = [p for p in places if p.first >= act.first]
        for party in (*after, *(p for p in reversed(places) if p.last <= act.first)):
            rest = tuple(code for code in party.codes if code not in actor)
            if not rest or "WTO" in rest or "UN" in rest:
                continue
            before = self._word_before(party)
            if before in _TOWARD or (
                party.form in {"own", "adjective"} and party.kind != "court" and before in _TOWARD
            ):
                return rest
        return ()

    def _word_before(self, party: Party) -> str:
        at = party.first - 1
        while at >= 0 and self.tokens[at].lower in {"the", "both", "its"}:
            at -= 1
        return self.tokens[at].lower if at >= 0 else ""

    def _elsewhere(self, actor: tuple[str, ...]) -> tuple[str, ...]:
        """Another party of the sentence, if there is only one."""
        conditions = [clause for clause in self.clauses if clause.conditional]
        outside = [
            p
            for p in self.parties
            if p.kind != "goods" and not any(clause.first <= p.first < clause.last for clause in conditions)
        ]
        codes = list(
            dict.fromkeys(code for p in outside for code in p.codes if code not in {"WTO", "UN", *actor})
        )
        return tuple(codes) if len(codes) == 1 else ()

    # -- building

    def _framed(self, act: _Act, frame: Frame, thing: Found[list[str]]) -> Told | None:  # noqa: C901
        kind = frame.type
        subject = self._subject(act)
        actor = subject.codes if subject is not None else ()
        status = self._status(act)
        if (
            kind in {"talks_held", "summit_held"}
            and act.clause.opener == "while"
            and act.form in {"base", "s", "ing"}
        ):
            return None  # as long as talks go on: nothing is said to have been held
        if frame.status == "denied":
            status = self._kept(status)
        kind, status = self._turned(kind, status, act)
        if kind in LISTS:
            actor, counterpart = self._list_parties(act, thing, subject)
        elif kind in SYMMETRIC:
            actor, counterpart = self._all_parties(act, actor), ()
        elif kind in {"dispute_panel_established", "dispute_ruling"}:
            counterpart = self._respondent()
            actor = ("WTO",)
        else:
            if "WTO" in actor and not kind.startswith("dispute"):
                return None
            counterpart = self._toward(act, actor) or (self._elsewhere(actor) if actor else ())
        if kind == "export_licence_granted" and any(
            verb.base in {"receive", "obtain", "get", "win", "secure"} for verb in act.verbs
        ):
            firm = next((p for p in reversed(self.parties) if p.last <= act.first and p.kind == "firm"), None)
            actor = firm.codes if firm is not None else actor
        if kind == "summit_held" and subject is not None and subject.kind == "ministry":
            kind = "talks_held"
        return self._told(act, kind, actor, counterpart, status, thing, subject)

    def _turned(self, kind: str, status: Status, act: _Act) -> tuple[str, Status]:  # noqa: C901
        """Types that the status turns into others: talks to come are agreed; not renewing is ending."""
        if kind == "talks_held" and status is not Status.HAPPENED and status is not Status.DENIED:
            kind = "talks_agreed"
        if kind == "summit_held" and status is not Status.HAPPENED and status is not Status.DENIED:
            kind = "summit_agreed"
        if kind in {"talks_agreed", "summit_agreed", "compensation_plan"} and status is Status.HAPPENED:
            status = Status.ANNOUNCED
        if kind == "talks_held" and self._leaders(act):
            kind = "summit_held"
        if (
            kind == "talks_held"
            and status is Status.DENIED
            and any(self.tokens[place].lower in {"agreed", "agree"} for place in self._chain(act))
        ):
            kind = "talks_agreed"
        if kind == "agreement_renewed" and status is Status.DENIED:
            words = [self.tokens[place].lower for place in self._chain(act)]
            decided = {"decided", "decision", "announced", "decides"} & set(words)
            return "agreement_termination_notice", Status.HAPPENED if decided else Status.ANNOUNCED
        if kind == "agreement_termination_notice" and status is Status.DENIED:
            words = [self.tokens[place].lower for place in self._chain(act)]
            if {"decided", "decision", "agreed"} & set(words):
                return "agreement_termination_suspended", Status.HAPPENED
        if (
            kind == "agreement_termination_notice"
            and status is Status.ANNOUNCED
            and any(
                self.tokens[place].lower in {"decided", "announced", "decision", "decides"}
                for place in self._chain(act)
            )
        ):
            status = Status.HAPPENED
        if kind == "agreement_termination_suspended" and status is Status.ANNOUNCED:
            status = Status.HAPPENED
        return kind, status

    def _leaders(self, act: _Act) -> bool:
        near = [p for p in self.parties if p.leader and abs(p.first - act.first) < 2 * _FAR]
        return len({code for party in near for code in party.codes}) > 1

    def _kept(self, status: Status) -> Status:
        return Status.CONSIDERED if status in {Status.CONSIDERED, Status.CONDITIONAL} else Status.DENIED

    def _status(self, act: _Act) -> Status:
        chain = self._chain(act)
        before = next((clause for clause in reversed(self.clauses) if clause.last == act.clause.first), None)
        if act.clause.opener == "that" and before is not None:
            chain = [*self._governors(before), *chain]
        elif (
            not self._subject_in(act.clause.first, act.first)
            and act.clause.opener in {"and", "but", "or"}
            and before is not None
        ) and act.form == "base":
            first = self._subject_in(before.first, before.last, leading=True)
            chain = [*range(first.last if first is not None else before.first, before.last), *chain]
        conditional = any(
            clause.conditional and clause is not act.clause and self._rules(clause, act.clause)
            for clause in self.clauses
        ) or (
            " depending on " in self.lower
            and bool({"can", "could", "may", "might", "will", "possible"} & set(self.lower.split()))
        )
        if act.reduced:
            return Status.HAPPENED
        found = status_of(self.tokens, chain, act.form, conditional=conditional, headline=self.headline)
        if found is Status.HAPPENED and act.form == "noun":
            found = self._noun_status(act)
        return found

    def _governors(self, clause: Clause) -> Iterator[int]:
        """Words of the reporting clause that weigh on what it reports."""
        weigh = {
            "denied",
            "denies",
            "threatened",
            "warned",
            "considering",
            "hopes",
            "hope",
            "expects",
            "expected",
            "proposed",
            "urged",
            "demanded",
            "asked",
            "suggested",
            "hinted",
            "might",
            "may",
            "could",
            "possible",
            "possibility",
            "recommended",
            "speculation",
            "hoped",
        }
        words = {token.lower for token in self.tokens[clause.first : clause.last]}
        if words & {"mean", "means"}:
            weigh |= {"not", "doesn't", "n't"}
        return (place for place in range(clause.first, clause.last) if self.tokens[place].lower in weigh)

    def _rules(self, condition: Clause, clause: Clause) -> bool:
        """Whether a condition governs a clause: it stands next to it."""
        return condition.last == clause.first or clause.last == condition.first

    def _noun_status(self, act: _Act) -> Status:
        """An act told as a noun: what its clause says of it behind it."""
        words = [token.lower for token in self.tokens[act.last : act.clause.last]]
        if {"would", "will", "could", "may", "might"} & set(words[:12]):
            return (
                Status.CONSIDERED
                if {"could", "may", "might", "would"} & set(words[:12])
                else Status.ANNOUNCED
            )
        chain = {self.tokens[place].lower for place in self._chain(act)}
        if chain & {"for", "on", "about", "toward"} and chain & {
            "talks",
            "discussions",
            "discussion",
            "consultations",
            "negotiations",
            "discussing",
            "call",
            "calling",
            "calls",
            "called",
        }:
            return Status.CONSIDERED
        return Status.HAPPENED

    def _list_parties(
        self, act: _Act, thing: Found[list[str]], subject: Party | None
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Whose list, and who loses or gains a place on it."""
        inside = [p for p in self.parties if act.clause.first <= p.first < act.clause.last]
        owner = next(
            (p for p in inside if p.form in {"own", "adjective"} and 0 <= thing.first - p.last <= 3),  # noqa: PLR2004
            None,
        )
        between = [
            p
            for p in inside
            if act.last <= p.first
            and p.first < max(thing.last + 8, act.last + 8)
            and p is not owner
            and p.kind != "court"
        ]
        whom = between[0].codes if between else ()
        who = subject.codes if subject is not None else ()
        own_way = {"return", "regain", "lose", "rejoin", "re enter", "win back"}
        if (
            act.passive
            or (
                act.form != "noun"
                and any(verb.base in own_way for verb in act.verbs)
                and not any(act.last <= p.first <= act.last + 1 for p in inside)
            )
            or (act.form == "noun" and not whom and who and owner is not None)
        ):
            by = self._by(act.last, act.clause.last)
            listed = tuple(
                c
                for c in (
                    self._subject_in(act.clause.first, act.first) or subject or Party((), 0, 0, "", "")
                ).codes
            )
            if by is not None and set(by.codes) != set(listed):
                return by.codes, listed
            if owner is not None:
                return owner.codes, tuple(c for c in listed if c not in owner.codes) or whom
            if listed:
                return (), listed
        if owner is not None and not who:
            who = owner.codes
        if act.form == "noun" and who and whom and set(who) == set(whom):
            who = ()
        if act.form == "noun" and not whom and who and owner is None:
            return (), who
        return tuple(c for c in who if c not in whom), tuple(c for c in whom if c not in who) or tuple(
            whom if not who else ()
        )

    def _all_parties(self, act: _Act, actor: tuple[str, ...]) -> tuple[str, ...]:
        """Everyone in an event without direction."""
        codes = list(actor)
        ends = [
            clause.last
            for clause in self.clauses
            if clause.first == act.clause.last and clause.opener in {"", "with"}
        ]
        stop = ends[0] if ends else act.clause.last
        for party in self.parties:
            if party.first >= stop or party.last <= act.clause.first:
                continue
            before = self._word_before(party)
            joined = before in {"with", "between", "and", "of", "among", "from", "counterpart"} or (
                party.form == "noun" and party.kind in {"government", "ministry"}
            )
            after_seat = before in {"in", "at"}
            if joined and not after_seat and party.kind not in {"firm", "goods", "people", "body", "court"}:
                codes += [code for code in party.codes if code not in codes]
        return tuple(dict.fromkeys(code for code in codes if code not in {"WTO", "UN"} or len(codes) == 1))

    def _told(  # noqa: PLR0913, PLR0917
        self, act: _Act, kind: str, actor: Iterable[str], counterpart: Iterable[str], status: Status,
        thing: Found[list[str]] | None, subject: Party | None,
    ) -> Told:  # fmt: skip
        start, end = self._quote(act, thing)
        condition = ""
        if status is Status.CONDITIONAL:
            clause = next((clause for clause in self.clauses if clause.opener in CONDITIONS), None)
            condition = self._text(clause.first, clause.last) if clause is not None else ""
        told = Told(
            kind, tuple(actor), tuple(counterpart), self._subject_text(act, thing), status, start, end, self.number, act.first,  # noqa: E501
            condition=condition, headline=self.headline, sentence_text=self.lower, leader=bool(subject and subject.leader),  # noqa: E501
            aside=act.clause.opener not in {"", "and", "but", "that", "marking"} or act.reduced, passive=act.passive or act.reduced or any(verb.head == "effect" for verb in act.verbs),  # noqa: E501
        )  # fmt: skip
        told.likely = next(
            (p.codes for p in self.parties if p.acts and p.form != "own" and not self._governed(p, 0)), ()
        )
        told.times = list(self._times(act, status, kind))
        if (
            kind.startswith("agreement")
            and thing is not None
            and thing.last - thing.first == 1
            and self.tokens[thing.first].lower in _PLAIN_PACTS
            and self.reader.pact
            and "gsomia" not in self.lower
        ):
            told.subject = self.reader.pact.replace("-", " ")
        told.said_by = self._said_by()
        if not told.times:
            told.beside = self._beside(act)
        return told

    def _text(self, first: int, last: int) -> str:
        return self.reader.text[self.tokens[first].start : self.tokens[last - 1].end]

    def _quote(self, act: _Act, thing: Found[list[str]] | None) -> tuple[int, int]:
        first, last = act.clause.first, act.clause.last
        if thing is not None:
            first, last = min(first, thing.first), max(last, thing.last)
        while first < last - 1 and (self.tokens[first].lower in {",", ";", "and", "--", "–", "—", '"', "“"}):
            first += 1
        while last > first + 1 and self.tokens[last - 1].lower in {",", ".", ";", "--", "–", "—", ":"}:
            last -= 1
        return self.tokens[first].start, self.tokens[last - 1].end

    def _subject_text(self, act: _Act, thing: Found[list[str]] | None) -> str:
        """The thing in the words of the text, with what it is of."""
        if thing is None:
            return self._text(act.first, act.last)
        last = thing.last
        while (
            last < min(act.clause.last, thing.last + 8)
            and self.tokens[last].is_word
            and self.tokens[last].lower
            not in {"after", "in", "on", "against", "and", "by", "that", "which", "to", "as", "with", "said"}
        ):
            last += 1
        return self._text(thing.first, last)

    def _times(self, act: _Act, status: Status, kind: str) -> Iterator[tuple[Time, str]]:
        """The times of an act: those of its clause, else those that its sentence lends it."""
        own = [time for time in self.times if self._in(time, act.clause) and time.kind not in _LENGTHS]
        lent = [] if own or (kind == "court_ruling" and not act.verbs) else list(self._lent(act, status))
        ahead = status is not Status.HAPPENED
        own = [time for time in own if time.kind != "recent" or self._near(time, act)]
        if kind.startswith(("agreement", "dispute")) and kind != "agreement_signed":
            own = [time for time in own if not self._of_thing(time)]
        own = [time for time in own if not self._since(time, kind)]
        roles = [(time, self._role(time, act, status, kind, ahead=ahead)) for time in own or lent]
        if own and ahead and all(role in {"planned", "effective"} for _, role in roles):
            roles += [(time, "announced") for time in self._reported(act)]
        yield from roles

    def _since(self, time: Time, kind: str) -> bool:
        """Whether a time only bounds a span: "for the first time since July"."""
        return self._words_before(time).endswith(" since") and not kind.endswith(
            ("suspended", "tightened", "imposed")
        )

    def _reported(self, act: _Act) -> list[Time]:
        """The time of the clause that reports the act."""
        for clause in self.clauses:
            words = {token.lower for token in self.tokens[clause.first : clause.last]}
            times = [time for time in self.times if self._in(time, clause) and time.kind not in _LENGTHS]
            if clause is not act.clause and times and words & _SAID:
                return times[:1]
        return []

    def _beside(self, act: _Act) -> list[Time]:
        """Times of the predicates that "and" joins to the act: they may cover it too."""
        at = self.clauses.index(act.clause)
        joined = [
            clause
            for clause in self.clauses[at + 1 : at + 3]
            if clause.opener in {"and", "granting", "giving"}
        ]
        return [
            time
            for clause in joined
            for time in self.times
            if self._in(time, clause) and time.kind not in _LENGTHS
        ]

    def _of_thing(self, time: Time) -> bool:
        """Whether a year only names the thing: "a 2016 agreement"."""
        before = self._words_before(time).split()[-1:]
        return (
            time.kind == "year"
            and self.reader.text[time.start : time.end].isdigit()
            and before in (["a"], ["the"], ["its"], ["their"])
        )

    def _near(self, time: Time, act: _Act) -> bool:
        """Whether "recent" stands at the act itself."""
        between = [token for token in self.tokens if time.end <= token.start < self.tokens[act.first].start]
        return time.start <= self.tokens[act.first].start and len(between) <= 4  # noqa: PLR2004

    def _in(self, time: Time, clause: Clause) -> bool:
        return self.tokens[clause.first].start <= time.start < self.tokens[clause.last - 1].end

    def _lent(self, act: _Act, status: Status) -> Iterator[Time]:  # noqa: C901
        for clause in self.clauses:
            if clause is act.clause:
                continue
            times = [time for time in self.times if self._in(time, clause) and time.kind not in _LENGTHS]
            if not times:
                continue
            words = {token.lower for token in self.tokens[clause.first : clause.last]}
            if words & _SAID and (
                status is not Status.HAPPENED
                or (self.number == 0 and act.clause.opener in {"", "and", "that"})
            ):
                yield times[0]
                return
            verb = next((a.first for a in self.acts if a.clause is clause), clause.last)
            leading = (
                clause.last <= act.clause.first
                and times[0].start < self.tokens[min(verb, clause.last - 1)].start
            )
            if act.clause.opener in {"and", "but"} and leading and clause.first == self.clauses[0].first:
                yield times[0]
                return
            if (
                act.clause.opener in {"marking", "prompting", "granting", "making"}
                and clause.last == act.clause.first
            ):
                yield times[0]
                return
            if act.clause.opener in {"upon", "following"} or (
                act.clause.opener in {"after", "as"}
                and clause.last == act.clause.first
                and times[0].kind
                not in {"weekday", "relday", "monthday", "daymonth", "mdy", "dmy", "sameday"}
            ):
                yield times[0]
                return
            if clause.opener == "upon" and clause.last == act.clause.first:
                yield times[0]
                return

    def _role(self, time: Time, act: _Act, status: Status, kind: str, *, ahead: bool) -> str:
        """Whether a time is of announcing, of taking effect, or planned."""
        before = self._words_before(time)
        from_then = ahead and before.split()[-1:] in (["from"], ["starting"], ["of"]) and "_" in kind
        if (from_then and kind.startswith(("export_control", "import", "country_list"))) or any(
            phrase in before for phrase in _EFFECT
        ):
            return "effective"
        if status is Status.HAPPENED:
            return "happened"
        if (
            time.kind
            in {
                "relweek",
                "month",
                "monthday",
                "daymonth",
                "nextday",
                "weekday",
                "relday",
                "dayof",
                "dmy",
                "mdy",
                "monthyear",
                "year",
                "monthrel",
            }
            and ahead
        ):
            if (
                time.get("w") in {"next", "the coming", "coming"}
                or time.get("p") == "later"
                or time.get("rd") == "tomorrow"
            ):
                return "planned"
            after_act = time.start > self.tokens[act.first].start
            said_before = any(
                word in before.split()[-6:]
                for word in ("said", "agreed", "announced", "decided", "told", "reported")
            )
            if (
                after_act
                and not said_before
                and time.get("w") != "last"
                and time.get("p") not in {"earlier", "early"}
            ):
                return "planned"
        return "announced"

    def _words_before(self, time: Time) -> str:
        return " ".join(token.lower for token in self.tokens if token.end <= time.start + 2)[-60:]

    def _said_by(self) -> str:
        """Who says so, in the words of the text; the last link of the report behind it."""
        for clause in self.clauses:
            words = [token.lower for token in self.tokens[clause.first : clause.last]]
            verb = next((clause.first + at for at, word in enumerate(words) if word in _SAID), None)
            if verb is None:
                continue
            if self.tokens[verb].lower == "according":
                return self._named_span(verb + 2)
            party = next(
                (p for p in reversed(self.parties) if clause.first <= p.first and p.last <= verb), None
            )
            if party is not None and party.form != "own":
                return self._text(party.first, party.last)
            first = verb
            while first > clause.first and self.tokens[first - 1].capital:
                first -= 1
            if first < verb:
                return self._text(first, verb)
            continue
        return ""

    def _named_span(self, first: int, last: int | None = None) -> str:
        stop = last if last is not None else min(first + 8, len(self.tokens))
        end = first
        while (
            end < stop
            and (self.tokens[end].is_word or self.tokens[end].lower in {"'s", "’s"})
            and self.tokens[end].lower not in {"on", "in", "after", "as", "at", "also"}
        ):
            end += 1
        return self._text(first, end) if end > first else ""

    # -- special frames

    def _meeting(self, act: _Act) -> Iterator[Told]:
        """Two sides met."""
        subject = self._subject(act)
        codes = self._all_parties(act, subject.codes if subject is not None else ())
        words = [token.lower for token in self.tokens[act.last : act.clause.last]]
        if act.form == "ing" and self.tokens[act.first - 1].lower in {
            "a",
            "the",
            "bilateral",
            "trilateral",
            "first",
            "this",
            "that",
            "their",
        }:
            return
        if (
            not words
            or words[0]
            not in {
                "with",
                "in",
                "on",
                "for",
                "at",
                "to",
                "and",
                "her",
                "his",
                "their",
                "separately",
                "virtually",
                "here",
                "thursday",
                "friday",
                "monday",
                "tuesday",
                "wednesday",
                "saturday",
                "sunday",
                "face",
                "again",
                "earlier",
                "u",
            }
            or len(codes) < 2  # noqa: PLR2004
        ):
            return
        status = self._status(act)
        kind = "summit_held" if self._leaders(act) else "talks_held"
        kind, status = self._turned(kind, status, act)
        yield self._told(act, kind, codes, (), status, None, subject)

    def _visit(self, act: _Act) -> Told | None:
        """A head of state or government goes to another country."""
        subject = self._subject(act)
        place = next(
            (p for p in self.parties if act.last <= p.first <= act.last + 3 and p.kind == "country"), None
        )
        if subject is None or not subject.leader or place is None or set(place.codes) <= set(subject.codes):
            return None
        status = self._status(act)
        if status is Status.HAPPENED:
            return None
        return self._told(act, "summit_agreed", (*subject.codes, *place.codes), (), status, None, subject)

    def _letting(self, act: _Act) -> Iterator[Told]:
        """As in "let it lapse", "stick with the pact": the pact named before or behind."""
        words = [token.lower for token in self.tokens[act.first : act.first + 4]]
        lapses = any(verb.base in {"let", "allow"} for verb in act.verbs) and bool(
            {"lapse", "expire"} & set(words)
        )
        if not lapses or not (self.reader.pact or self._pact_named()):
            return
        subject = self._subject(act)
        actor = subject.codes if subject is not None else ()
        status = self._status(act)
        said = {self.tokens[place].lower for place in range(act.clause.first, act.first)}
        if {"indicated", "decided", "announced"} & said and status is Status.ANNOUNCED:
            status = Status.HAPPENED
        told = self._told(act, "agreement_termination_notice", actor, (), status, None, subject)
        told.subject = self.reader.pact.replace("-", " ") or told.subject
        yield told

    def _compensating(self, act: _Act) -> Iterator[Told]:
        """A state plans that victims are paid: "plans for its companies to compensate"."""
        words = [self.tokens[place].lower for place in range(act.clause.first, act.first)]
        planned = {
            "plan",
            "plans",
            "scheme",
            "announced",
            "proposal",
            "solution",
            "foundation",
            "proposed",
            "fund",
        } & set(words)
        bound = {
            "ordered",
            "ordering",
            "order",
            "must",
            "ruled",
            "ruling",
            "orders",
            "liable",
            "refused",
            "failed",
        } & set(words)
        if not planned or bound or any(party.kind == "court" for party in self.parties):
            return
        subject = self._subject(act)
        actor = subject.codes if subject is not None else ()
        status = self._status(act)
        if status is Status.HAPPENED:
            status = Status.ANNOUNCED
        yield self._told(act, "compensation_plan", actor, self._elsewhere(actor), status, None, subject)

    def _visits(self) -> Iterator[Told]:
        """A head of state or government is to travel: "prepares his visit to Washington"."""
        for place, token in enumerate(self.tokens[:-2]):
            if token.lower not in {"visit", "trip"} or self.tokens[place + 1].lower != "to":
                continue
            clause = next(clause for clause in self.clauses if clause.first <= place < clause.last)
            guest = next((p for p in reversed(self.parties) if p.last <= place and p.leader), None)
            host = next((p for p in self.parties if place < p.first <= place + 4), None)
            words = {self.tokens[at].lower for at in range(clause.first, place)}
            ahead = words & {
                "prepares",
                "prepare",
                "preparing",
                "will",
                "plans",
                "planned",
                "upcoming",
                "scheduled",
                "pay",
                "announced",
                "ahead",
                "begin",
                "begins",
                "embarks",
                "arranging",
                "considering",
                "agreed",
            }
            if (
                guest is None
                or host is None
                or not ahead
                or set(host.codes) & set(guest.codes)
                or host.kind != "country"
            ):
                continue
            act = _Act([], place, place + 1, "noun", False, clause)
            status = (
                Status.CONSIDERED
                if words & {"considering", "arranging", "may", "might", "could"}
                else Status.ANNOUNCED
            )
            yield self._told(act, "summit_agreed", (*guest.codes, *host.codes), (), status, None, guest)
            return

    def _courts(self) -> Iterator[Told]:
        """Rulings of national courts and of the panels of the WTO."""
        for party in self.parties:
            if party.kind != "court":
                continue
            clause = next(clause for clause in self.clauses if clause.first <= party.first < clause.last)
            noun = next(
                (
                    f
                    for f in self.things
                    if "ruling" in f.value
                    and party.last <= f.first <= party.last + 3
                    and self.tokens[f.last - 1].lower
                    not in {"report", "lawsuit", "finding", "appeal", "decision"}
                ),
                None,
            )
            verb = next(
                (
                    a
                    for a in self.acts
                    if a.first >= party.last
                    and a.first - party.last <= 9  # noqa: PLR2004
                    and any(v.head == "rule" for v in a.verbs)
                    and a.form != "noun"
                    and a.clause.first <= a.first
                ),
                None,
            )
            if noun is None and (verb is None or self._governed(party, clause.first)):
                continue
            act = (
                verb
                if noun is None or (verb is not None and verb.first < noun.first)
                else _Act([], noun.first, noun.last, "noun", False, clause)
            )
            if act is None or (act.verbs and self.tokens[act.first].lower in {"said", "say", "says"}):
                continue
            status = self._status(act) if act.verbs else Status.HAPPENED
            if status is Status.DENIED and any(v.base in {"reject", "dismiss"} for v in act.verbs):
                status = Status.HAPPENED
            defendant = tuple(
                dict.fromkeys(
                    c
                    for p in self.parties
                    if p.first >= party.last and p.kind in {"firm", "country", "government"}
                    for c in p.codes
                    if c not in party.codes
                )
            )[:1]
            told = self._told(act, "court_ruling", party.codes, defendant, status, None, party)
            told.subject = self._text(party.first, max(party.last, noun.last if noun else party.last))
            yield told
            return

    def _panels(self) -> Iterator[Told]:
        """A panel or the Appellate Body of the WTO ruled."""
        for party in self.parties:
            if "WTO" not in party.codes or party.first >= len(self.tokens):
                continue
            clause = next(clause for clause in self.clauses if clause.first <= party.first < clause.last)
            near = {token.lower for token in self.tokens[party.last : party.last + 5]}
            noun = next(
                (
                    f
                    for f in self.things
                    if "ruling" in f.value
                    and party.last <= f.first <= party.last + 3
                    and self.tokens[f.first].lower not in {"report", "appeal", "lawsuit", "decision"}
                ),
                None,
            )
            verb = next(
                (
                    a
                    for a in self.acts
                    if party.last <= a.first <= party.last + 6
                    and a.clause is clause
                    and any(
                        v.head == "rule" and v.base not in {"say", "grant", "hold", "adopt", "issue"}
                        for v in a.verbs
                    )
                    and a.form != "noun"
                ),
                None,
            )
            if not (
                (near & {"panel", "body", "judges", "arbitrators"} and verb is not None) or noun is not None
            ):
                continue
            act = (
                verb
                if verb is not None
                else _Act([], noun.first, noun.last, "noun", False, clause)
                if noun is not None
                else None
            )
            if act is None or (self._governed(party, clause.first) and noun is None):
                continue
            status = self._status(act) if act.verbs else Status.HAPPENED
            told = self._told(act, "dispute_ruling", ("WTO",), self._respondent(), status, noun, party)
            yield told
            return

    def _respondent(self) -> tuple[str, ...]:
        """Whose measure a dispute is about."""
        owner = next(
            (
                p
                for p in self.parties
                if p.form in {"own", "adjective"}
                and "WTO" not in p.codes
                and any(
                    0 <= thing.first - p.last <= 3 and set(thing.value) & {"export_control", "import_ban"}  # noqa: PLR2004
                    for thing in self.things
                )
            ),
            None,
        )
        against = next(
            (p for p in self.parties if "WTO" not in p.codes and self._word_before(p) == "against"), None
        )
        found = owner or against
        return found.codes[:1] if found is not None else self._elsewhere(("WTO",))

    def _nominal(self) -> Iterator[Told]:
        """Things that are acts by themselves: a boycott, a ban on imports."""
        used = {place for act in self.acts for place in range(act.first, act.last)}
        framed = {act.match[1].first for act in self.acts if act.match is not None}
        for thing in self.things:
            clause = next(clause for clause in self.clauses if clause.first <= thing.first < clause.last)
            if (
                "import_ban" in thing.value
                and thing.first not in framed
                and thing.first not in used
                and thing.last - thing.first > 1
            ):
                owner = next(
                    (
                        p
                        for p in reversed(self.parties)
                        if p.last <= thing.first
                        and thing.first - p.last <= 4  # noqa: PLR2004
                        and p.form in {"own", "adjective"}
                    ),
                    None,
                )
                if owner is not None and clause.opener not in CONDITIONS:
                    act = _Act([], thing.first, thing.last, "noun", False, clause)
                    toward = self._toward(act, owner.codes)
                    yield self._told(
                        act, "import_restriction_imposed", owner.codes, toward, Status.HAPPENED, thing, owner
                    )
            elif "boycott" in thing.value:
                act = _Act(
                    [],
                    thing.first,
                    thing.last,
                    "base" if thing.first and self.tokens[thing.first - 1].lower == "to" else "noun",
                    False,
                    clause,
                )
                who = next((p for p in self.parties if p.kind == "people"), None) or next(
                    (p for p in self.parties if p.first > thing.last and self._word_before(p) == "in"), None
                )
                goods = next(
                    (
                        p
                        for p in self.parties
                        if p.kind == "goods"
                        or (p.form == "adjective" and p.first >= thing.last)
                        or (
                            p.first >= thing.last
                            and self.tokens[min(p.last, len(self.tokens) - 1)].lower == "made"
                        )
                        or (p.last <= thing.first and thing.first - p.last <= 2 and p.form == "adjective")  # noqa: PLR2004
                    ),
                    None,
                )
                actor = who.codes if who else ()
                toward = tuple(c for c in (goods.codes if goods else ()) if c not in actor)
                said = {self.tokens[place].lower for place in range(clause.first, thing.first)}
                status = (
                    Status.CONSIDERED
                    if {"could", "may", "might", "call", "calls", "called", "calling", "threatened", "urged"}
                    & said
                    else (Status.DENIED if {"no", "not", "end", "ended"} & said else Status.HAPPENED)
                )
                yield self._told(act, "boycott", actor, toward, status, thing, who)
                return


def _form(tokens: Sequence[Token], verbs: Sequence[Verb], place: int, parties: Sequence[Party]) -> str:  # noqa: C901, PLR0911, PLR0912
    """The form of an act at a place; empty if the word is a noun there."""
    forms = {verb.form for verb in verbs}
    if "noun" in forms and not forms - {"noun"}:
        return "noun"
    before = tokens[place - 1].lower if place else ""
    after = tokens[place + 1].lower if place + 1 < len(tokens) else ""
    if "past" in forms or "done" in forms:
        if before in {"the", "a", "an", "of"} and "base" not in forms:
            return ""
        if "base" in forms and before in {"to", "will", "would", "can", "could", "may", "might"}:
            return "base"
        if "base" in forms and before in {"the", "a", "an", "its", "of", "'s"}:
            return ""
        return "past" if "past" in forms else "done"
    if "ing" in forms:
        return "ing"
    party_before = any(party.last == place for party in parties)
    if "base" in forms:
        if before in _TO_VERB or before.endswith("ly") or place == 0:
            return "base" if not (before == "and" and after in {"of", "on", "in"}) else ""
        if party_before and before not in {"'s", "’s"}:
            return "base"
        if "noun" in forms:
            return "noun"
        if before in {
            "they",
            "countries",
            "sides",
            "leaders",
            "ministers",
            "officials",
            "governments",
            "we",
            "help",
            "helped",
            "nations",
            "allies",
            "let",
        }:
            return "base"
        return ""
    if "s" in forms:
        owned = any(party.last == place and party.form in {"own", "adjective"} for party in parties)
        if before in _BEFORE_NOUN or owned:
            return "noun" if "noun" in forms else ""
        if (
            party_before
            or len(verbs[0].base.split()) > 1
            or before
            in {
                "it",
                "he",
                "she",
                "government",
                "ministry",
                "which",
                "that",
                "court",
                "also",
                "and",
                "parliament",
                "now",
                "cabinet",
            }
        ):
            return "s"
    return ""
