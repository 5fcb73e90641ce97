"""A camera on this machine: a video file over real RTSP, for ever, which can die and come back."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fallwatch.local import ports, wait
from fallwatch.local.children import Child, PartError, spawn

SYSTEM_PYTHON = Path("/usr/bin/python3")
"""Debian's bindings for GStreamer are there and in no virtual environment."""
SERVER = Path(__file__).with_name("rtsp_server.py")
USER = "viewer"
START_TIMEOUT_S = 20
PACKAGES = "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good"
_PROBE = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"


class RtspCamera:
    """A camera's process; one instance is one address."""

    def __init__(self, video: Path, port: int, log: Path, password: str | None = None) -> None:
        self.video = video
        self.port = port
        self.log = log
        self.password = password
        self._asked = log.with_suffix(f".{port}.show")
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """Where its stream is, with name and password if it wants them."""
        login = f"{USER}:{self.password}@" if self.password is not None else ""
        return f"rtsp://{login}{ports.HOST}:{self.port}/cam"

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._child is not None and self._child.running

    def start(self) -> None:
        """Starts it and returns when it accepts connections.

        Raises:
            PartError: It ended at once; the message has its last words.
        """
        self._asked.unlink(missing_ok=True)
        # -I: neither our environment's packages nor this folder's modules.
        command: list[str | Path] = [SYSTEM_PYTHON, "-I", SERVER, self.video.resolve(), str(self.port)]
        command += ["--show", self._asked]
        if self.password is not None:
            command += ["--digest", f"{USER}:{self.password}"]
        child = spawn("the RTSP camera", command, self.log, parent_death="KILL")
        self._child = child

        def listens() -> bool:
            child.expect_running()
            return ports.answers(self.port)

        wait.until(listens, START_TIMEOUT_S, "the RTSP camera's first answer")

    @property
    def pid(self) -> int:
        """Its process, for signals."""
        assert self._child is not None
        return self._child.popen.pid

    def show(self, video: Path) -> None:
        """Another file from now on, in the same stream: somebody set another size at the camera."""
        fresh = self._asked.with_suffix(".new")
        fresh.write_text(str(video.resolve()))
        fresh.replace(self._asked)

    def kill(self) -> None:
        """The camera dies as when its cable is pulled."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def hang(self) -> None:
        """It falls silent while its connections stand, as when its program hangs or a switch drops all."""
        if self._child is not None:
            self._child.popen.send_signal(signal.SIGSTOP)

    def restart(self) -> None:
        """It comes back at the same address."""
        self.kill()
        self.start()


@contextmanager
def running(
    video: Path, port: int | None = None, log: Path | None = None, password: str | None = None
) -> Iterator[RtspCamera]:
    """A camera that shows `video` (MP4: H.264, H.265) from its beginning each time the first viewer comes.

    Args:
        video: The file.
        port: Where it listens; any free port if None.
        log: Its output; beside the video if None.
        password: What the user `viewer` must prove to know, by digest authentication; None: anybody may look.

    Raises:
        PartError: The system lacks packages, or the file cannot be served.
    """
    _expect_packages()
    number = port if port is not None else ports.any_free()
    camera = RtspCamera(video, number, log or video.with_suffix(".rtsp.log"), password)
    try:
        camera.start()
        yield camera
    finally:
        camera.kill()


def _expect_packages() -> None:
    done = subprocess.run([str(SYSTEM_PYTHON), "-I", "-c", _PROBE], capture_output=True, check=False)
    if done.returncode != 0:
        raise PartError(f"the system's Python lacks GStreamer's RTSP server: install the packages {PACKAGES}")
