"""The channels that apprise knows, told to say what became of a message: taken, refused, or nobody knows.

apprise addresses, signs and builds; its answer is yes or no. That is not enough here, for three reasons.
WeCom and DingTalk answer a refusal with HTTP 200 and an `errcode`, which apprise 2.3 takes for a yes. A no
does not tell a receiver that refused from one that took the message and was cut off before it said so. And
a message has no name by which a receiver could tell that it has it already. So each plug-in's last step, the
sending, is ours.
"""

import hashlib
import hmac
import json
import re
import smtplib
import ssl
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, Protocol

import httpx
from apprise import NotifyBase, NotifyFormat
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.lark import NotifyLark
from apprise.plugins.wecombot import NotifyWeComBot

from cloud.config import MailSettings
from cloud.core.delivery import Outcome, Refused, Taken, Unknown
from cloud.store.notifications import Claimed

CONNECT_S: Final = 5.0
READ_S: Final = 10.0
ANSWER_BYTES: Final = 64 * 1024
BUSY: Final = frozenset({-1, 45009, 130101, 11232, 1000070})
"""What robots answer to too many messages, or when they are busy: WeCom, WeCom, DingTalk, Feishu, Feishu."""
PASSING: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
BETWEEN: Final = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT})
"""A gateway says that it does not know what the receiver did."""
MESSAGE_ID: Final = re.compile(r"^Message-ID: .*(?:\n[ \t].*)*$", re.MULTILINE | re.IGNORECASE)


class Told(Protocol):
    """A plug-in of ours: its `outcome` says more than its yes or no."""

    outcome: Outcome | None


def judged(answer: httpx.Response, _: bytes) -> Outcome:
    """What the status of an HTTP answer says."""
    status = answer.status_code
    if status in BETWEEN:
        return Unknown(f"HTTP {status}")
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        lasting = status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in PASSING
        return Refused(f"HTTP {status}", lasting=lasting)
    return Taken()


def judged_robot(answer: httpx.Response, body: bytes) -> Outcome:
    """A chat robot says no with HTTP 200, in `errcode` (WeCom, DingTalk) or `code` (Feishu)."""
    found = judged(answer, body)
    if not isinstance(found, Taken):
        return found
    try:
        said = json.loads(body)
        code = said.get("errcode", said.get("code", said.get("StatusCode")))
    except (ValueError, AttributeError):
        return Unknown("an answer that no such robot gives")
    if code == 0:
        return found
    if not isinstance(code, int):
        return Unknown("an answer without a code")
    why = said.get("errmsg") or said.get("msg") or ""
    return Refused(f"code {code} {why}".strip()[:300], lasting=code not in BUSY)


def post(
    url: str,
    content: bytes,
    *,
    judge: Callable[[httpx.Response, bytes], Outcome] = judged_robot,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Outcome:
    """Post JSON and say what became of it.

    The environment's proxy and authorities count: HTTPS_PROXY, SSL_CERT_FILE.
    """
    try:
        # No connection is kept: one that the receiver has just closed would look like an unknown outcome.
        with (
            httpx.Client(timeout=httpx.Timeout(READ_S, connect=CONNECT_S)) as client,
            client.stream(
                "POST",
                url,
                content=content,
                params=params,
                headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})},
            ) as answer,
        ):
            body = b""
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > ANSWER_BYTES:
                    break
            return judge(answer, body)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol) as error:
        return Refused(f"no connection: {type(error).__name__}")
    except httpx.InvalidURL as error:
        return Refused(f"no address: {error}", lasting=True)
    except httpx.HTTPError as error:
        return Unknown(f"no answer: {type(error).__name__}")


