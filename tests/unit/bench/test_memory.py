"""What the memory benchmark says of samples, how it hurries a program, how it stands in for the cloud."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from bench.measure.capacity import Carried
from bench.measure.memory import hasty
from bench.measure.memory.cloud import Cloud
from bench.measure.memory.growth import Sample, growth


def samples(rss_mb: list[float]) -> list[Sample]:
    return [Sample(index / 10, value, value / 2) for index, value in enumerate(rss_mb)]


def test_memory_that_fills_up_and_stays_has_not_grown() -> None:
    found = growth(samples([100 + min(i, 50) for i in range(400)]))
    assert found is not None
    assert (found.begin_mb, found.end_mb, found.share) == (150, 150, 0)


def test_memory_that_leaks_has_grown_by_what_it_leaked_after_warming_up() -> None:
    found = growth(samples([100 + i / 4 for i in range(400)]))
    assert found is not None
    assert found.share > 0.5
    assert found.peak_mb == 100 + 399 / 4


def test_one_sample_that_stands_out_is_no_growth() -> None:
    found = growth(samples([150.0] * 399 + [900.0]))
    assert found is not None
    assert found.share == 0


def test_nothing_is_said_of_too_few_samples() -> None:
    assert growth(samples([150.0])) is None


WAITS = """
import asyncio, queue, threading, time
def waited(wait):
    began = time.monotonic(); wait(); return time.monotonic() - began
def drained():
    try: queue.Queue(1).get(timeout=2)
    except queue.Empty: pass
def slept():
    asyncio.run(asyncio.sleep(2))
waits = [lambda: threading.Event().wait(2), drained, slept, lambda: time.sleep(2)]
print(*(round(waited(wait), 1) for wait in waits))
"""


def test_a_hasty_program_waits_by_its_own_clock(tmp_path: Path) -> None:
    try:
        environment = hasty.environment(20, tmp_path)
    except hasty.NotHere as missing:
        pytest.skip(str(missing))
    began = asyncio.new_event_loop()
    try:
        begins_s = began.time()
        told = subprocess.run(
            [sys.executable, "-c", WAITS], env=environment, capture_output=True, text=True, check=True
        )
        took_s = began.time() - begins_s
    finally:
        began.close()
    assert all(2 <= float(waited) < 6 for waited in told.stdout.split()), told.stdout
    assert len(told.stdout.split()) == 4
    assert took_s < 6


async def test_the_stand_in_takes_a_clip_in_parts_and_tells_how_much_is_here() -> None:
    cloud = Cloud()
    server = await asyncio.start_server(cloud.take, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for request in (
            b"HEAD /u/abc HTTP/1.1\r\n\r\n",
            b"PATCH /u/abc HTTP/1.1\r\nContent-Length: 3\r\n\r\nxyz",
        ):
            writer.write(request)
        told = [await reader.readuntil(b"\r\n\r\n") for _ in range(2)]
        writer.close()
        await writer.wait_closed()
    assert [b"Upload-Offset: 0" in told[0], b"Upload-Offset: 3" in told[1]] == [True, True]
    assert (cloud.uploaded["abc"], cloud.clip_bytes) == (3, 3)


def test_a_dropped_frame_counts_as_decoded() -> None:
    assert Carried(cpu_s=2.0, frames=240, dropped=10).cpu_per_video_s == pytest.approx(0.2)
