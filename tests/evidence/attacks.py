"""What somebody may do to an evidence file, from a flipped bit to an insider who holds the log's key.

Each attack is as consistent as its author can make it: whoever changes a member also rewrites the index.
"""

import base64
import hashlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import av
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from cloud.core import merkle
from cloud.core.authority import revocations
from cloud.core.head import Head, SignedHead, key_id, signed
from cloud.evidence import authority as devices
from cloud.evidence.bundle import container, members
from edge.evidence.seal import DeviceKey
from fallwatch.local.pki import Authority
from fallwatch.local.time_stamps import issue
from tests.evidence.made import Made
from tests.fixtures.time_stamps import TimeStampAuthority, asked_for

Members = dict[str, bytes]


@dataclass(frozen=True)
class Attack:
    """caught: checks that must fail, at least. says: a pattern that one of their sentences matches."""

    name: str
    done: Callable[[Made, Members], None]
    caught: frozenset[str]
    says: str
    indexed: bool = True
    """Whether the index is rewritten to suit."""
    insider: bool = False
    """Whether the author holds the log's key, and seals the file anew."""

    def matches(self, sentence: str) -> bool:
        """Whether a sentence says what and where."""
        return re.search(self.says, sentence) is not None

    def __call__(self, made: Made) -> bytes:
        """The file after the attack."""
        found = made.members()
        self.done(made, found)
        if self.indexed:
            reindex(found)
        reseal(made, found, insider=self.insider)
        return packed(found)


def packed(found: Members) -> bytes:
    """A container of these members."""
    sink = io.BytesIO()
    container.write(sink, list(found.items()))
    return sink.getvalue()


def reindex(found: Members) -> None:
    """Makes the index suit the members again."""
    index = members.Index(
        members=tuple(
            members.Listed(name=name, size_bytes=len(content), sha256=digest(content))
            for name, content in found.items()
            if name in members.INDEXED
        ),
        pieces=tuple(members.pieces(found[members.CLIP])),
    )
    found[members.INDEX] = members.text(index)


def reseal(made: Made, found: Members, *, insider: bool) -> None:
    """Makes the sums suit the members, signed by whoever has the key."""
    digests = {name: digest(content) for name, content in found.items()}
    found[members.SUMS] = members.sums(digests, members.ORDER)
    if insider:
        found[members.SUMS_SIGNATURE] = made.signer.key.sign(found[members.SUMS], ec.ECDSA(hashes.SHA256()))


