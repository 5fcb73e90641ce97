"""MQTT topics: where an agent speaks, and where it listens.

The agent's name is a level of its own, so that the broker can hold each certificate to its own branch
(`pattern write fallwatch/v1/%u/up/#`).
"""

from typing import Final

ROOT: Final = "fallwatch/v1"

EVERY_EVENT: Final = f"{ROOT}/+/up/event"
"""What ingest subscribes to for durable messages."""

EVERY_STATUS: Final = f"{ROOT}/+/up/status"
"""What ingest subscribes to for retained agent statuses and last wills."""


def event(agent: str) -> str:
    """Durable messages of an agent, each confirmed by a receipt."""
    return f"{ROOT}/{agent}/up/event"


def status(agent: str) -> str:
    """The agent's retained status; its last will is published here as well."""
    return f"{ROOT}/{agent}/up/status"


def receipt(agent: str) -> str:
    """Confirmations and rejections for one agent."""
    return f"{ROOT}/{agent}/down/receipt"


def desired(agent: str) -> str:
    """The retained desired state of one agent."""
    return f"{ROOT}/{agent}/down/desired"


def agent_of(topic: str) -> str:
    """The agent that a topic belongs to.

    Raises:
        ValueError: The topic is none of ours.
    """
    prefix = f"{ROOT}/"
    agent, slash, rest = topic.removeprefix(prefix).partition("/")
    if not topic.startswith(prefix) or not slash or not agent or not rest:
        raise ValueError(f"topic {topic!r} is not of the form {prefix}AGENT/…")
    return agent
