"""Whether the words around an act and a thing bear a frame out.

What is a matter of distance and of words stands with the frame in ``frames.toml``. What
needs more is a check here, by the name that the frame gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sekisho.reading.frames import controls, disputes, lists, pacts, redress, talks
from sekisho.reading.frames.pairing import Pairing
from sekisho.reading.lexicon import Frame
from sekisho.reading.vocabulary import vocabulary

_FAR = 16


def fits(pair: Pairing, frame: Frame) -> bool:
    """Whether a sentence bears out that an act on a thing is the event of a frame."""
    base = pair.verb.base
    if (frame.verbs and base not in frame.verbs) or base in frame.not_verbs:
        return False
    limit = frame.close_within if base in frame.close else frame.within
    if (len(pair.between) > limit and pair.distance > limit) or not frame.without.isdisjoint(pair.between):
        return False
    if frame.close_after and base in frame.close and not pair.follows:
        return False
    if (frame.after and not pair.follows) or (frame.needs and not pair.says(vocabulary(frame.needs))):
        return False
    return not frame.check or _CHECKS[frame.check](pair)


def _takes_effect(pair: Pairing) -> bool:
    return not pair.follows and len(pair.between) <= _FAR


_CHECKS: Mapping[str, Callable[[Pairing], bool]] = {
    "at_wto": lambda pair: "wto" in pair.words or " world trade organi" in pair.scan.lower,
    "before_wto": disputes.before_wto,
    "company_list": lists.of_companies,
    "cooperation": talks.is_cooperation,
    "decided": pacts.is_decided_on,
    "ending": pacts.ends,
    "export_control_in_effect": lambda pair: _takes_effect(pair) and controls.is_export_control(pair),
    "exports": controls.restricts_exports,
    "in_dispute": lambda pair: pair.scan.seen.disputed,
    "kept_export_control": controls.keeps,
    "kept_pact": lambda pair: pacts.is_real(pair) and pacts.is_decided_on(pair),
    "known_list": lists.is_known,
    "licence": controls.is_export_licence,
    "listing": lists.changes,
    "market": controls.opens_to_goods,
    "not_by_court": redress.not_by_court,
    "not_of_imports": lambda pair: "import" not in pair.scan.lower,
    "notice": pacts.is_notice,
    "of_imports": controls.of_imports,
    "own_export_control": controls.is_own_export_control,
    "real_pact": pacts.is_real,
    "renewed": pacts.is_renewed,
    "tariffs": controls.are_tariffs,
    "takes_effect": _takes_effect,
    "talks": talks.are_talks,
}
