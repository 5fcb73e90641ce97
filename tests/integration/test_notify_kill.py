"""The sender is killed while receivers hold its messages. Nothing is lost, and each delivery is counted."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from cloud import clock
from cloud.store import accounts, duty, notifications, pool
from tests.fixtures.receivers import HANG, HttpReceiver, MailReceiver, Post, authority, receiving

EACH = 12
SENDERS = 4
TAKEN = 4
HELD = {"webhook": 1, "qyapi": 1, "dingtalk": 2}
"""Part of the receiver's name → so many of its messages are under way as the sender dies."""
KINDS = ("webhook", "email", "wecom", "dingtalk")
"""dingtalk is told of devices, the others of people at risk."""


@asynccontextmanager
async def _sender(config: Path, environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cloud", "notify", "--config", str(config), env=environment
    )
    try:
        yield program
    finally:
        if program.returncode is None:
            program.send_signal(signal.SIGTERM)
        await asyncio.wait_for(program.wait(), 30)


async def _wanted(opened: pool.Pool, addresses: dict[str, str]) -> None:
    """EACH notifications by each kind of channel, each to a person of its own."""
    async with pool.transaction(opened) as conn:
        await conn.execute("INSERT INTO estate (id, name_zh, name_en) VALUES ('garden', '花园', 'Garden')")
        for kind in KINDS:
            for number in range(EACH):
                name, now = f"{kind}-{number}", clock.utc_now()
                await accounts.put(conn, accounts.Account(name, name, name, "desk", "x"))
                address = addresses[kind].format(n=number)
                await duty.add_channel(
                    conn,
                    {
                        "owner": name,
                        "estate": None,
                        "kind": kind,
                        "name": kind,
                        "address": address,
                        "secret": "",
                    },
                )
                new: dict[str, Any] = {"subject_type": "alert", "subject": uuid4(), "round": 0, "step": 0}
                urgency = "routine" if kind == "dingtalk" else "person_at_risk"
                row = notifications.New(
                    **new,
                    recipient=name,
                    estate="garden",
                    device=None,
                    urgency=urgency,  # type: ignore[arg-type]
                    unstable=False,
                    title="T",
                    body="B",
                    silenced=False,
                    next_try_at=now,
                )
                assert await notifications.insert(conn, row, now) is not None


def _configured(folder: Path, mail: MailReceiver) -> Path:
    server = {"host": "127.0.0.1", "port": mail.port, "security": "none", "sender": "f@example.org"}
    config = folder / "cloud.yaml"
    config.write_text(yaml.safe_dump({"notify": {"senders": SENDERS, "mail": server}}))
    return config


def _posts(receiver: HttpReceiver, host: str) -> Counter[str]:
    """Deliveries by notification; a robot's by its address, which here each notification has of its own."""
    if host == "webhook":
        return Counter(post.headers["idempotency-key"] for post in receiver.posts)
    return Counter(post.target.partition("&")[0] for post in receiver.posts if host in post.host)


async def _states(opened: pool.Pool) -> Counter[str]:
    async with pool.transaction(opened) as conn:
        rows = await conn.execute("SELECT state, count(*) FROM notification GROUP BY state")
        return Counter(dict(await rows.fetchall()))


@pytest.mark.timeout(120)
async def test_a_killed_sender_loses_nothing_and_repeats_only_what_was_under_way(
    database_url: str, tmp_path: Path
) -> None:
    pem, context = authority(tmp_path)
    hook, robots, mail = HttpReceiver(), HttpReceiver(tls=context), MailReceiver()
    holding, came, hanging = True, Counter[str](), 0

    def holds(_: int, post: Post) -> Any:
        """The first few are taken; then so many of each kind fall silent, a message in their hands."""
        nonlocal hanging
        kind = next((word for word in HELD if word in post.host), "webhook")
        came[kind] += 1
        if holding and TAKEN < came[kind] <= TAKEN + HELD[kind]:
            hanging += 1
            return HANG
        return 200, {"errcode": 0}

    hook.answer = robots.answer = holds
    async with AsyncExitStack() as stack, pool.opened(database_url, max_size=2) as opened:
        for receiver in (hook, robots, mail):
            await stack.enter_async_context(receiving(receiver))
        await _wanted(
            opened,
            {"webhook": hook.url, "email": "p{n}@example.org", "wecom": "wecom{n}", "dingtalk": "ding{n}"},
        )
        config = _configured(tmp_path, mail)
        environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "HTTPS_PROXY": f"http://127.0.0.1:{robots.port}",
            "SSL_CERT_FILE": str(pem),
        }
        async with _sender(config, environment) as program, asyncio.timeout(60):
            while hanging < SENDERS:  # noqa: ASYNC110 - a receiver has no event for it
                await asyncio.sleep(0.05)
            program.kill()
            await program.wait()
        under_way = (await _states(opened))["sending"]
        holding = False
        async with pool.transaction(opened) as conn:  # As if a minute had passed.
            await conn.execute("UPDATE notification SET lease_until = now() WHERE state = 'sending'")
            await conn.execute("UPDATE notification SET next_try_at = now() WHERE state = 'waiting'")
        async with _sender(config, environment), asyncio.timeout(60):
            while (await _open(opened)) > 0:  # noqa: ASYNC110 - nor has the database
                await asyncio.sleep(0.1)
        states = await _states(opened)
    webhooks, wecom = _posts(hook, "webhook"), _posts(robots, "qyapi")
    dingtalk, mails = _posts(robots, "dingtalk"), Counter(str(one["Message-ID"]) for one in mail.mails)
    assert under_way == SENDERS == sum(HELD.values())
    # Nothing is lost: everything was delivered at least once.
    assert [len(found) for found in (webhooks, mails, wecom, dingtalk)] == [EACH] * 4
    # Never twice of a device: that nobody knows whether it came is written down instead.
    assert set(dingtalk.values()) == {1}
    assert states == Counter({"sent": 4 * EACH - HELD["dingtalk"], "unknown": HELD["dingtalk"]})
    # Of people at risk only what was under way comes twice, and each receiver can tell it.
    assert [sum(found.values()) - EACH for found in (webhooks, mails, wecom)] == [1, 0, 1]
    assert sum("可能重复" in post.body.decode() for post in robots.posts) == HELD["qyapi"]


async def _open(opened: pool.Pool) -> int:
    states = await _states(opened)
    return states["waiting"] + states["sending"]
