"""Checks a certificate against the trust anchors, and counts every figure again: no network, database, clock.

As of an evidence file, each check says what holds, or raises `Doubt` with a sentence for each thing that does
not.
"""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from pydantic import ValidationError

from cloud.core.certificate import attesting, counting, words
from cloud.core.certificate.attesting import Judge, Judged
from cloud.core.certificate.comparing import differences
from cloud.core.certificate.content import Alert, Certificate
from cloud.core.head import Head
from cloud.core.words import Words, beijing
from cloud.evidence.bundle import members as sealed
from cloud.evidence.bundle import under
from cloud.evidence.bundle.anchors import Anchors
from cloud.evidence.bundle.entries import read
from cloud.evidence.bundle.intact import Names, intact
from cloud.evidence.bundle.members import Line
from cloud.evidence.bundle.seen import Doubt, Seen
from cloud.evidence.certificate import members
from cloud.evidence.certificate.judging import judged

MOST_FACADES: Final = 8
"""Whose shares are said one by one."""
MOST_DIFFERENCES: Final = 8
"""Of days, in one sentence."""


def complete(seen: Seen, _: Anchors) -> Words:
    """Whether every member is there, none is beside them, and each is the one that the index lists."""
    index = seen.part(members.Index, sealed.INDEX)
    wanted = {each.name: each.sha256 for each in index.members}
    return intact(seen, wanted, Names(members.ORDER, members.INDEXED, members.OPTIONAL))


def figures(seen: Seen, _: Anchors) -> Words:
    """Whether every figure follows from the rows that the certificate holds."""
    found = _certificate(seen)
    try:
        counted = counting.figures(found.content)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise Doubt(
            Words(
                f"{sealed.CERTIFICATE} 的原始记录自相矛盾，无法重新计算",
                f"the rows of {sealed.CERTIFICATE} contradict each other: {error}",
            )
        ) from error
    if doubts := differences(found.content, found.figures, counted):
        raise Doubt(*doubts)
    shares = [
        f"{facade.name.zh} {words.share(of.share)}"
        for facade, of in zip(found.content.facades, counted.facades, strict=True)
    ]
    more = f" 等 {len(shares)} 个立面" if len(shares) > MOST_FACADES else ""
    blind = None if counted.share is None else 1 - counted.share
    return Words(
        f"用原始记录重新计算，全部数字一致：{counted.cells} 格，受监看 {words.share(counted.share)}，"
        f"未受监看 {words.share(blind)}；{'、'.join(shares[:MOST_FACADES])}{more}",
        f"counted again from its rows, every figure is the same: {counted.cells} cells, watched"
        f" {words.share(counted.share)}, not watched {words.share(blind)}",
    )


def issue(seen: Seen, anchors: Anchors) -> Words:
    """Whether the issue is an entry of the log, and names the very index and certificate that are here."""
    said, content = _issued(seen.export)
    found = _certificate(seen).content
    doubts = [
        *_unlike(sealed.INDEX, seen.digests.get(sealed.INDEX), said.index_sha256),
        *_unlike(sealed.CERTIFICATE, seen.digests.get(sealed.CERTIFICATE), said.certificate_sha256),
        *_unlike("estate", found.estate.id, content.get("subject")),
        *_unlike("facades", found.asked_for, said.facades),
        *_unlike("begin", found.begin, said.begin),
        *_unlike("end", found.end, said.end),
        *_unlike("asked.by", found.asked.by.id, content.get("by")),
        *_unlike("asked.purpose", found.asked.purpose, content.get("purpose")),
    ]
    head = under.head_of(seen, anchors, sealed.LAST_HEAD)
    doubts += under.outside(seen.export, head, _proofs(seen).export)
    if doubts:
        raise Doubt(*doubts)
    return Words(
        f"出具是日志第 {seen.export.index} 条，写有全部内容的哈希：{content.get('by')}，"
        f"用途“{content.get('purpose')}”",
        f"the issue is entry {seen.export.index} of the log and names the digest of everything: by"
        f" {content.get('by')}, for “{content.get('purpose')}”",
    )


