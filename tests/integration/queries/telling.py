"""Whom to tell, when and where, and what became of it."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any, Final
from uuid import UUID

from cloud.core.channel import Sealed
from cloud.core.delivery import Refused, Taken
from cloud.core.escalation import USUAL
from cloud.core.mask_proposal import Declined
from cloud.core.on_call import Override, Rotation, Shift
from cloud.core.wording import Words
from cloud.store import duty, escalations, feedback, notifications
from cloud.store.feedback import DeclinedRow
from cloud.store.notifications import New
from tests.fixtures.cloud import NOW
from tests.integration.queries.made import Case, later

WECOM: Final[Mapping[str, Any]] = {
    "owner": "li",
    "estate": None,
    "kind": "wecom",
    "name": "群",
    "address": "k3y",
    "secret": "",
}
SHARED: Final = {**WECOM, "owner": None, "estate": "garden", "kind": "webhook"}
TURNS = Rotation(shifts=(Shift(people=("li",), anchor=date(2026, 3, 2)),))
AWAY = Override("wang", NOW, later(60))
SEALED: Final = Sealed(UUID(int=9), "a key", b"sealed")
REGION = Declined(((0.0, 0.0), (60.0, 0.0), (60.0, 60.0)), (1920, 1080), 4)
DECLINED = DeclinedRow(REGION, "a path", "li", NOW)
NEW = New(
    subject_type="alert",
    subject=UUID(int=7),
    round=0,
    step=0,
    recipient="li",
    estate="garden",
    device="camera:cam-east",
    urgency="urgent",
    unstable=False,
    title="断流",
    body="断流\n\npicture lost",
    silenced=False,
    next_try_at=NOW,
)

CASES: Final[Mapping[str, Case]] = {
    "duty.add_channel": lambda at: duty.add_channel(at.conn, WECOM),
    "duty.add_channel (shared)": lambda at: duty.add_channel(at.conn, SHARED),
    "duty.channels_of": lambda at: duty.channels_of(at.conn, "li"),
    "duty.channels_of_estate": lambda at: duty.channels_of_estate(at.conn, "garden"),
    "duty.channel": lambda at: duty.channel(at.conn, at.oldest["channel"]),
    "duty.add_channel (sealed)": lambda at: duty.add_channel(at.conn, WECOM, SEALED),
    "duty.hold_unsealed": lambda at: duty.hold_unsealed(at.conn, SEALED.by),
    "duty.seal_channel": lambda at: duty.seal_channel(at.conn, SEALED),
    "duty.set_policy": lambda at: duty.set_policy(at.conn, "garden", USUAL, "li", NOW),
    "duty.policy_row": lambda at: duty.policy_row(at.conn, "garden"),
    "duty.policy": lambda at: duty.policy(at.conn, "garden"),
    "duty.policy (the usual)": lambda at: duty.policy(at.conn, "park"),
    "duty.set_rotation": lambda at: duty.set_rotation(at.conn, "garden", "desk", TURNS, by="li", at=NOW),
    "duty.rotations": lambda at: duty.rotations(at.conn, "garden"),
    "duty.add_override": lambda at: duty.add_override(at.conn, "garden", "desk", AWAY, by="li", at=NOW),
    "duty.overrides": lambda at: duty.overrides(at.conn, "garden", NOW),
    "duty.calendars": lambda at: duty.calendars(at.conn, "garden", NOW),
    "duty.drop_override": lambda at: duty.drop_override(at.conn, "garden", at.oldest["duty_override"]),
    "duty.set_quiet_hours": lambda at: duty.set_quiet_hours(at.conn, "li", (time(22), time(7))),
    "duty.quiet_hours": lambda at: duty.quiet_hours(at.conn),
    "duty.members": lambda at: duty.members(at.conn, "garden"),
    "duty.zone": lambda at: duty.zone(at.conn, "garden"),
    "duty.roster": lambda at: duty.roster(at.conn, "garden", NOW),
    "escalations.advance": lambda at: escalations.advance(at.conn, later(1)),
    "escalations.advance (later)": lambda at: escalations.advance(at.conn, later(30)),
    "escalations.advance (with links)": lambda at: escalations.advance(
        at.conn, later(31), "https://watch.example.org"
    ),
    "notifications.insert": lambda at: notifications.insert(at.conn, NEW, NOW),
    "notifications.insert (a copy)": lambda at: notifications.insert(at.conn, NEW, NOW),
    "notifications.told": lambda at: notifications.told(at.conn, "camera:cam-east", "li", later(-1)),
    "notifications.claim": lambda at: notifications.claim(at.conn, later(31)),
    "notifications.recover": lambda at: notifications.recover(at.conn, later(40)),
    "notifications.claim (again)": lambda at: notifications.claim(at.conn, later(60)),
    "notifications.settle": lambda at: notifications.settle(
        at.conn, at.oldest["notification"], 2, Taken(), later(61)
    ),
    "notifications.settle (late)": lambda at: notifications.settle(
        at.conn, at.oldest["notification"], 1, Refused("late"), later(61)
    ),
    "notifications.cancel": lambda at: notifications.cancel(at.conn, "alert", UUID(int=7), later(62)),
    "notifications.insert_test": lambda at: notifications.insert_test(
        at.conn, SEALED.channel, "garden", Words("测试", "测试"), later(63)
    ),
    "notifications.last_tests": lambda at: notifications.last_tests(at.conn, [SEALED.channel]),
    "notifications.lately": lambda at: notifications.lately(at.conn, "garden", ["alert"]),
    "feedback.judged": lambda at: feedback.judged(at.conn, NOW),
    "feedback.judged (of one camera)": lambda at: feedback.judged(at.conn, NOW, "cam-east"),
    "feedback.decline": lambda at: feedback.decline(at.conn, "cam-east", DECLINED),
    "feedback.declined": lambda at: feedback.declined(at.conn, "cam-east"),
    "feedback.counts": lambda at: feedback.counts(at.conn, NOW),
    "duty.drop_channel": lambda at: duty.drop_channel(at.conn, at.oldest["channel"], owner="li"),
}
