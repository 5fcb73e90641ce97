"""An agent has a branch of its own, and the branch says whose it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts import topics
from contracts.ids import AgentId

AGENT = TypeAdapter(AgentId)
NAMES = st.from_regex(r"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")


@given(NAMES)
def test_every_topic_of_an_agent_leads_back_to_it(agent: str) -> None:
    AGENT.validate_python(agent)
    for topic in (topics.event(agent), topics.status(agent), topics.receipt(agent)):
        assert topics.agent_of(topic) == agent


@given(NAMES)
def test_what_ingest_subscribes_to_holds_every_agents_branch(agent: str) -> None:
    assert topics.EVERY_EVENT.replace("+", agent) == topics.event(agent)
    assert topics.EVERY_STATUS.replace("+", agent) == topics.status(agent)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "fallwatch/v1",
        "fallwatch/v1/",
        "fallwatch/v1/box",
        "fallwatch/v1//up/event",
        "other/v1/box/up/event",
    ],
)
def test_a_topic_that_is_none_of_ours_is_refused(topic: str) -> None:
    with pytest.raises(ValueError, match="not of the form"):
        topics.agent_of(topic)


@pytest.mark.parametrize("name", ["", "-box", "box-", "Box", "a/b", "a+", "#", "盒", "x" * 64, "box\n"])
def test_a_name_that_could_leave_its_branch_is_no_agent(name: str) -> None:
    with pytest.raises(ValidationError):
        AGENT.validate_python(name)
