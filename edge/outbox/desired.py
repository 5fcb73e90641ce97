"""The desired state on the disk: what counts on this box, and what of it the cloud must still be told."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from edge.config.files import put
from edge.core.desired import Desired, Report


class Kept(BaseModel):
    """The file's content. owed: reports that are not in the outbox yet."""

    model_config = ConfigDict(frozen=True)

    desired: Desired = Desired()
    owed: tuple[Report, ...] = ()


class DesiredFileError(Exception):
    """The file is there and cannot be used. The message says why."""


@dataclass(frozen=True, slots=True)
class DesiredFile:
    """`desired.json` in the box's data folder."""

    path: Path

    def load(self) -> Kept:
        """What was kept; nothing where there is no file.

        Raises:
            DesiredFileError: Unreadable or damaged.
        """
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return Kept()
        except OSError as error:
            raise DesiredFileError(f"{self.path} cannot be read: {error}") from error
        try:
            return Kept.model_validate_json(text)
        except ValidationError as error:
            raise DesiredFileError(f"{self.path} is damaged ({error.error_count()} errors)") from error

    def save(self, kept: Kept) -> None:
        """Replaces the content; a power cut leaves the old one or the new one.

        Raises:
            OSError: It cannot be written; the old content is untouched.
        """
        put(self.path, kept.model_dump_json(indent=1).encode(), 0o600)

    def set_aside(self) -> Path:
        """Renames a damaged file, so that it is neither used nor lost; where it lies now."""
        aside = self.path.with_name(f"{self.path.name}.damaged")
        self.path.replace(aside)
        return aside
