"""The log of the evidence and seals of clips: sealing, proofs, heads, following the whole."""

import asyncio
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import click
from cryptography.hazmat.primitives.asymmetric import ec
from rich.table import Table

from bench.measure import tables
from cloud import clock
from cloud.core import merkle, sealed
from cloud.core.sealed import Cipher, Header
from cloud.evidence import heads, log_check
from cloud.evidence.checking import Report
from cloud.evidence.heads import Signer
from cloud.store import log, migrate, pool
from cloud.store.pool import Pool
from fallwatch.local import postgres

BATCH = 1_000
CLIP_BYTES = 20_000_000
FILL = (
    "SELECT log_append('audit', n::text, jsonb_build_object('by', 'li', 'action', 'played', 'subject', n,"
    " 'purpose', repeat('x', 300))) FROM generate_series(1, %s) AS n"
)
Rows = list[tuple[str, str, float]]


@click.command()
@click.option(
    "--entries", default=100_000, show_default=True, help="Entries of the log before it is measured."
)
@click.option("--proofs", default=300, show_default=True, help="Entries that are proved, at random.")
def main(entries: int, proofs: int) -> None:
    """Measure on a PostgreSQL of its own, as durable as a deployment's."""
    shown = tables.console()
    folder = Path(tempfile.mkdtemp(prefix="fallwatch-bench-"))
    try:
        with postgres.running(folder / "postgres") as server:
            asyncio.run(migrate.migrate(server.url("postgres")))
            rows = asyncio.run(_log(server.url("postgres"), entries, proofs))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rows += _sealing()
    shown.print(_table(rows))
    tables.finish(shown, "log", {"entries": entries, **{name: round(value, 4) for name, _, value in rows}})


async def _log(url: str, entries: int, proofs: int) -> Rows:
    signer = Signer(ec.generate_private_key(ec.SECP256R1()))
    async with pool.opened(url, max_size=2) as opened:
        await _fill(opened, entries)
        sealing = [await _sealed_again(opened) for _ in range(5)]
        async with pool.transaction(opened) as conn:
            before = time.monotonic()
            await heads.sign(conn, signer, clock.utc_now())
            first_head = time.monotonic() - before
        await _sealed_again(opened)
        async with pool.transaction(opened) as conn:
            before = time.monotonic()
            head = await heads.sign(conn, signer, clock.utc_now())
            next_head = time.monotonic() - before
        assert head is not None
        took = [await _proved(opened, head.size) for _ in range(proofs)]
        report, before = Report(), time.monotonic()
        await log_check.follow(opened, signer, report)
        assert report.is_well, report.log
        whole = time.monotonic() - before
    return [
        ("seal_1000_median_s", "sealing 1,000 entries, median", statistics.median(sealing)),
        ("seal_1000_worst_s", "sealing 1,000 entries, worst of 5", max(sealing)),
        ("proof_median_s", "a proof of inclusion, made and checked, median", statistics.median(took)),
        ("proof_p95_s", "the same, 95 of 100", statistics.quantiles(took, n=20)[-1]),
        ("first_head_s", "a first head", first_head),
        ("next_head_s", "a head that continues another", next_head),
        ("whole_s", "following the whole log", whole),
    ]


async def _fill(opened: Pool, entries: int) -> None:
    async with pool.transaction(opened) as conn:
        await conn.execute(FILL, (entries,))
    done = 1
    while done:
        async with pool.transaction(opened) as conn:
            done = await log.seal(conn, clock.utc_now())


async def _sealed_again(opened: Pool) -> float:
    async with pool.transaction(opened) as conn:
        await conn.execute(FILL, (BATCH,))
    before = time.monotonic()
    async with pool.transaction(opened) as conn:
        assert await log.seal(conn, clock.utc_now()) == BATCH
    return time.monotonic() - before


async def _proved(opened: Pool, size: int) -> float:
    index = random.randint(1, size)
    before = time.monotonic()
    async with pool.transaction(opened) as conn:
        proof = await log.inclusion(conn, index, size)
        (leaf,) = await log.leaves(conn, index, index)
        root = await log.root(conn, size)
    merkle.require_inclusion(leaf.entry, index, size, root, proof)
    return time.monotonic() - before


def _sealing() -> Rows:
    content = random.randbytes(CLIP_BYTES)
    cipher = Cipher(bytes(32), Header(UUID(int=1), bytes(32)), "00" * 32)
    pieces = [content[begin : begin + sealed.SEGMENT] for begin in range(0, CLIP_BYTES, sealed.SEGMENT)]
    found = b"".join(cipher.sealed(pieces, CLIP_BYTES))
    whole = sealed.span(CLIP_BYTES, 0, CLIP_BYTES - 1)
    return [
        (
            "clip_seal_mb_s",
            "sealing a clip of 20 MB, MB/s",
            _rate(lambda: list(cipher.sealed(pieces, CLIP_BYTES))),
        ),
        ("clip_open_mb_s", "opening it, MB/s", _rate(lambda: cipher.opened(found, CLIP_BYTES, whole))),
    ]


def _rate(work: Callable[[], object]) -> float:
    took = []
    for _ in range(5):
        before = time.monotonic()
        work()
        took.append(time.monotonic() - before)
    return CLIP_BYTES / 1e6 / statistics.median(took)


def _table(rows: Rows) -> Table:
    table = Table(title="The evidence's log and seals", title_justify="left")
    table.add_column("")
    table.add_column("measured", justify="right")
    for name, what, value in rows:
        table.add_row(what, f"{value:,.0f}" if name.endswith("mb_s") else f"{1000 * value:,.1f} ms")
    return table


if __name__ == "__main__":
    main()
