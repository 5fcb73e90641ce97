"""What every section of the settings shares."""

from pydantic import BaseModel, ConfigDict


class SettingsError(ValueError):
    """The settings cannot be used. The message says what to mend."""


class Section(BaseModel):
    """A part of the settings: frozen, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
