"""Channels against real servers that take, refuse, hang, cut off and answer twice."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import apprise
import pytest

from cloud.config import MailSettings
from cloud.core.delivery import Outcome, Refused, Taken, Unknown
from cloud.notify import channels
from cloud.notify.sender import send
from cloud.store.notifications import Claimed
from tests.fixtures.receivers import (
    CUT,
    HANG,
    HttpReceiver,
    MailReceiver,
    authority,
    receiving,
    subject,
)

TITLE, BODY = "【檐哨】疑似高空抛物：花园", "花园 · 3 号楼\n\nSomething fell from height"


def _claimed(kind: Any, address: str, **more: Any) -> Claimed:
    values: dict[str, Any] = {
        "id": uuid4(),
        "title": TITLE,
        "body": BODY,
        "urgency": "person_at_risk",
        "attempts": 1,
        "maybe_came": False,
        "kind": kind,
        "address": address,
        "secret": "",
        "subject_type": "alert",
        "subject": uuid4(),
        "step": 0,
        "estate": "garden",
        "channel": uuid4(),
        "sealed": None,
        "sealed_by": None,
    }
    return Claimed(**values | more)


async def _send(claimed: Claimed, mail: MailSettings | None = None) -> Outcome:
    return await asyncio.to_thread(send, claimed, mail)


@pytest.fixture
async def robots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HttpReceiver]:
    """What answers for the robots' operators, behind the proxy that the environment names."""
    pem, context = authority(tmp_path)
    receiver = HttpReceiver(tls=context)
    async with receiving(receiver):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{receiver.port}")
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
        yield receiver


@pytest.fixture
async def hook() -> AsyncIterator[HttpReceiver]:
    receiver = HttpReceiver()
    async with receiving(receiver):
        yield receiver


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "READ_S", 0.3)


@pytest.mark.parametrize(
    ("kind", "host", "path", "text"),
    [
        ("wecom", "qyapi.weixin.qq.com:443", "/cgi-bin/webhook/send", lambda said: said["text"]["content"]),
        ("dingtalk", "oapi.dingtalk.com:443", "/robot/send", lambda said: said["text"]["content"]),
        ("feishu", "open.feishu.cn:443", "/open-apis/bot/v2/hook/k3y", lambda said: said["content"]["text"]),
        (
            "lark",
            "open.larksuite.com:443",
            "/open-apis/bot/v2/hook/k3y",
            lambda said: said["content"]["text"],
        ),
    ],
)
async def test_each_robot_gets_a_chinese_text_at_its_own_address(
    robots: HttpReceiver, kind: str, host: str, path: str, text: Any
) -> None:
    assert await _send(_claimed(kind, "k3y")) == Taken()
    (post,) = robots.posts
    assert post.host == host
    assert urlsplit(post.target).path == path
    assert text(post.json).startswith(TITLE)
    assert "花园 · 3 号楼" in text(post.json)


async def test_dingtalk_is_signed_with_its_secret(robots: HttpReceiver) -> None:
    assert await _send(_claimed("dingtalk", "t0ken", secret="SEC0")) == Taken()
    query = {name: values[0] for name, values in parse_qs(urlsplit(robots.posts[0].target).query).items()}
    assert query["access_token"] == "t0ken"
    signed = hmac.new(b"SEC0", f"{query['timestamp']}\nSEC0".encode(), hashlib.sha256).digest()
    assert query["sign"] == base64.b64encode(signed).decode()


@pytest.mark.parametrize(
    ("kind", "said", "lasting"),
    [
        ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, True),
        ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, False),
        ("dingtalk", {"errcode": 310000, "errmsg": "keywords not in content"}, True),
        ("feishu", {"code": 19001, "msg": "param invalid"}, True),
        ("lark", {"code": 11232, "msg": "too many request"}, False),
    ],
)
async def test_a_robot_that_refuses_with_http_200_is_not_taken_for_a_yes(
    robots: HttpReceiver, kind: str, said: dict[str, Any], *, lasting: bool
) -> None:
    robots.answer = lambda _, __: (200, said)
    found = await _send(_claimed(kind, "k3y"))
    assert isinstance(found, Refused)
    assert found.lasting is lasting
    assert str(next(iter(said.values()))) in found.detail


@pytest.mark.parametrize("url", ["wecombot://k3y", "dingtalk://k3y"])
async def test_apprise_alone_takes_these_refusals_for_a_yes(robots: HttpReceiver, url: str) -> None:
    """Why the sending is ours. When this fails, theirs may do."""
    robots.answer = lambda _, __: (200, {"errcode": 93000, "errmsg": "invalid webhook url"})
    theirs = apprise.Apprise()
    assert theirs.add(url)
    assert await asyncio.to_thread(lambda: bool(theirs.notify(title=TITLE, body=BODY)))


