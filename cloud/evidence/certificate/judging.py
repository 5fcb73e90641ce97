"""What is to be said of a certificate's day: the same when it is issued and when it is verified offline."""

from collections.abc import Sequence
from datetime import date

from cloud.core.certificate.attesting import Judge, Judged
from cloud.core.day_digest import attested
from cloud.core.day_digest.attested import Entry
from cloud.core.head import Head
from cloud.evidence.bundle import under
from cloud.evidence.certificate.members import DayEntry


def judged(by: Judge, of: tuple[str, date], entries: Sequence[DayEntry], head: Head) -> Judged:
    """Of an estate's day of which there are entries of the log. head: the first, under which they must be."""
    doubts = [words for each in entries for words in under.outside(each.line, head, each.proof)]
    told = [Entry(attested.content(each.line.entry), each.facts) for each in entries]
    return by.judged(*of, told, doubts)
