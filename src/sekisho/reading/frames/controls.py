"""Controls on exports, licences and lists of countries: whether the words bear the frame out."""

from __future__ import annotations

from collections.abc import Sequence

from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.lexicon import Found, Verb
from sekisho.reading.vocabulary import vocabulary

_EXPORT_CONTEXT = vocabulary("export_context")
_FAR = 16


def listing_fits(scan: Scan, act: Act, verb: Verb, thing: Found[list[str]], between: Sequence[str]) -> bool:
    """Whether an act on a list puts a country on it or strikes it off."""
    if (
        thing.last - thing.first == 1
        and scan.tokens[thing.first].lower in {"list", "lists"}
        and not scan.seen.listing
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


def exports_fit(scan: Scan, act: Act, verb: Verb, kind: str, thing: Found[list[str]]) -> bool:
    """Whether an act on exports is a control of them, or a licence for them."""
    if verb.head == "grant":
        near = abs(thing.first - act.last) <= 6  # noqa: PLR2004
        return (
            near
            and kind == "export_licence_granted"
            and (
                verb.base
                in {"approve", "permit", "allow", "clear", "authorise", "authorize", "license", "okay"}
            )
            and "import" not in scan.lower
        )
    word = scan.tokens[thing.first].lower
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
            scan.lower.split()
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
        } & set(scan.lower.split()):
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


def about_exports(scan: Scan, thing: Found[list[str]]) -> bool:
    """Whether a bare word for a control is about exports."""
    near = {token.lower for token in scan.tokens[max(0, thing.first - 10) : thing.last + 14]}
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
        scan.tokens[thing.first].lower in {"ban", "bans"}
        and not near & _EXPORT_CONTEXT
        and scan.seen.importing
    ):
        return False
    return bool(near & _EXPORT_CONTEXT) or scan.seen.exporting


def licence_fits(scan: Scan, act: Act, verb: Verb, thing: Found[list[str]]) -> bool:
    """Whether a licence is one for exports."""
    words = set(scan.lower.split())
    word = scan.tokens[thing.last - 1].lower
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
        return scan.seen.exporting and verb.base in {"approve", "clear", "grant"}
    if verb.base in {"receive", "obtain", "get", "win", "secure", "give", "accept", "endorse"}:
        return bool(context) and abs(thing.first - act.last) <= 5  # noqa: PLR2004
    return bool(context) or word.startswith(("licen",))