async def test_a_copy_to_a_robot_says_that_it_may_be_one(robots: HttpReceiver) -> None:
    await _send(_claimed("wecom", "k3y", maybe_came=True))
    assert "可能重复" in robots.posts[0].json["text"]["content"]


async def test_a_webhook_has_a_key_and_a_seal(hook: HttpReceiver) -> None:
    claimed = _claimed("webhook", hook.url, secret="shared")
    assert await _send(claimed) == Taken()
    (post,) = hook.posts
    assert post.headers["idempotency-key"] == str(claimed.id) == post.json["id"]
    seal = hmac.new(b"shared", post.body, hashlib.sha256).hexdigest()
    assert post.headers["x-fallwatch-signature"] == f"sha256={seal}"
    assert post.json["alert"] == str(claimed.subject)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (204, Taken()),
        (404, Refused("HTTP 404", lasting=True)),
        (429, Refused("HTTP 429")),
        (500, Refused("HTTP 500")),
        (502, Unknown("HTTP 502")),
        (302, Refused("HTTP 302", lasting=True)),
    ],
)
async def test_the_status_says_what_became_of_it(hook: HttpReceiver, status: int, expected: Outcome) -> None:
    hook.answer = lambda _, __: (status, {})
    assert await _send(_claimed("webhook", hook.url)) == expected


@pytest.mark.parametrize("how", [HANG, CUT])
async def test_nobody_knows_what_a_receiver_did_that_took_it_and_fell_silent(
    hook: HttpReceiver, impatient: None, how: str
) -> None:
    hook.answer = lambda _, __: how
    assert isinstance(await _send(_claimed("webhook", hook.url)), Unknown)
    assert len(hook.posts) == 1


async def test_where_nothing_listens_it_certainly_did_not_come(unused_tcp_port: int) -> None:
    found = await _send(_claimed("webhook", f"http://127.0.0.1:{unused_tcp_port}/"))
    assert isinstance(found, Refused)
    assert not found.lasting


async def test_an_answer_that_comes_twice_is_one(hook: HttpReceiver) -> None:
    hook.twice = True
    assert await _send(_claimed("webhook", hook.url)) == Taken()
    assert len(hook.posts) == 1


@pytest.mark.parametrize("address", ["", "no key!", "http://x"])
async def test_an_address_that_is_none_is_refused_for_good(address: str) -> None:
    found = await _send(_claimed("wecom", address))
    assert isinstance(found, Refused)
    assert found.lasting


def _mail(receiver: MailReceiver) -> MailSettings:
    return MailSettings(host="127.0.0.1", port=receiver.port, security="none", sender="fallwatch@example.org")


async def test_a_mail_has_the_same_message_id_however_often_it_is_sent() -> None:
    receiver = MailReceiver(answer=lambda n: CUT if n == 1 else "250 taken")
    async with receiving(receiver):
        claimed = _claimed("email", "li@example.org")
        first = await _send(claimed, _mail(receiver))
        assert isinstance(first, Unknown)
        assert await _send(claimed, _mail(receiver)) == Taken()
    one, other = receiver.mails
    assert one["Message-ID"] == other["Message-ID"] == f"<{claimed.id}@example.org>"
    assert len(one.get_all("Message-ID", [])) == 1
    assert subject(one) == TITLE
    assert one["To"] == "li@example.org"
    content = one.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert content.decode().startswith("花园 · 3 号楼")


async def test_a_mail_server_that_knows_nobody_of_that_name_refuses_for_good() -> None:
    receiver = MailReceiver(rcpt="550 no such user")
    async with receiving(receiver):
        found = await _send(_claimed("email", "gone@example.org"), _mail(receiver))
    assert found == Refused("SMTP 550 no such user", lasting=True)


async def test_a_mail_server_that_is_busy_is_asked_again() -> None:
    receiver = MailReceiver(answer=lambda _: "451 later")
    async with receiving(receiver):
        found = await _send(_claimed("email", "li@example.org"), _mail(receiver))
    assert found == Refused("SMTP 451 later")


async def test_without_a_mail_server_no_mail_is_claimed_to_be_sent() -> None:
    found = await _send(_claimed("email", "li@example.org"))
    assert isinstance(found, Refused)
    assert "notify.mail" in found.detail
