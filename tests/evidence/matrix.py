"""The tamper matrix: every attack with the checks that must catch it and what must be said."""

import json
from collections.abc import Callable
from datetime import timedelta

from cloud.evidence.bundle import members
from tests.evidence.attacks import (
    Attack,
    Members,
    added,
    anchor_swapped_in,
    cut,
    edited,
    facts_time,
    flip_a_bit,
    head_of_another_log,
    head_time,
    head_time_by_an_insider,
    lines,
    manifest,
    other_floor,
    own_export_entry,
    proof_of_another_place,
    rebuilt,
    renumbered,
    resigned,
    revoked,
    stamp_of_another_authority,
    stamp_of_other_bytes,
    stamp_time,
    swapped_in,
    unmarked,
    without,
)
from tests.evidence.made import Made


def _attack(
    name: str, done: Callable[[Made, Members], None], caught: str, says: str, *, indexed: bool = True
) -> Attack:
    insider = "insider" in name
    return Attack(name, done, frozenset(caught.split()), says, indexed, insider)


ATTACKS = (
    _attack(
        "clip: one bit changed",
        flip_a_bit,
        "members clip",
        r"bytes \d+ to \d+ were changed \(frames",
        indexed=False,
    ),
    _attack(
        "clip: one bit changed, index rewritten", flip_a_bit, "clip export", "not what the device signed"
    ),
    _attack(
        "clip: 10 frames cut out",
        cut(lambda at: not 1.2 <= at < 1.59),
        "clip export",
        r"about 10 frames are missing between 1\.16 s and 1\.60 s",
    ),
    _attack(
        "clip: the end cut off",
        cut(lambda at: at < 2.5),
        "clip export",
        r"it lasts 2\.\d+ s, the device signed",
    ),
    _attack(
        "clip: annotated copy in its place",
        swapped_in,
        "clip export",
        "an annotated copy, put in the place of the original",
    ),
    _attack(
        "annotated copy: not marked any more", unmarked, "annotated export", "does not say of which original"
    ),
    _attack(
        "manifest: another camera",
        manifest(camera="cam-north"),
        "manifest recorded facts",
        "camera in .* is cam-north, in the log it is cam-east",
    ),
    _attack(
        "manifest: time shifted",
        manifest(started_at="2026-01-01T00:00:00Z"),
        "manifest recorded facts",
        "started_at in original/manifest.json is 2026-01-01",
    ),
    _attack(
        "manifest: signed by another device",
        resigned("box-b"),
        "manifest export",
        "the key of another device, box-b",
    ),
    _attack(
        "manifest: signed by a key made at home",
        resigned("box-a", foreign=True),
        "manifest certificate",
        "not issued by our authority",
    ),
    _attack(
        "manifest: with a whole chain made at home",
        anchor_swapped_in,
        "manifest certificate",
        "not issued by our authority",
    ),
    _attack(
        "certificate: revoked before the clip was signed",
        revoked(timedelta(hours=-1)),
        "revocation export",
        "was revoked at .*, before the log heard of the clip",
    ),
    _attack(
        "certificate: revoked, with a list from before that",
        revoked(timedelta(hours=-1), made_at=timedelta(hours=-2)),
        "revocation export",
        "older than the clip",
    ),
    _attack(
        "certificate: revoked, with a list made at home",
        revoked(timedelta(hours=1), foreign=True),
        "revocation export",
        "not signed by the trusted authority",
    ),
    _attack(
        "certificate: revoked, the list left out",
        without(members.REVOKED),
        "export",
        "index.json was rewritten",
    ),
    _attack("facts: time shifted", facts_time, "facts export", "a time was shifted"),
    _attack(
        "facts, page, sketch: another flat, index rewritten",
        other_floor,
        "export",
        "index.json was rewritten",
    ),
    _attack("the same, with an export entry to suit", own_export_entry, "export", "not under head"),
    _attack(
        "page: a word changed",
        lambda _, found: found.update(
            {members.PAGE: found[members.PAGE].replace("属实".encode(), "误报".encode())}
        ),
        "members",
        "page.html was changed",
        indexed=False,
    ),
    _attack(
        "log: the clip's entry deleted",
        lines(lambda lines: [line for line in lines if '\\"manifest\\"' not in json.dumps(line)]),
        "recorded custody",
        "was deleted",
    ),
    _attack(
        "log: an old entry deleted by an insider",
        rebuilt(lambda entries: entries[:2] + entries[3:]),
        "growth",
        "entries some were deleted",
    ),
    _attack(
        "log: two old entries reordered by an insider",
        rebuilt(lambda entries: [entries[1], entries[0], *entries[2:]]),
        "growth",
        "reordered",
    ),
    _attack("log: proof of another place", proof_of_another_place, "recorded", "not under head"),
    _attack(
        "custody: a line removed",
        lines(lambda lines: [*lines[:4], *lines[5:]]),
        "custody export",
        r"entry \d+ of the log is missing: it was deleted",
    ),
    _attack(
        "custody: a line changed",
        lines(edited),
        "custody export",
        r"line \d+ of custody.json is not entry \d+",
    ),
    _attack(
        "custody: two lines in each other's place",
        lines(renumbered),
        "custody export",
        "changed or reordered",
    ),
    _attack(
        "custody: the order of two lines changed",
        lines(lambda lines: [*lines[:-2], lines[-1], lines[-2]]),
        "custody export",
        "reordered",
    ),
    _attack("head: time shifted", head_time, "heads stamps", "the signature does not fit head"),
    _attack("head: time shifted by an insider", head_time_by_an_insider, "stamps", "a time was shifted"),
    _attack("head: of another log", head_of_another_log, "heads", "a key that is not trusted"),
    _attack(
        "time stamp: of other bytes",
        stamp_of_other_bytes,
        "stamps",
        "no time stamp of the trusted authority for seal/last_head.txt",
    ),
    _attack("time stamp: time shifted", stamp_time, "stamps", "no time stamp of the trusted authority"),
    _attack(
        "time stamp: of another authority",
        stamp_of_another_authority,
        "stamps",
        "no time stamp of the trusted authority",
    ),
    _attack(
        "members: the signature missing",
        without(members.SIGNATURE),
        "members manifest",
        "original/manifest.sig is missing",
    ),
    _attack("members: a second clip added", added, "members", "original/clip2.mp4 does not belong"),
)
"""The tamper matrix."""
