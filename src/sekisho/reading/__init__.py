"""Reading: from an article to dated, sourced proposals, held against the record."""

from sekisho.reading.claims import Contradiction
from sekisho.reading.proposal import Dated, Proposal, Quote
from sekisho.reading.publication import Published
from sekisho.reading.reading import Reading, as_record, merged, read
from sekisho.reading.record import Against, AgainstRecord
from sekisho.reading.status import Status

__all__ = [
    "Against",
    "AgainstRecord",
    "Contradiction",
    "Dated",
    "Proposal",
    "Published",
    "Quote",
    "Reading",
    "Status",
    "as_record",
    "merged",
    "read",
]