def stamps(seen: Seen, anchors: Anchors) -> Words:
    """Whether the trusted authority vouches for both heads, and their own times can be believed."""
    found, doubts = under.stamped_at(seen, anchors)
    if doubts:
        raise Doubt(*doubts)
    return Words(
        f"时间戳机构证明：此前的日志不晚于 {beijing(found[0])}，本证明不晚于 {beijing(found[1])}",
        f"the time-stamping authority vouches: the log before it existed by {beijing(found[0])}, this"
        f" certificate by {beijing(found[1])} UTC+8",
    )


def growth(seen: Seen, anchors: Anchors) -> Words:
    """Whether nothing was taken from the log, or changed or reordered in it, between both heads."""
    first, last = (under.head_of(seen, anchors, name) for name in (sealed.FIRST_HEAD, sealed.LAST_HEAD))
    return under.grown(first, last, _proofs(seen).grown)


def alerts(seen: Seen, anchors: Anchors) -> Words:
    """Whether what the certificate says of alerts is what the log says, and all that it says."""
    content, said = _certificate(seen).content, _issued(seen.export)[0]
    lines, doubts = seen.custody.lines, []
    if tuple(line.index for line in lines) != said.custody:
        doubts.append(
            Words(
                f"{sealed.CUSTODY} 的条目与出具时不符：有条目被删除、添加或换序",
                f"{sealed.CUSTODY} does not hold the entries that it held: deleted, added or reordered",
            )
        )
    head = under.head_of(seen, anchors, sealed.LAST_HEAD)
    doubts += under.unproved(head, lines, _proofs(seen).lines)
    if not content.notes:
        if doubts:
            raise Doubt(*doubts)
        return Words(
            "出具人无权查看值班备注：未附警情的日志条目", "notes and entries about alerts are left out"
        )
    doubts += _untold(content.alerts, lines)
    if doubts:
        raise Doubt(*doubts)
    return Words(
        f"{len(content.alerts)} 起警情的处置经过与 {len(lines)} 条日志原文一致",
        f"what was done with {len(content.alerts)} alerts is what {len(lines)} entries of the log say",
    )


def days(seen: Seen, anchors: Anchors) -> Words:
    """Whether what is said of each day is what the log's entries and the certificate's rows say."""
    if members.DAYS not in seen.listed:
        return Words(
            "【注意】文件里没有日摘要（出具于启用之前，或被略去）：原始记录未与日志核对",
            "ATTENTION: no digests of days are here, from before there were any or left out: not compared",
        )
    content, told = _certificate(seen).content, _days(seen)
    head = under.head_of(seen, anchors, sealed.FIRST_HEAD)
    wanted, judge = attesting.days(content), Judge(content)
    if [(day.estate, day.day) for day in told.days] != wanted:
        raise Doubt(
            Words(
                f"{members.DAYS} 里的日期不是证明所涉的日期",
                f"the days of {members.DAYS} are not those of the certificate",
            )
        )
    doubts = [words for day in told.days for words in _misjudged(judge, day, head)]
    if told.contradictions != tuple(map(members.sentence, attesting.contradictions(content))):
        doubts.append(
            Words("原始记录之间的矛盾与书写的不符", "its rows contradict each other otherwise than told")
        )
    if doubts:
        raise Doubt(*doubts)
    return _of_days(told)


def _misjudged(judge: Judge, day: members.Day, head: Head) -> list[Words]:
    told = tuple(Words(each.zh, each.en) for each in day.differences)
    if day.entries:
        found = judged(judge, (day.estate, day.day), day.entries, head)
    else:
        known = day.state in {"unclosed", "before", "differs"}
        found = Judged(day.state if known else "unclosed", 0, told)
    if (day.state, day.late, told) == (found.state, found.late, found.differences):
        return []
    one, other = words.DAYS[day.state], words.DAYS[found.state]
    said = Words(
        f"{day.estate} {day.day}：证明书写的是“{one}”，按日志应为“{other}”",
        f"{day.estate} {day.day}: the certificate says {day.state}, by the log it is {found.state}",
    )
    return [said, *found.differences[:MOST_DIFFERENCES]]


