"""The kept ONVIF library, imported in this one place: importing it configures the program's logging.

It calls `logging.basicConfig`, after which other libraries' lines, with addresses and secrets in them, would
stand among our own.
"""

import logging

_ROOT = logging.getLogger()
_before = _ROOT.level, _ROOT.handlers[:]

from onvif import ONVIFCamera, ONVIFError  # noqa: E402 - after what it changes was noted

_ROOT.setLevel(_before[0])
_ROOT.handlers[:] = _before[1]
logging.getLogger("onvif").setLevel(logging.CRITICAL)  # it warns with addresses in which a password may stand

__all__ = ["ONVIFCamera", "ONVIFError"]
