"""Channels at rest and under test, on a real database with a real receiver."""

import base64
from typing import Any

from prometheus_client import CollectorRegistry

from cloud import clock, logs, metrics
from cloud.core.wording import Words
from cloud.notify.seal import ChannelKeys, seal_all
from cloud.notify.service import Sending, send_one
from cloud.store import accounts, duty, notifications, pool
from tests.fixtures.ingest import Cloud
from tests.fixtures.receivers import HttpReceiver, receiving

KEYS = [base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2)]
SAID = Words("【檐哨】测试消息", "没有发生任何事情")


def _sending(cloud: Cloud, keys: ChannelKeys | None) -> Sending:
    return Sending(cloud.pool, None, keys, metrics.notify(CollectorRegistry()), logs.logger("notify"))


async def _tested(cloud: Cloud, channel: Any, keys: ChannelKeys | None) -> notifications.ChannelTest:
    async with pool.transaction(cloud.pool) as conn:
        await notifications.insert_test(conn, channel, "garden", SAID, clock.utc_now())
    assert await send_one(_sending(cloud, keys))
    async with pool.transaction(cloud.pool) as conn:
        return (await notifications.last_tests(conn, [channel]))[channel]


async def test_a_test_goes_the_way_of_all_messages_and_its_outcome_is_told(cloud: Cloud) -> None:
    hook = HttpReceiver()
    async with receiving(hook):
        async with pool.transaction(cloud.pool) as conn:
            new = {"owner": None, "estate": "garden", "kind": "webhook", "name": "控制室", "secret": "s3cret"}
            channel = await duty.add_channel(conn, new | {"address": hook.url})
        assert (await _tested(cloud, channel, None)).state == "sent"
        assert (hook.posts[0].json["title"], hook.posts[0].json["text"]) == (SAID.title, SAID.body)
        hook.answer = lambda _, __: (404, {})
        refused = await _tested(cloud, channel, None)
    assert (refused.state, refused.detail) == ("failed", "HTTP 404")


async def test_what_lies_open_is_sealed_once_there_is_a_key_and_goes_on_to_work(cloud: Cloud) -> None:
    hook, first, second = HttpReceiver(), ChannelKeys(KEYS[:1]), ChannelKeys(KEYS[::-1])
    async with receiving(hook):
        async with pool.transaction(cloud.pool) as conn:
            await accounts.put(conn, accounts.Account("li", "李", "Li", "desk", "x", every_estate=True))
            new = {"owner": "li", "estate": None, "kind": "webhook", "name": "w", "secret": "s3cret"}
            channel = await duty.add_channel(conn, new | {"address": hook.url})
        assert await seal_all(cloud.pool, first) == (1, 0)
        assert await seal_all(cloud.pool, first) == (0, 0)
        ((row,),) = await cloud.rows("SELECT channel::text FROM channel")
        assert hook.url not in row
        assert "s3cret" not in row
        assert (await _tested(cloud, channel, first)).state == "sent"
        assert hook.posts[0].headers["x-fallwatch-signature"].startswith("sha256=")
        assert await seal_all(cloud.pool, second) == (1, 0), "under the key that came before the old one"
        assert await seal_all(cloud.pool, first) == (0, 1), "and with the old one alone it stays shut"
        locked = await _tested(cloud, channel, first)
    assert (locked.state, "not among notify.channel_keys" in locked.detail) == ("failed", True)
    assert len(hook.posts) == 1
