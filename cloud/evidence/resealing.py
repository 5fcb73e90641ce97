"""Seals clips that lie in the store as they are: those from before there were keys."""

import asyncio
from pathlib import Path, PurePosixPath

from cloud.evidence.blobs import Blobs, OtherBytes, sealed_path
from cloud.store import evidence_checks, pool
from cloud.store.pool import Pool


async def seal_plain(opened: Pool, blobs: Blobs, staging: Path) -> int:
    """Seal every clip that belongs to an estate and is not sealed; how many.

    The plain one is taken away only once the sealed one has been read back whole. Ended half way, it goes on.

    Raises:
        OtherBytes: A clip is not what its digest says: it is left as it is.
        StoreDown, DatabaseDown: Of store or database.
    """
    count = 0
    await asyncio.to_thread(staging.mkdir, parents=True, exist_ok=True)
    plain = [path async for path, _ in blobs.objects.listed("clips") if path.endswith(".mp4")]
    for path in plain:
        sha256 = PurePosixPath(path).stem
        async with pool.transaction(opened) as conn:
            owners = await evidence_checks.alerts_of(conn, sha256)
        if not owners:
            continue
        if await blobs.objects.size(sealed_path(sha256)) is None:
            await _seal(blobs, path, sha256, staging, owners[0][1])
        if await blobs.holds(sha256):
            await blobs.objects.delete(path)
            count += 1
    return count


async def _seal(blobs: Blobs, path: str, sha256: str, staging: Path, estate: str) -> None:
    clip = await blobs.whole(sha256)
    if clip is None:
        raise OtherBytes(f"{path} went away")
    copy = staging / f"{sha256}.plain"
    try:
        with copy.open("wb") as out:
            async for piece in clip.read(0, clip.size - 1):
                await asyncio.to_thread(out.write, piece)
        await blobs.seal(sha256, copy, estate)
    finally:
        await asyncio.to_thread(copy.unlink, missing_ok=True)
