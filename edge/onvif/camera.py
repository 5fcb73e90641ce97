"""A camera by ONVIF: each question bounded in time, each failure one sentence without secrets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import aiohttp
import httpx
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault

from edge.clock import utc_now
from edge.core.onvif import Identity, Offset, Stream, clock_offset
from edge.onvif.address import Address, OnvifError, Refused
from edge.onvif.library import ONVIFCamera, ONVIFError

TIMEOUT_S: Final = 10.0
"""For one question. Cameras answer within a second; a hung one must not hold the agent."""
NONSENSE: Final = (ZeepError, ONVIFError, ValueError, TypeError, LookupError, AttributeError)
"""What the library raises when an answer is not what the standard says."""
DENIED: Final = ("notauthorized", "not authorized", "unauthorized", "not permitted", "authority failure")
Answer = TypeVar("Answer")


class Camera:
    """One camera; made by `opened`."""

    def __init__(self, where: Address, library: ONVIFCamera) -> None:
        self.where = where
        self.library = library

    async def ask(
        self, what: str, question: Callable[[], Awaitable[Answer]], *, more_s: float = 0.0
    ) -> Answer:
        """The answer to a question. what: what is asked for, as a noun, for the sentence.

        more_s: how much longer than TIMEOUT_S the answer may take, where it is asked to wait.

        Raises:
            Refused: The user or the password is wrong, or may not do this.
            OnvifError: No answer in time, no connection, nonsense, or the camera cannot do it.
        """
        try:
            async with asyncio.timeout(TIMEOUT_S + more_s):
                return await question()
        except OnvifError:
            raise
        except TimeoutError:
            raise OnvifError(
                f"the camera at {self.where} did not tell {what} within {TIMEOUT_S:g} s"
            ) from None
        except Fault as fault:
            if _denied(fault):
                raise Refused(
                    f"the camera at {self.where} refuses the user {self.where.user!r}: check user and"
                    " password, and whether its ONVIF user may do this"
                ) from None
            raise OnvifError(
                f"the camera at {self.where} cannot tell {what}: {str(fault.message)[:200]}"
            ) from None
        except (aiohttp.ClientError, OSError) as error:
            raise OnvifError(f"the camera at {self.where} cannot be reached: {_reason(error)}") from None
        except NONSENSE as error:
            raise OnvifError(
                f"the camera at {self.where} answered nonsense when asked for {what} ({type(error).__name__})"
            ) from None

    async def identity(self) -> Identity:
        """Maker, model, serial number, firmware. Raises as `ask`."""

        async def question() -> Identity:
            service = await self.library.create_devicemgmt_service()
            said = await service.GetDeviceInformation()
            names = ("Manufacturer", "Model", "SerialNumber", "FirmwareVersion")
            return Identity(*(str(getattr(said, name) or "").strip() for name in names))

        return await self.ask("its identity", question)

    async def clock(self) -> Offset:
        """How far its clock is off ours. Raises as `ask`."""
        return await self.ask("its time", lambda: _clock(self.library))

    async def set_clock(self) -> bool:
        """Sets its clock to ours; False where it follows a time server, which is to be mended instead.

        Raises as `ask`.
        """

        async def question() -> bool:
            service = await self.library.create_devicemgmt_service()
            said = await service.GetSystemDateAndTime()
            if str(said.DateTimeType) == "NTP":
                return False
            now = utc_now() + timedelta(seconds=0.5)
            time = {"Hour": now.hour, "Minute": now.minute, "Second": now.second}
            date = {"Year": now.year, "Month": now.month, "Day": now.day}
            await service.SetSystemDateAndTime(
                {
                    "DateTimeType": "Manual",
                    "DaylightSavings": bool(said.DaylightSavings),
                    "TimeZone": said.TimeZone,
                    "UTCDateTime": {"Time": time, "Date": date},
                }
            )
            return True

        return await self.ask("whether its time was set", question)

    async def streams(self) -> tuple[Stream, ...]:
        """Its profiles, largest picture first: main, then sub. Raises as `ask`."""

        async def question() -> tuple[Stream, ...]:
            media = await self.library.create_media_service()
            found = [await _stream(media, profile) for profile in await media.GetProfiles() or ()]
            return tuple(sorted(found, key=lambda one: -one.width * one.height))

        return await self.ask("its streams", question)

    async def snapshot(self) -> bytes:
        """A JPEG of what it sees now. Raises as `ask`."""

        async def question() -> bytes:
            media = await self.library.create_media_service()
            token = (await media.GetProfiles())[0].token
            url = str((await media.GetSnapshotUri({"ProfileToken": token})).Uri).strip()
            return await self._fetched(url)

        return await self.ask("a snapshot", question)

    async def _fetched(self, url: str) -> bytes:
        """What lies at a camera's address. Credentials go to the camera itself only."""
        if urlsplit(url).hostname != self.where.host:
            raise OnvifError(f"the camera at {self.where} names a snapshot on another host: not asked")
        user, password = self.where.user, self.where.password
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
            try:
                answer = await client.get(url, auth=httpx.DigestAuth(user, password))
                basic = answer.headers.get("www-authenticate", "").lower().startswith("basic")
                if answer.status_code == 401 and basic:
                    answer = await client.get(url, auth=(user, password))
            except httpx.HTTPError as error:
                raise OnvifError(
                    f"the camera at {self.where} gave no snapshot: {type(error).__name__}"
                ) from None
        if answer.status_code in {401, 403}:
            raise Refused(f"the camera at {self.where} refuses the user {self.where.user!r} a snapshot")
        if not answer.is_success or not answer.content.startswith(b"\xff\xd8"):
            raise OnvifError(
                f"the camera at {self.where} gave no JPEG as its snapshot (status {answer.status_code})"
            )
        return answer.content

    async def reboot(self) -> str:
        """Starts it anew; answers with its own words. Raises as `ask`."""

        async def question() -> str:
            service = await self.library.create_devicemgmt_service()
            return str(await service.SystemReboot() or "").strip()

        return await self.ask("whether it restarts", question)


