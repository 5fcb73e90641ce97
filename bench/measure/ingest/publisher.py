"""`python -m bench.measure.ingest.publisher SETTINGS`: publishes what a fleet says, by paho, QoS 1.

As fast as the broker acknowledges, or at a rate. Where confirmations are awaited it ends when each message
has one. Then it writes when each was published (seconds since 1970) to the file that the settings name.
"""

import json
import sys
from array import array
from pathlib import Path
from typing import Any, Final

from contracts import topics
from edge.clock import monotonic_s, utc_now
from tests.fixtures.plain_client import WINDOW, Door, connected, turn

PATIENCE_S: Final = 60.0


def main() -> None:
    """Publish every line of the file of messages: topic, a space, payload."""
    settings = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    lines = Path(settings["messages"]).read_bytes().splitlines()
    messages = [(topic.decode(), payload) for topic, _, payload in (line.partition(b" ") for line in lines)]
    client = connected(Door(**settings["door"]), "fleet", topics.receipt("+"))
    acknowledged = confirmed = 0

    def on_publish(*_: Any) -> None:
        nonlocal acknowledged
        acknowledged += 1

    def on_message(_client: Any, _data: Any, message: Any) -> None:
        nonlocal confirmed
        receipt = json.loads(message.payload)
        confirmed += sum(part["last"] - part["first"] + 1 for part in receipt["ranges"])

    client.on_publish, client.on_message = on_publish, on_message
    times = array("d")
    begun_s, per_s = monotonic_s(), settings["per_s"]
    for number, (topic, payload) in enumerate(messages):
        while per_s and (early_s := begun_s + number / per_s - monotonic_s()) > 0:
            turn(client, early_s)
        while number - acknowledged >= WINDOW:
            turn(client)
        times.append(utc_now().timestamp())
        client.publish(topic, payload, qos=1)
    while acknowledged < len(messages):
        turn(client)
    last, since_s = confirmed, monotonic_s()
    while settings["confirmed"] and confirmed < len(messages):
        turn(client)
        if confirmed != last:
            last, since_s = confirmed, monotonic_s()
        if monotonic_s() - since_s > PATIENCE_S:
            raise SystemExit(f"only {confirmed} of {len(messages)} were confirmed")
    Path(settings["times"]).write_bytes(times.tobytes())


if __name__ == "__main__":
    main()
