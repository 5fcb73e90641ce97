"""The line of a clip's upload cut at random bytes."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from edge.clock import monotonic_s
from edge.outbox.store import Outbox
from fallwatch.local import wait
from tests.faults import falls
from tests.faults.box import DEADLINE_S
from tests.faults.place import Place
from tests.faults.table import Fault, Row, Size

MOST_BYTES = 600_000
"""A line lives for so many bytes at most, headers included."""
PIECE = 4096


@dataclass
class Cutter:
    """A line to the cloud that breaks off. cuts: how often it did; most: how often it will."""

    port: int
    upstream: int
    most: int
    luck: random.Random
    cuts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self, client: socket.socket) -> None:
        """One connection: everything through, until its bytes are used up."""
        with client, socket.create_connection(("127.0.0.1", self.upstream)) as server:
            back = threading.Thread(target=_copy, args=(server, client))
            back.start()
            with suppress(OSError):
                self._forward(client, server)
            for end in (client, server):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            back.join()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with self.lock:
            left = self.luck.randrange(1, MOST_BYTES)
        while content := client.recv(PIECE):
            with self.lock:
                cut = self.cuts < self.most and left <= len(content)
                self.cuts += cut
            server.sendall(content[:left] if cut else content)
            left = max(left - len(content), 1)
            if cut:
                return


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while content := source.recv(PIECE):
            target.sendall(content)


@contextmanager
def cutting(upstream: int, most: int, luck: random.Random) -> Iterator[Cutter]:
    """A port of its own that leads to `upstream` over lines that break off."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        cutter = Cutter(listener.getsockname()[1], upstream, most, luck)
        serving = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    one = threading.Thread(target=cutter.serve, args=(listener.accept()[0],))
                    one.start()
                    serving.append(one)

        thread = threading.Thread(target=accept)
        thread.start()
        yield cutter
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for one in serving:
        one.join()


def upload_cut(place: Place, size: Size) -> Row:
    """One clip, large enough to be cut as often as wanted."""
    luck = random.Random(5)
    with cutting(place.api_port, size.times, luck) as cutter:
        box = place.box("upload-cut", evidence={"url": f"http://127.0.0.1:{cutter.port}"})
        with box.running():
            boot = box.boot()
            assert boot is not None
            outbox = Outbox.open(box.outbox)
            sealed = falls.clip(outbox, box, boot, size.times * MOST_BYTES + falls.MIB, luck)
            begun_s = monotonic_s()
            done = "SELECT 1 FROM clip WHERE uploaded_at IS NOT NULL"
            wait.until(lambda: box.ask(done), 4 * DEADLINE_S, "the upload")
            took_s = monotonic_s() - begun_s
            outbox.close()
            wait.until(lambda: box.waiting() == 0, DEADLINE_S, "the empty outbox")
    assert cutter.cuts == size.times, f"the line broke {cutter.cuts} times"
    same = falls.stored(place.folder / "evidence", sealed.sha256)
    name = f"upload of a clip of {sealed.size_bytes:,} bytes cut {size.times} times, then the same SHA-256"
    return Row(name, 1, 1, int(same), 1 - int(same), 0, round(took_s, 2))


ROWS = (Fault("upload", upload_cut, Size(1, 2), Size(1, 20)),)