def digest(content: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def flip_a_bit(_: Made, found: Members) -> None:
    clip = bytearray(found[members.CLIP])
    clip[len(clip) * 3 // 4] ^= 1
    found[members.CLIP] = bytes(clip)


def cut(keep: Callable[[float], bool]) -> Callable[[Made, Members], None]:
    """Puts the clip's packets into a new file, but not all of them; metadata and times stay."""

    def done(_: Made, found: Members) -> None:
        sink = io.BytesIO()
        with av.open(io.BytesIO(found[members.CLIP]), "r") as source, av.open(sink, "w", format="mp4") as out:
            out.metadata.update(source.metadata)
            film = source.streams.video[0]
            stream = out.add_stream_from_template(film)
            for packet in source.demux(film):
                if packet.pts is not None and keep(float(packet.pts * packet.time_base)):
                    packet.stream = stream
                    out.mux(packet)
        found[members.CLIP] = sink.getvalue()

    return done


def manifest(**changes: Any) -> Callable[[Made, Members], None]:
    def done(_: Made, found: Members) -> None:
        content = json.loads(found[members.MANIFEST]) | changes
        found[members.MANIFEST] = json.dumps(content, separators=(",", ":")).encode()

    return done


def resigned(agent: str, *, foreign: bool = False) -> Callable[[Made, Members], None]:
    """The manifest, with other times, signed by another key: of another device, or made at home."""

    def done(made: Made, found: Members) -> None:
        authority = Authority.open(made.path.parent / "foreign") if foreign else made.authority
        credentials = authority.issue(agent)
        device = DeviceKey.load(credentials.certificate, credentials.key)
        signature = device.private_key.sign(found[members.MANIFEST], ec.ECDSA(hashes.SHA256()))
        found[members.SIGNATURE] = base64.b64encode(signature) + b"\n"
        found[members.DEVICE] = device.certificate_pem.encode()

    return done


def revoked(
    since: timedelta, *, made_at: timedelta = timedelta(0), foreign: bool = False
) -> Callable[[Made, Members], None]:
    """The list names the device, revoked `since` after the log heard of the clip; made at `made_at`."""

    def done(made: Made, found: Members) -> None:
        authority = Authority.open(made.path.parent / "foreign") if foreign else made.authority
        issuer = devices.load(authority.ca_path, authority.folder / "ca.key", 90)
        serial = x509.load_pem_x509_certificate(found[members.DEVICE]).serial_number
        (heard,) = (
            entry["content"]["announced_at"]
            for entry in (json.loads(line["entry"]) for line in json.loads(found[members.CUSTODY])["lines"])
            if entry["kind"] == "clip"
            and entry["content"].get("manifest")
            and not entry["content"].get("stored_at")
        )
        at = datetime.fromisoformat(heard)
        named = [(serial, at + since)] if since <= made_at else []
        found[members.REVOKED] = revocations(issuer, named, at + made_at)

    return done


def lines(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Callable[[Made, Members], None]:
    """Changes the lines of custody, as a list of objects."""

    def done(_: Made, found: Members) -> None:
        lines = change(json.loads(found[members.CUSTODY])["lines"])
        found[members.CUSTODY] = members.text(members.Custody.model_validate({"lines": lines}))

    return done


def edited(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    (line,) = [each for each in lines if '"action": "viewed"' in each["entry"]]
    line["entry"] = line["entry"].replace('"by": "desk"', '"by": "nobody"')
    return lines


def renumbered(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    first, second = lines[-2:]
    first["entry"], second["entry"] = second["entry"], first["entry"]
    return lines


def _head(found: Members, name: str) -> tuple[Head, SignedHead]:
    text, signature, _ = found[name].decode().split("\n")
    return Head.model_validate_json(text), SignedHead(text, signature)


def head_time(_: Made, found: Members) -> None:
    head, was = _head(found, members.LAST_HEAD)
    text = head.model_copy(update={"at": head.at - timedelta(days=1)}).text()
    found[members.LAST_HEAD] = SignedHead(text, was.signature).document


def head_time_by_an_insider(made: Made, found: Members) -> None:
    head, _ = _head(found, members.LAST_HEAD)
    _put_head(made, found, head.model_copy(update={"at": head.at - timedelta(days=1)}), made.signer.key)


def _put_head(made: Made, found: Members, head: Head, key: ec.EllipticCurvePrivateKey) -> None:
    """The last head, signed anew and really stamped."""
    made_head = signed(head.model_copy(update={"key": key_id(key.public_key())}), key)
    found[members.LAST_HEAD] = made_head.document
    found[members.LAST_STAMP] = stamped(made.stamps, made_head.document)


def head_of_another_log(made: Made, found: Members) -> None:
    head, _ = _head(found, members.LAST_HEAD)
    _put_head(made, found, head, ec.generate_private_key(ec.SECP256R1()))


def stamped(authority: TimeStampAuthority, document: bytes) -> bytes:
    """A time stamp by `authority` of any bytes."""
    answer = authority.answer(asked_for(digest(document)))
    assert answer is not None
    return answer


def stamp_of_other_bytes(_: Made, found: Members) -> None:
    found[members.LAST_STAMP] = found[members.FIRST_STAMP]


def stamp_time(_: Made, found: Members) -> None:
    stamp = found[members.LAST_STAMP]
    told = re.search(rb"20\d{12}Z", stamp)
    assert told is not None
    earlier = str(int(told[0][:4]) - 1).encode() + told[0][4:]
    found[members.LAST_STAMP] = stamp[: told.start()] + earlier + stamp[told.end() :]


def stamp_of_another_authority(made: Made, found: Members) -> None:
    folder = made.path.parent / "another-authority"
    if not folder.exists():
        folder.mkdir()
        issue(folder)
    found[members.LAST_STAMP] = stamped(TimeStampAuthority(folder, ""), found[members.LAST_HEAD])


def rebuilt(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Made, Members], None]:
    """An insider with the log's key changes old entries, builds the tree anew, signs it and has it stamped.

    The first head was stamped before and is out of reach; everything after it is made to fit.
    """

    def done(made: Made, found: Members) -> None:
        entries = change(list(made.entries))
        size, leaves = len(entries), [merkle.leaf_hash(entry) for entry in entries]
        at = {(0, position): leaf for position, leaf in enumerate(leaves)} | merkle.grown(0, {}, leaves)
        prior = json.loads(found[members.FIRST_HEAD].split(b"\n")[0])["size"]
        place = {entry: index for index, entry in enumerate(entries, 1)}
        custody = [
            {"index": place[text.encode()], "entry": text}
            for text in (line["entry"] for line in json.loads(found[members.CUSTODY])["lines"])
            if text.encode() in place
        ]
        custody.sort(key=lambda line: line["index"])
        export = json.loads(found[members.EXPORT])["entry"]
        proofs = json.loads(found[members.PROOFS]) | {
            "lines": [merkle.inclusion(line["index"], size, at) for line in custody],
            "export": merkle.inclusion(place[export.encode()], size, at),
            "grown": merkle.consistency(prior, size, at),
        }
        found[members.CUSTODY] = members.text(members.Custody.model_validate({"lines": custody}))
        found[members.PROOFS] = members.text(members.Proofs.model_validate(proofs))
        line = members.Line(index=place[export.encode()], entry=export)
        found[members.EXPORT] = members.text(line)
        head, _ = _head(found, members.LAST_HEAD)
        root = merkle.whole_root(leaves).hex()
        _put_head(made, found, head.model_copy(update={"size": size, "root": root}), made.signer.key)

    return done


def swapped_in(_: Made, found: Members) -> None:
    found[members.CLIP] = found[members.COPY]


def unmarked(_: Made, found: Members) -> None:
    found[members.COPY] = found[members.CLIP]


def other_floor(_: Made, found: Members) -> None:
    for name in (members.FACTS, members.PAGE, members.SKETCH):
        found[name] = found[name].replace(b"1203", b"1503")


def own_export_entry(_: Made, found: Members) -> None:
    other_floor(_, found)
    reindex(found)
    line = json.loads(found[members.EXPORT])
    line["entry"] = re.sub(
        r'"index_sha256": "\w+"', f'"index_sha256": "{digest(found[members.INDEX])}"', line["entry"]
    )
    found[members.EXPORT] = members.text(members.Line.model_validate(line))


def facts_time(_: Made, found: Members) -> None:
    facts = json.loads(found[members.FACTS])
    hour = facts["message"]["observed_at"][11:13]
    later = f"T{(int(hour) + 1) % 24:02d}:"
    facts["message"]["observed_at"] = facts["message"]["observed_at"].replace(f"T{hour}:", later)
    found[members.FACTS] = (json.dumps(facts, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def proof_of_another_place(_: Made, found: Members) -> None:
    proofs = json.loads(found[members.PROOFS])
    proofs["announced"]["metadata"]["index"] -= 1
    found[members.PROOFS] = members.text(members.Proofs.model_validate(proofs))


def anchor_swapped_in(made: Made, found: Members) -> None:
    """A whole chain of one's own, its authority laid beside it: a verifier must not take it from there."""
    resigned("box-a", foreign=True)(made, found)
    found[members.DEVICE_CA] = Authority.open(made.path.parent / "foreign").ca_path.read_bytes()


def without(name: str) -> Callable[[Made, Members], None]:
    def done(_: Made, found: Members) -> None:
        del found[name]

    return done


def added(_: Made, found: Members) -> None:
    found["original/clip2.mp4"] = found[members.COPY]
