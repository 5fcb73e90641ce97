"""`python -m bench.measure.ingest.bare SETTINGS`: a paho subscriber that stores nothing.

Prints `ready` once it is subscribed, and at the end one JSON object: when its last message came (seconds
since 1970), and its CPU time since it was ready.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from contracts import topics
from edge.clock import utc_now
from tests.fixtures.plain_client import Door, connected, turn


def main() -> None:
    """Receive as many as the settings say."""
    settings = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    client = connected(Door(**settings["door"]), "bare", topics.EVERY_EVENT)
    wanted, received = int(settings["count"]), 0

    def on_message(_client: Any, _data: Any, _message: Any) -> None:
        nonlocal received
        received += 1

    client.on_message = on_message
    _say("ready")
    begun_s = time.process_time()
    while received < wanted:
        turn(client)
    _say(json.dumps({"last_s": utc_now().timestamp(), "cpu_s": time.process_time() - begun_s}))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