@asynccontextmanager
async def opened(where: Address) -> AsyncIterator[Camera]:
    """A camera whose services are known. Its clock may be off: passwords are stamped with its own time.

    Raises:
        Refused, OnvifError: As `Camera.ask`.
    """
    host = f"https://{where.host}" if where.scheme == "https" else where.host
    library = ONVIFCamera(host, where.port, where.user, where.password)
    camera = Camera(where, library)
    try:
        offset = await camera.clock()
        library.dt_diff = timedelta(seconds=offset.offset_s)
        for service in library.services.values():
            await service.close()
        library.services.clear()
        library.xaddrs = {}
        await camera.ask("its services", lambda: _services(library))
        yield camera
    finally:
        await library.close()


async def _services(library: ONVIFCamera) -> None:
    dt_diff = library.dt_diff
    await library.update_xaddrs()
    library.dt_diff = dt_diff


async def _clock(library: ONVIFCamera) -> Offset:
    service = await library.create_devicemgmt_service()
    asked_at = utc_now()
    try:
        said = await service.authless_GetSystemDateAndTime()
    except Fault:  # the standard lets everybody ask; some cameras do not
        asked_at = utc_now()
        said = await service.GetSystemDateAndTime()
    answered_at = utc_now()
    date, time = said.UTCDateTime.Date, said.UTCDateTime.Time
    shown = datetime(
        date.Year, date.Month, date.Day, time.Hour, time.Minute, min(int(time.Second), 59), tzinfo=UTC
    )
    return clock_offset(shown, asked_at, answered_at)


async def _stream(media: Any, profile: Any) -> Stream:
    setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
    said = await media.GetStreamUri({"StreamSetup": setup, "ProfileToken": profile.token})
    encoder = profile.VideoEncoderConfiguration
    size = getattr(encoder, "Resolution", None)
    rate = getattr(getattr(encoder, "RateControl", None), "FrameRateLimit", None)
    return Stream(
        profile=str(profile.token),
        name=str(profile.Name or ""),
        url=_without_credentials(str(said.Uri).strip()),
        codec=str(getattr(encoder, "Encoding", "") or ""),
        width=int(getattr(size, "Width", 0) or 0),
        height=int(getattr(size, "Height", 0) or 0),
        frames_per_s=float(rate or 0),
    )


def _without_credentials(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    place, slash, path = rest.partition("/")
    return f"{scheme}{separator}{place.rpartition('@')[2]}{slash}{path}"


def _denied(fault: Fault) -> bool:
    codes = " ".join(str(code) for code in (fault.subcodes or ()))
    said = f"{fault.code} {codes} {fault.message}".lower()
    return any(word in said for word in DENIED)


def _reason(error: Exception) -> str:
    """An error of the network in its own words, which name hosts and ports only."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    return getattr(cause, "strerror", None) or type(cause).__name__
