"""An RTSP camera that plays a file of H.264 or H.265 for ever: `rtsp_server.py FILE.mp4 PORT`.

Runs under the system's Python, which has PyGObject. The file's access units are collected once and pushed
again and again with time stamps that go on growing, as a camera's do; nothing is encoded.
Prints READY and the address when it accepts connections.

With `--digest USER:PASSWORD` it wants digest authentication (RFC 7616). The file that is named in the file of
`--show` is shown at once, in the same stream: somebody set another size or profile at the camera.
"""

import argparse
import pathlib
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtsp, GstRtspServer  # noqa: F401 - GstApp gives appsink its methods

# The units stay as the MP4 has them (ISO/IEC 14496-15); viewers get the parameter sets from the session's
# description (RFC 6184 §8.2.1, RFC 7798 §7.1). Only after a change they are sent before key frames, too:
# GStreamer 1.22 sends them before each slice of one, which tears a frame of several slices in two.
COLLECT = "filesrc location={} ! qtdemux ! appsink name=units sync=false caps=video/x-h264;video/x-h265"
SERVE = "( appsrc name=camera is-live=true format=time block=false ! rtp{}pay name=pay0 pt=96 )"
TICK_MS = 10
"""How often due access units are pushed: well under a frame's time."""


class Unit:
    """One encoded frame and when it is shown and decoded, nanoseconds from the file's beginning."""

    def __init__(self, payload, pts, dts):
        self.payload = payload
        self.pts = pts
        self.dts = dts


def collect(path):
    """All access units of a file, its caps and its length in nanoseconds."""
    pipeline = Gst.parse_launch(COLLECT.format('"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'))
    sink = pipeline.get_by_name("units")
    pipeline.set_state(Gst.State.PLAYING)
    units, caps, error = [], None, None
    # A pipeline that failed never tells its sink: ask the bus, too.
    while error is None and not sink.is_eos():
        sample = sink.try_pull_sample(Gst.SECOND // 5)
        error = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
        if sample is None:
            continue
        buffer = sample.get_buffer()
        caps = caps or sample.get_caps()
        dts = buffer.dts if buffer.dts != Gst.CLOCK_TIME_NONE else buffer.pts
        units.append(Unit(buffer.extract_dup(0, buffer.get_size()), buffer.pts, dts))
    pipeline.set_state(Gst.State.NULL)
    if len(units) < 2:
        reason = error.parse_error()[0].message if error else "fewer than two frames in it"
        sys.exit(f"{path} cannot be served as H.264 or H.265: {reason}")
    first = min(unit.dts for unit in units)
    for unit in units:
        unit.pts -= first
        unit.dts -= first
    # The last frame lasts as long as the one before: the container may not say how long it is shown.
    shown = sorted(unit.pts for unit in units)
    return units, caps, shown[-1] - shown[0] + shown[-1] - shown[-2]


class Player:
    """Pushes the units of one prepared medium at the pace of a camera."""

    def __init__(self, source, payloader, units, caps, *, length, show):
        self.source = source
        self.payloader = payloader
        self.units = units
        self.length = length
        self.next = 0
        self.show, self.shown = show, ""
        self.shift = 0
        self.began_us = GLib.get_monotonic_time()
        source.set_property("caps", caps)
        self.timer = GLib.timeout_add(TICK_MS, self.push_due)
        self.push_due()

    def change(self):
        """Shows another file, if one was asked for."""
        asked = self.show.read_text() if self.show is not None and self.show.exists() else ""
        if asked == self.shown:
            return
        self.shown = asked
        before = (GLib.get_monotonic_time() - self.began_us) * 1000
        self.units, caps, self.length = collect(asked)
        self.payloader.set_property("config-interval", -1)
        self.source.set_property("caps", caps)
        self.began_us, self.next = GLib.get_monotonic_time(), 0
        self.shift += before

    def push_due(self):
        """Pushes what is due; ends with its medium."""
        self.change()
        passed = (GLib.get_monotonic_time() - self.began_us) * 1000
        while True:
            lap, index = divmod(self.next, len(self.units))
            unit, base = self.units[index], lap * self.length
            if base + unit.dts > passed:
                return True
            buffer = Gst.Buffer.new_wrapped(unit.payload)
            buffer.pts, buffer.dts = self.shift + base + unit.pts, self.shift + base + unit.dts
            if self.source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
                self.timer = None
                return False
            self.next += 1

    def stop(self, _media):
        """Called when the last viewer has gone."""
        if self.timer is not None:
            GLib.source_remove(self.timer)
            self.timer = None


def digest(factory, user, password):
    """Nobody but this user sees the medium."""
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_role("viewer")
    for what in ("media.factory.access", "media.factory.construct"):
        permissions.add_permission_for_role("viewer", what, True)
    factory.set_permissions(permissions)
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.add_digest(user, password, token)
    return auth


def main():
    """Serves until it is killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("port")
    parser.add_argument("--digest")
    parser.add_argument("--show", type=pathlib.Path)
    told = parser.parse_args()
    port = told.port
    Gst.init(None)
    units, caps, length = collect(told.path)
    codec = caps.get_structure(0).get_name().rpartition("-")[2]

    def configure(_factory, media):
        source, payloader = (media.get_element().get_by_name_recurse_up(name) for name in ("camera", "pay0"))
        media.connect(
            "unprepared", Player(source, payloader, units, caps, length=length, show=told.show).stop
        )

    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(SERVE.format(codec))
    factory.set_shared(True)
    factory.connect("media-configure", configure)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    server.get_mount_points().add_factory("/cam", factory)
    if told.digest:
        server.set_auth(digest(factory, *told.digest.split(":", 1)))
    if server.attach(None) == 0:
        sys.exit(f"port {port} is taken")
    print(f"READY rtsp://127.0.0.1:{port}/cam", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
