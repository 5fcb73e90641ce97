"""A certificate verifies as it was issued; a single changed minute does not, and is named."""

import hashlib
import io
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from cloud import clock
from cloud.core.camera_duty import LEAST_S
from cloud.core.certificate.content import Certificate
from cloud.core.certificate.counting import figures
from cloud.core.day_digest.facts import day_of
from cloud.core.head import Head
from cloud.core.words import BEIJING
from cloud.evidence import closing, offline
from cloud.evidence.bundle import anchors, container
from cloud.evidence.bundle import members as sealed
from cloud.evidence.bundle.members import Listed, text
from cloud.evidence.bundle.report import Report
from cloud.evidence.certificate import attested, checks, collect, members
from cloud.evidence.certificate.issue import issue
from cloud.store import log, pool
from tests.evidence.certified import COVERED, COVERED_AFTER, LASTS, LOST_AFTER, MINUTE, Certified, certified
from tests.evidence.conftest import Once

Json = dict[str, Any]
Found = dict[str, bytes]


@pytest.fixture(scope="module")
def issued(once: Once) -> Certified:
    """One certificate for all tests here; none of them changes it."""
    return once(certified)


def verified(issued: Certified, found: Found) -> Report:
    sink = io.BytesIO()
    container.write(sink, list(found.items()))
    return offline.verify(sink, anchors.load(issued.anchors))


def failed(report: Report) -> set[str]:
    return {check.name for check in report.checks if not check.ok}


def said(report: Report) -> str:
    return "\n".join(words.en for check in report.checks if not check.ok for words in check.words)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def reindexed(found: Found) -> None:
    """Whoever changes a member also rewrites the index."""
    listed = (
        Listed(name=n, size_bytes=len(found[n]), sha256=digest(found[n]))
        for n in members.INDEXED
        if n in found
    )
    found[sealed.INDEX] = text(members.Index(members=tuple(listed)))


def resealed(issued: Certified, found: Found) -> None:
    """And whoever holds the log's key signs the sums anew."""
    digests = {name: digest(content) for name, content in found.items()}
    found[sealed.SUMS] = sealed.sums(digests, members.ORDER)
    found[sealed.SUMS_SIGNATURE] = issued.signer.key.sign(found[sealed.SUMS], ec.ECDSA(hashes.SHA256()))


def changed(issued: Certified, change: Callable[[Json], None]) -> Found:
    """The file with another certificate.json, as an insider would leave it."""
    found = issued.members()
    told = json.loads(found[sealed.CERTIFICATE])
    change(told)
    found[sealed.CERTIFICATE] = Certificate.model_validate(told).text()
    reindexed(found)
    resealed(issued, found)
    return found


def test_as_it_was_issued_everything_is_verified(issued: Certified) -> None:
    with issued.path.open("rb") as file:
        report = offline.verify(file, anchors.load(issued.anchors))
    assert report.ok, report.table()
    assert len(report.checks) == len(checks.CHECKS)


