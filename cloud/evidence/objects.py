"""Objects in a folder or in an S3 bucket: put once, read in ranges; what fails is told in one sentence."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

CODE: Final = re.compile(r"<Code>(\w+)</Code>")
"""What an S3 server calls an error: AccessDenied, NoSuchBucket and so on."""

CONNECT_S: Final = timedelta(seconds=3)
REQUEST_S: Final = timedelta(seconds=30)
"""A whole clip must pass in this time: 20 MB at 6 Mbit/s."""
MAX_RETRIES: Final = 2
RETRY_S: Final = timedelta(seconds=10)
"""After this no further try is begun. The device asks again anyway, so a dead store is told soon."""


class StoreDown(ConnectionError):  # noqa: N818 - says what happened
    """The store does not answer, or refuses us. The message is for the person who runs the service."""


@dataclass(frozen=True, slots=True)
class Objects:
    """A store. folder: where its objects are files, so that they can be forced onto the disk."""

    store: ObjectStore
    folder: Path | None = None

    @classmethod
    def at(cls, url: str) -> "Objects":
        """The store at `file:///folder` (made when missing) or `s3://bucket/prefix`.

        Endpoint, region and keys of S3 are the AWS_* variables of the environment, which obstore reads.

        Raises:
            ValueError: No such kind of store, or no usable address.
        """
        parts = urlsplit(url)
        if parts.scheme == "file":
            folder = Path(unquote(parts.path))
            return cls(LocalStore(folder, mkdir=True), folder)
        if parts.scheme != "s3":
            raise ValueError(f"evidence.url must begin with file:// or s3://, found {parts.scheme}://")
        if "@" in parts.netloc:
            raise ValueError("evidence.url holds keys: use AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        if not parts.netloc:
            raise ValueError("evidence.url names no bucket: s3://bucket/prefix")
        return cls(_bucket(parts.netloc, unquote(parts.path).strip("/")))

    async def put(self, path: str, file: Path) -> bool:
        """Store a file, on the disk when this returns; False where something lies there already.

        Raises:
            StoreDown: Of the store.
        """
        with _told():
            try:
                await obstore.put_async(self.store, path, file, mode="create", use_multipart=False)
            except AlreadyExistsError:
                # Also when an answer was lost and the request made again.
                return False
            except FileNotFoundError as error:
                raise StoreDown(f"there is no such bucket: {_sentence(error)}") from error
        if self.folder is not None:
            # The device deletes its copy once we say that we have it: it must survive a power cut here.
            await asyncio.to_thread(_sync, self.folder / path)
        return True

    async def size(self, path: str) -> int | None:
        """Length in bytes; None when it is not there.

        Raises:
            StoreDown: Of the store.
        """
        with _told():
            try:
                found = await obstore.head_async(self.store, path)
            except FileNotFoundError:
                return None
        return int(found["size"])

    async def range(self, path: str, begin: int, end: int) -> bytes:
        """Bytes begin…end - 1.

        Raises:
            FileNotFoundError: There is no such object.
            StoreDown: Of the store.
        """
        with _told():
            return bytes(await obstore.get_range_async(self.store, path, start=begin, end=end))

    async def delete(self, path: str) -> None:
        """Take an object away; none there is no error.

        Raises:
            StoreDown: Of the store.
        """
        with _told():
            try:
                await obstore.delete_async(self.store, path)
            except FileNotFoundError:
                return

    async def listed(self, folder: str) -> AsyncIterator[tuple[str, int]]:
        """(path, length in bytes) of every object below a folder.

        Raises:
            StoreDown: Of the store.
        """
        with _told():
            async for batch in obstore.list(self.store, prefix=folder):
                for found in batch:
                    yield found["path"], int(found["size"])

    async def expect_there(self) -> None:
        """Raises StoreDown where the store does not answer, does not let us in or has no such bucket."""
        with _told():
            await obstore.list_with_delimiter_async(self.store)


def _bucket(name: str, prefix: str) -> ObjectStore:
    endpoint = _endpoint()
    try:
        return S3Store(
            name,
            prefix=prefix or None,
            endpoint=endpoint,
            aws_endpoint_url_s3=endpoint,
            # Whoever writes http:// as the endpoint means it.
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": CONNECT_S,
                "timeout": REQUEST_S,
            },
            retry_config={"max_retries": MAX_RETRIES, "retry_timeout": RETRY_S},
        )
    except (BaseError, ValueError) as error:
        raise ValueError(f"evidence.url: {_sentence(error)}") from error


def _endpoint() -> str:
    """The server's address; Amazon's where the environment names none, or an empty one as compose does."""
    names = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
    for name in names:
        if found := os.environ.get(name):
            if not found.startswith(("http://", "https://")):
                raise ValueError(f"{name} must begin with https:// or http://, found {found!r}")
            return found
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    return f"https://s3.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"


@contextmanager
def _told() -> Iterator[None]:
    """What the store's library raises, as one sentence."""
    try:
        yield
    except AlreadyExistsError:
        raise
    except BaseError as error:
        raise StoreDown(f"the evidence store does not do its work: {_sentence(error)}") from error


def _sentence(error: Exception) -> str:
    # What follows in further lines is the server's XML and the library's own view of its insides.
    first = str(error).partition("\n")[0].partition("<?xml")[0].strip()
    code = CODE.search(str(error))
    return f"{first} {code.group(1)}" if code else first


def _sync(file: Path) -> None:
    for path in (file, file.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
