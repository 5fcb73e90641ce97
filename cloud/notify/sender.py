"""Sends one notification, and says what became of it."""

from typing import Final, cast

from apprise import Apprise, AppriseAsset
from apprise.exception import AppriseImproperlyConfigured

from cloud.config import MailSettings
from cloud.core.delivery import KEYED, Outcome, Refused, Unknown
from cloud.notify.channels import Told, plugin
from cloud.store.notifications import Claimed

AT_MOST_S: Final = 30.0
"""Longer than a connection and an answer may take, and half of a lease."""
AGAIN: Final = "（可能重复：上次发送结果不明） "  # noqa: RUF001 - Chinese punctuation


def send(claimed: Claimed, mail: MailSettings | None) -> Outcome:
    """Send it; blocks for at most `AT_MOST_S`. A copy says so where the receiver cannot tell."""
    try:
        channel = plugin(claimed, mail)
    except AppriseImproperlyConfigured as error:
        return Refused(f"no such address: {error}", lasting=True)
    if channel is None:
        return Refused("no mail server is set: notify.mail", lasting=True)
    asset = AppriseAsset(app_id="Fallwatch", service_timeout=AT_MOST_S, storage_mode="memory")
    apprise = Apprise(asset=asset)
    apprise.add(channel)
    title = f"{AGAIN}{claimed.title}" if claimed.maybe_came and claimed.kind not in KEYED else claimed.title
    apprise.notify(title=title, body=claimed.body)
    return cast("Told", channel).outcome or Unknown(f"no answer within {AT_MOST_S:.0f} s")