def _json(payload: Mapping[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False).encode()


class WeCom(NotifyWeComBot):
    """WeCom's robot of a group (企业微信群机器人)."""

    outcome: Outcome | None = None

    def send(self, body: str, **_: Any) -> bool:
        """Text. The title stands in the body already."""
        self.outcome = post(self.api_url, _json({"msgtype": "text", "text": {"content": body}}))
        return isinstance(self.outcome, Taken)


class DingTalk(NotifyDingTalk):
    """DingTalk's robot of a group (钉钉群机器人), signed where a secret is given."""

    outcome: Outcome | None = None

    def send(self, body: str, title: str = "", **_: Any) -> bool:
        """Text, the title on its first line."""
        params = None
        if self.secret:
            timestamp, signature = self.get_signature()
            # It is quoted for a URL already, and is quoted once more as a parameter.
            params = {"timestamp": timestamp, "sign": httpx.QueryParams(f"s={signature}")["s"]}
        content = {"msgtype": "text", "text": {"content": f"{title}\n{body}" if title else body}}
        url, _, token = self.notify_url.format(token=self.token).partition("?access_token=")
        self.outcome = post(url, _json(content), params={"access_token": token, **(params or {})})
        return isinstance(self.outcome, Taken)


def _send_feishu(url: str, body: str, title: str) -> Outcome:
    text = f"{title}\n{body}" if title else body
    return post(url, _json({"msg_type": "text", "content": {"text": text}}))


class Feishu(NotifyFeishu):
    """Feishu's robot of a group (飞书群机器人)."""

    outcome: Outcome | None = None

    def send(self, body: str, title: str = "", **_: Any) -> bool:
        """Text, the title on its first line."""
        self.outcome = _send_feishu(self.notify_url.format(token=self.token).rstrip("/"), body, title)
        return isinstance(self.outcome, Taken)


class Lark(NotifyLark):
    """The same outside China."""

    outcome: Outcome | None = None

    def send(self, body: str, title: str = "", **_: Any) -> bool:
        """Text, the title on its first line."""
        self.outcome = _send_feishu(self.webhook_url, body, title)
        return isinstance(self.outcome, Taken)


class Webhook(NotifyJSON):
    """Somebody's own system: JSON with our key, signed where a secret is given."""

    outcome: Outcome | None = None

    def __init__(self, url: str, claimed: Claimed) -> None:
        super().__init__(host=httpx.URL(url).host)
        self._url = url
        self._claimed = claimed

    def send(self, body: str, title: str = "", **_: Any) -> bool:
        """`Idempotency-Key` is the same however often it is sent."""
        claimed = self._claimed
        content = _json(
            {
                "id": str(claimed.id),
                "title": title,
                "text": body,
                "urgency": claimed.urgency,
                "estate": claimed.estate,
                claimed.subject_type: str(claimed.subject),
                "step": claimed.step,
            }
        )
        headers = {"Idempotency-Key": str(claimed.id)}
        if claimed.secret:
            seal = hmac.new(claimed.secret.encode(), content, hashlib.sha256).hexdigest()
            headers["X-Fallwatch-Signature"] = f"sha256={seal}"
        self.outcome = post(self._url, content, judge=judged, headers=headers)
        return isinstance(self.outcome, Taken)


class Mail(NotifyEmail):
    """E-mail whose Message-ID is the same however often it is sent."""

    outcome: Outcome | None = None

    def __init__(self, mail: MailSettings, claimed: Claimed) -> None:
        super().__init__(
            smtp_host=mail.host, from_addr=mail.sender, targets=[claimed.address], host=mail.host
        )
        self._mail = mail
        self._claimed = claimed

    def send(self, body: str, title: str = "", **_: Any) -> bool:
        """One message to one address."""
        domain = self._mail.sender.rpartition("@")[2]
        (message,) = self.prepare_emails(
            subject=title,
            body=body,
            notify_format=NotifyFormat.TEXT,
            from_addr=self.from_addr,
            to=self.targets,
            smtp_host=domain,
        )
        text = MESSAGE_ID.sub(f"Message-ID: <{self._claimed.id}@{domain}>", message.body, count=1)
        self.outcome = mailed(self._mail, [self._claimed.address], text)
        return isinstance(self.outcome, Taken)


def mailed(mail: MailSettings, to: list[str], text: str) -> Outcome:
    """Hand a message to the mail server and say what became of it."""
    handed_over = False
    try:
        with _connected(mail) as server:
            handed_over = True
            server.sendmail(mail.sender, to, text)
    except smtplib.SMTPRecipientsRefused as error:
        ((code, why),) = error.recipients.values()
        return Refused(f"SMTP {code} {why.decode(errors='replace')}"[:300], lasting=code >= 500)
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error
        words = said.decode(errors="replace") if isinstance(said, bytes) else said
        return Refused(f"SMTP {error.smtp_code} {words}"[:300], lasting=error.smtp_code >= 500)
    except (smtplib.SMTPException, OSError) as error:
        kind = type(error).__name__
        return Unknown(f"no answer: {kind}") if handed_over else Refused(f"no connection: {kind}")
    return Taken()


def _connected(mail: MailSettings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=READ_S, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=READ_S)
    try:
        if mail.security == "starttls":
            server.starttls(context=context)
        if mail.user:
            server.login(mail.user, mail.password)
    except BaseException:
        server.close()
        raise
    return server


def plugin(claimed: Claimed, mail: MailSettings | None) -> NotifyBase | None:
    """Apprise's plug-in for a channel; None for e-mail where no mail server is set.

    Raises:
        AppriseImproperlyConfigured: The address is none of this kind.
    """
    match claimed.kind:
        case "email":
            return None if mail is None else Mail(mail, claimed)
        case "webhook":
            return Webhook(claimed.address, claimed)
        case "wecom":
            return WeCom(key=claimed.address)
        case "dingtalk":
            return DingTalk(token=claimed.address, secret=claimed.secret or None)
        case "feishu":
            return Feishu(token=claimed.address)
        case "lark":
            return Lark(token=claimed.address)
