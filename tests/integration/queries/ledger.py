"""The ledger: its raw rows, planned maintenance, photographs of work orders."""

from collections.abc import Mapping
from typing import Final

from cloud.core.ledger import Planned
from cloud.core.photo import examined
from cloud.store import ledger, photos
from cloud.store.ledger import Scope
from tests.fixtures.cloud import NOW
from tests.fixtures.estates import PNG
from tests.integration.queries.made import At, Case, later

PHOTO = examined(PNG, "image/png")
PLANNED = Planned("garden", "cam-east", later(30), later(60), "新镜头", "li", later(20))


async def _added(at: At) -> object:
    order = at.oldest["work_order"]
    return await photos.add(at.conn, order, "after", PHOTO, PNG, by="li", at=later(40))


async def _found(at: At) -> object:
    return await photos.find(at.conn, at.oldest["work_order_photo"])


async def _told(at: At) -> object:
    whole = await ledger.watching(at.conn, ["cam-east"], (later(-600), later(600)), later(700))
    return await ledger.told(at.conn, Scope("garden"), whole)


CASES: Final[Mapping[str, Case]] = {
    "photos.add": _added,
    "photos.of": lambda at: photos.of(at.conn, [at.oldest["work_order"]]),
    "photos.find": _found,
    "ledger.announce": lambda at: ledger.announce(at.conn, PLANNED),
    "ledger.announced": lambda at: ledger.announced(at.conn, "garden", NOW, later(600)),
    "ledger.raw": lambda at: ledger.raw(at.conn, Scope("garden"), later(-600), later(600), later(700)),
    "ledger.told": _told,
    "ledger.raw (of a facade)": lambda at: ledger.raw(
        at.conn, Scope("garden", "east"), later(-600), later(600), later(700)
    ),
}