def test_it_says_what_was_not_watched_when_and_why(issued: Certified) -> None:
    found = Certificate.model_validate_json(issued.members()[sealed.CERTIFICATE])
    (east, west) = found.figures.facades
    begin = issued.begin
    lost, covered = east.losses
    assert (lost.begin, lost.end) == (begin + LOST_AFTER, begin + LOST_AFTER + MINUTE)
    assert lost.causes == (("cam-west", "unrecorded"),)
    assert (covered.begin, covered.end) == (begin + COVERED_AFTER, begin + COVERED_AFTER + COVERED)
    assert covered.causes == (("cam-east", "covered"),)
    assert east.never > 0, "nobody watches the top: it is too steep"
    assert (west.watched_ms, west.never) == (0, west.cells), "nobody sees the west facade"
    whole_ms = (LASTS // MINUTE) * 60_000 * east.cells
    lost_ms = 60_000 * lost.cells + (COVERED // MINUTE) * 60_000 * covered.cells
    assert east.watched_ms == whole_ms * (east.cells - east.never) // east.cells - lost_ms
    content = found.content
    assert [fault.kind for fault in content.faults] == ["covered"]
    assert [line.what for line in content.alerts[0].lines] == ["raised", "acknowledged", "closed:real_throw"]
    assert [order.source for order in content.orders] == ["patrol"]


def test_the_paper_is_a_pdf_for_archives(issued: Certified) -> None:
    paper = issued.members()[members.PAPER]
    assert paper.startswith(b"%PDF-1.7")
    assert b"pdfaid:part" in paper


def a_minute_added(told: Json) -> None:
    """The minute that was lost is there, as if it had been recorded."""
    runs = [run for run in told["content"]["raw"]["watched"] if run["camera"] == "cam-west"]
    (short,) = [run for run in runs if run["watched_s"] < 54]
    short["watched_s"] = 60.0


def a_minute_taken(told: Json) -> None:
    run = next(run for run in told["content"]["raw"]["watched"] if run["camera"] == "cam-east")
    run["minutes"] -= 1


def a_fault_shortened(told: Json) -> None:
    (fault,) = told["content"]["raw"]["faults"]
    fault["cleared_at"] = fault["since"]


def a_cell_more(told: Json) -> None:
    sight = told["content"]["facades"][1]
    sight["sights"] = [
        {**told["content"]["facades"][0]["sights"][0], "camera": "cam-east"},
    ]


def a_loss_hidden(told: Json) -> None:
    told["figures"]["facades"][0]["losses"].pop(0)


def a_better_share(told: Json) -> None:
    told["figures"]["facades"][0]["share"] = 0.999


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (a_minute_added, r"east, .* the certificate says that \d+ cells were lost, by its own rows it is 0"),
        (a_minute_taken, r"east, .* the certificate says that 0 cells were lost, by its own rows it is \d+"),
        (a_fault_shortened, r"east, .* by its own rows it is 0"),
        (a_cell_more, "west"),
        (a_loss_hidden, r"the certificate says that 0 cells were lost, by its own rows it is \d+"),
        (
            a_better_share,
            r"figures.facades\[east\].share: the certificate says 0.999, its own rows give 0\.\d+",
        ),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_what_is_changed_in_it_is_found_and_named_even_if_the_logs_key_signs_it_anew(
    issued: Certified, change: Callable[[Json], None], says: str
) -> None:
    report = verified(issued, changed(issued, change))
    assert {"figures", "issue"} <= failed(report), report.table()
    assert re.search(says, said(report)), said(report)


def test_the_changed_minute_is_named_by_its_time(issued: Certified) -> None:
    report = verified(issued, changed(issued, a_minute_added))
    at = (issued.begin + LOST_AFTER).astimezone(BEIJING)
    assert f"{at:%Y-%m-%d %H:%M:%S}.000 to {at + MINUTE:%Y-%m-%d %H:%M:%S}.000 UTC+8" in said(report)


def test_changed_rows_with_figures_to_suit_are_not_those_of_the_log(issued: Certified) -> None:
    def consistent(told: Json) -> None:
        a_minute_added(told)
        read = Certificate.model_validate(told)
        told["figures"] = figures(read.content).model_dump(mode="json")

    report = verified(issued, changed(issued, consistent))
    assert failed(report) == {"days", "issue"}
    assert "certificate.json is" in said(report)
    assert "watched of each minute 60 s, the log says 20 s" in said(report)


def test_its_day_is_held_against_the_log_and_what_came_late_is_no_difference(issued: Certified) -> None:
    found = members.Days.model_validate_json(issued.members()[members.DAYS])
    (day,) = [day for day in found.days if day.within]
    assert not day.differences
    assert (day.state, day.late, len(day.entries)) == ("late", 1, 2)
    assert not found.contradictions


def test_a_file_from_before_there_were_digests_of_days_is_whole_and_says_so(issued: Certified) -> None:
    found = issued.members()
    del found[members.DAYS]
    reindexed(found)
    resealed(issued, found)
    report = verified(issued, found)
    assert failed(report) == {"issue"}, "its index is another than the log's here; there is no more to it"
    (days,) = [check.words[0].en for check in report.checks if check.name == "days"]
    assert days.startswith("ATTENTION: no digests of days are here")


TAMPERED = {
    "a minute": (
        "UPDATE watched_span SET watched_s = 60 WHERE watched_s = 20",
        r"camera/cam-west .* minutes 10:40-10:41 UTC\+8: watched of each minute 60 s, the log says 20 s",
    ),
    "minutes are gone": (
        "DELETE FROM watched_span WHERE camera = 'cam-east'",
        r"camera/cam-east .* watched of each minute nothing, the log says 60 s",
    ),
    "a state": (
        "UPDATE camera_state_history SET state = 'lost' WHERE camera = 'cam-east'",
        r"camera/cam-east .* state: the log has .*state streaming.* no such row is left",
    ),
    "a fault's end": (
        "UPDATE fault SET cleared_at = since + interval '1 minute' WHERE kind = 'covered'",
        r"camera/cam-east .* fault .*: cleared_at is .* 11:01:00, the log says .* 11:15:00",
    ),
    "a fault is gone": (
        "DELETE FROM fault WHERE kind = 'covered'",
        r"camera/cam-east .* fault: the log has .*kind covered.* no such row is left",
    ),
    "when a fault was acknowledged": (
        "UPDATE fault_history SET at = at - interval '1 minute' WHERE what = 'acknowledged' AND by = 'desk'",
        r"camera/cam-east .* fault_line: the log has .* 11:01:00, what acknowledged",
    ),
    "when an order was taken": (
        "UPDATE work_order_history SET at = at - interval '9 minutes' WHERE what = 'taken' AND by = 'desk'",
        r"order_line: the log has .* at .* 10:25:00, what taken",
    ),
    "an order is gone": (
        "DELETE FROM work_order WHERE source = 'patrol'",
        r"order: the log has .*source patrol",
    ),
    "what a camera sees": (
        "UPDATE sight SET reason = set_byte(reason, 0, 5 - get_byte(reason, 0)) WHERE camera = 'cam-east'",
        r"facade/east .* sight cam-east east .*: sha256 is",
    ),
    "maintenance is planned afterwards, and dated back": (
        (
            "INSERT INTO planned_maintenance (estate, begins_at, ends_at, reason, entered_by, entered_at)"
            " SELECT 'garden', since, since + interval '1 hour', 'x', 'li', since - interval '1 day'"
            " FROM fault WHERE kind = 'covered'"
        ),
        r"estate .* planned: there is .estate garden.* of which the log knows nothing",
    ),
    "a state is dated back": (
        (
            "INSERT INTO camera_state_history (camera, since, state, reason, boot, seq) SELECT camera,"
            " since + interval '1 hour', 'streaming', '', boot, 999 FROM camera_state_history"
        ),
        r"camera/cam-east .* state: there is .camera cam-east.* of which the log knows nothing",
    ),
    "the log's entry": (
        (
            "UPDATE log_leaf SET entry = overlay(entry PLACING 'estatf' FROM position('estate' IN entry))"
            " WHERE kind = 'day'"
        ),
        r"entry \d+ .*(was changed|deleted, changed or reordered)",
    ),
    "the lines that the log's digest is of": (
        "UPDATE closed_day SET facts = 'x'",
        r"the lines kept of camera/cam-east are missing or changed",
    ),
    "the day's entries are gone": (
        "DELETE FROM log_leaf WHERE kind = 'day'",
        "no digest of this day any more",
    ),
}


@pytest.mark.parametrize(("change", "says"), TAMPERED.values(), ids=TAMPERED)
async def test_what_somebody_changes_in_the_database_before_is_found_by_certificate_and_audit(
    issued: Certified, change: str, says: str
) -> None:
    day = day_of(issued.begin)
    async with pool.opened(issued.database_url, max_size=1) as opened, pool.transaction(opened) as conn:
        await conn.execute("SET LOCAL session_replication_role = replica")  # as who owns the tables can
        await conn.execute(change.encode())
        (audited,) = await closing.examine(conn, "garden", [day], [day])
        head = await log.newest_head(conn)
        assert head is not None
        content = await collect.content(conn, issued.wanted, LEAST_S, clock.utc_now())
        asked = await attested.ask(conn, content)
        told = await attested.days(conn, content, asked, Head.model_validate_json(head.content))
        await conn.rollback()
    for words in (audited.differences, [each for of in told.days for each in of.differences]):
        assert re.search(says, "\n".join(each.en for each in words)), words


async def lost_minute(opened: pool.Pool, issued: Certified, watched_s: float) -> None:
    """The minute of which too little was recorded, as somebody with the database writes it."""
    async with pool.transaction(opened) as conn:
        await conn.execute(
            "UPDATE watched_span SET watched_s = %s WHERE camera = 'cam-west' AND begins_at = %s",
            (watched_s, issued.begin + LOST_AFTER),
        )


async def test_a_certificate_with_a_day_that_differs_says_so_and_is_verified_as_what_it_is(
    issued: Certified, tmp_path: Path
) -> None:
    async with pool.opened(issued.database_url, max_size=2) as opened:
        await lost_minute(opened, issued, 60)
        try:
            path = await issue(issued.issuer(opened), issued.wanted, tmp_path)
        finally:
            await lost_minute(opened, issued, 20)
    with path.open("rb") as file:
        report = offline.verify(file, anchors.load(issued.anchors))
    assert report.ok, report.table()
    (days,) = [check.words[0].en for check in report.checks if check.name == "days"]
    assert "ATTENTION" in days
    assert "minutes 10:40-10:41 UTC+8: watched of each minute 60 s, the log says 20 s" in days


def test_what_was_done_with_an_alert_cannot_be_told_otherwise(issued: Certified) -> None:
    def kinder(told: Json) -> None:
        told["content"]["alerts"][0]["lines"][-1]["what"] = "closed:false_bird"

    report = verified(issued, changed(issued, kinder))
    assert "alerts" in failed(report)
    assert "closed:real_throw of the log is left out" in said(report)


@pytest.mark.parametrize("name", members.ORDER)
def test_no_byte_of_a_member_can_be_changed_unseen(issued: Certified, name: str) -> None:
    chance = random.Random(name)
    for _ in range(4):
        found = issued.members()
        content = bytearray(found[name])
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        found[name] = bytes(content)
        if name in members.INDEXED:
            reindexed(found)
        if name not in {sealed.SUMS, sealed.SUMS_SIGNATURE, sealed.LAST_STAMP}:
            resealed(issued, found)
        assert not verified(issued, found).ok, name


def test_a_file_that_lacks_a_member_is_no_certificate(issued: Certified) -> None:
    for name in (members.PAPER, sealed.CUSTODY, sealed.EXPORT):
        found = issued.members()
        del found[name]
        assert "members" in failed(verified(issued, found)), name


def test_counting_again_needs_neither_database_nor_geometry_nor_typesetter() -> None:
    foreign = "psycopg psycopg_pool fastapi httpx jinja2 obstore av cv2 shapely typst prometheus_client"
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({foreign!r}.split()));"
        "import cloud.evidence.certificate.checks"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