def _of_days(told: members.Days) -> Words:
    """What is to be said of all: it comes first where one differs."""
    counts = Counter(day.state for day in told.days if day.within)
    late = sum(day.late for day in told.days if day.within)
    zh = "，".join(f"{words.DAYS[state]} {counts[state]} 天" for state in words.DAYS if counts[state])
    en = ", ".join(f"{state} {counts[state]}" for state in words.DAYS if counts[state])
    wrong = [each for day in told.days for each in day.differences] + [*told.contradictions]
    if not wrong:
        more = (f"；其中补报 {late} 条", f"; {late} lines came late") if late else ("", "")
        return Words(f"逐日与日志核对：{zh}{more[0]}", f"each day held against the log: {en}{more[1]}")
    some = wrong[:MOST_DIFFERENCES]
    return Words(
        f"【注意】证明书如实写明有记录与日志不符：{zh}。{'；'.join(each.zh for each in some)}",
        f"ATTENTION: as the certificate says itself, rows differ from the log: {en}."
        f" {'; '.join(each.en for each in some)}",
    )


def _days(seen: Seen) -> members.Days:
    return seen.part(members.Days, members.DAYS, members.MAX_CERTIFICATE_BYTES)


def whole(seen: Seen, anchors: Anchors) -> Words:
    """Whether the log's key has signed the sums of all members, as they are here."""
    return under.sealed(seen, anchors, sealed.sums(seen.digests, members.ORDER))


def _untold(told: tuple[Alert, ...], lines: tuple[Line, ...]) -> list[Words]:
    """What the certificate says of alerts and the log does not, and the other way round."""
    logged: Counter[tuple[str, ...]] = Counter()
    for number, line in enumerate(lines, 1):
        entry = read(line, f"{sealed.CUSTODY} 第 {number} 行 / line {number}")
        if entry.kind == "alert":
            logged[tuple(str(entry.content.get(key)) for key in ("alert", "what", "by", "note"))] += 1
    said: Counter[tuple[str, ...]] = Counter(
        (alert.id, line.what, line.by, line.note) for alert in told for line in alert.lines
    )
    known = {alert.id for alert in told}
    doubts = [
        Words(
            f"证明书写警情 {key[0]} 有“{key[1]}”，日志没有", f"alert {key[0]}: the log knows of no {key[1]}"
        )
        for key in said - logged
    ]
    doubts += [
        Words(
            f"日志里警情 {key[0]} 有“{key[1]}”，证明书没有写",
            f"alert {key[0]}: {key[1]} of the log is left out",
        )
        for key in logged - said
        if key[0] in known
    ]
    return doubts


def _certificate(seen: Seen) -> Certificate:
    return seen.part(Certificate, sealed.CERTIFICATE, members.MAX_CERTIFICATE_BYTES)


def _proofs(seen: Seen) -> members.Proofs:
    return seen.part(members.Proofs, sealed.PROOFS)


def _issued(line: Line) -> tuple[members.Issued, dict[str, Any]]:
    content = read(line, sealed.EXPORT).content
    another = Doubt(
        Words(f"{sealed.EXPORT} 不是出具证明的记录", f"{sealed.EXPORT} is no entry of a certificate")
    )
    if content.get("action") != members.ACTION:
        raise another
    try:
        return members.Issued.model_validate(content.get("content")), content
    except ValidationError as error:
        raise another from error


def _unlike(what: str, here: object, there: object) -> list[Words]:
    if here == there:
        return []
    return [
        Words(
            f"{what} 是 {here}，日志里的出具记录写的是 {there}",
            f"{what} is {here}, the log's entry says {there}",
        )
    ]


CHECKS: Final[tuple[tuple[str, Words, Callable[[Seen, Anchors], Words]], ...]] = (
    ("members", Words("文件成员", "Members"), complete),
    ("figures", Words("重新计算", "Counted again"), figures),
    ("heads", Words("日志树头", "Heads of the log"), under.heads),
    ("stamps", Words("可信时间戳", "Time stamps"), stamps),
    ("growth", Words("日志只增不改", "The log only grew"), growth),
    ("alerts", Words("警情与日志", "Alerts and the log"), alerts),
    ("days", Words("日摘要", "Days and the log"), days),
    ("issue", Words("出具封存", "Issue sealed"), issue),
    ("seal", Words("封条", "Seal"), whole),
)
"""(name, title, check), in the order in which they build on each other."""
