"""An RTSP camera that plays an H.264 file for ever: `rtsp_server.py FILE.mp4 PORT [PATH]`.

Runs under the system's Python, which has PyGObject. The file's access units are collected once and pushed
again and again with time stamps that go on growing, as a camera's do; nothing is encoded.
Prints READY and the address when it accepts connections.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtspServer  # noqa: F401 - GstApp gives appsink its methods

# The units stay as the MP4 has them (ISO/IEC 14496-15); viewers get the parameter sets from the session's
# description (RFC 6184 §8.2.1), so nothing has to be parsed or rewritten.
COLLECT = "filesrc location={} ! qtdemux ! video/x-h264,alignment=au ! appsink name=units sync=false"
SERVE = "( appsrc name=camera is-live=true format=time block=false ! rtph264pay name=pay0 pt=96 )"
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
        sys.exit(f"{path} cannot be served as H.264: {reason}")
    first = min(unit.dts for unit in units)
    for unit in units:
        unit.pts -= first
        unit.dts -= first
    # The last frame lasts as long as the one before: the container may not say how long it is shown.
    shown = sorted(unit.pts for unit in units)
    return units, caps, shown[-1] - shown[0] + shown[-1] - shown[-2]


class Player:
    """Pushes the units of one prepared medium at the pace of a camera."""

    def __init__(self, source, units, caps, length):
        self.source = source
        self.units = units
        self.length = length
        self.next = 0
        self.began_us = GLib.get_monotonic_time()
        source.set_property("caps", caps)
        self.timer = GLib.timeout_add(TICK_MS, self.push_due)
        self.push_due()

    def push_due(self):
        """Pushes what is due; ends with its medium."""
        passed = (GLib.get_monotonic_time() - self.began_us) * 1000
        while True:
            lap, index = divmod(self.next, len(self.units))
            unit, base = self.units[index], lap * self.length
            if base + unit.dts > passed:
                return True
            buffer = Gst.Buffer.new_wrapped(unit.payload)
            buffer.pts, buffer.dts = base + unit.pts, base + unit.dts
            if self.source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
                self.timer = None
                return False
            self.next += 1

    def stop(self, _media):
        """Called when the last viewer has gone."""
        if self.timer is not None:
            GLib.source_remove(self.timer)
            self.timer = None


def main():
    """Serves until it is killed."""
    path, port = sys.argv[1], sys.argv[2]
    mount = sys.argv[3] if len(sys.argv) > 3 else "cam"
    Gst.init(None)
    units, caps, length = collect(path)

    def configure(_factory, media):
        source = media.get_element().get_by_name_recurse_up("camera")
        media.connect("unprepared", Player(source, units, caps, length).stop)

    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(SERVE)
    factory.set_shared(True)
    factory.connect("media-configure", configure)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    server.get_mount_points().add_factory(f"/{mount}", factory)
    if server.attach(None) == 0:
        sys.exit(f"port {port} is taken")
    print(f"READY rtsp://127.0.0.1:{port}/{mount}", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
