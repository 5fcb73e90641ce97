"""What a model must be to be trusted: the registry's entry, and what of a file does not agree with it."""

from collections.abc import Mapping
from typing import Any, Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from edge.core.vision.preprocess import CROPS_SHAPE, MOTION_SHAPE, NUMBERS_SHAPE

Shape = tuple[int, ...]
INPUTS: Final[Mapping[str, Shape]] = {"crops": CROPS_SHAPE, "motion": MOTION_SHAPE, "numbers": NUMBERS_SHAPE}
"""What `preprocess.evidence` makes, each with one more axis in front for several tracks at once."""


class RegistryError(ValueError):
    """The registry cannot be used. The message says what to mend."""


class Registered(BaseModel):
    """One model as it was released. Shapes are those of one track."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    """Beside the registry."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    licence: str
    card: str
    inputs: dict[str, Shape]
    outputs: dict[str, Shape]
    kinds: tuple[str, ...]
    """Names of the columns of the output `kinds`."""
    training: dict[str, Any]
    metrics: dict[str, Any]

    @model_validator(mode="after")
    def _fits_the_code(self) -> Self:
        if self.inputs != dict(INPUTS):
            raise ValueError(f"inputs are {self.inputs}, this version makes {dict(INPUTS)}")
        if self.outputs != outputs(self.kinds):
            raise ValueError(f"outputs are {self.outputs}, wanted are {outputs(self.kinds)}")
        return self


class Registry(BaseModel):
    """The file `models/registry.yaml`. default: the model that is used unless told otherwise, if any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: str | None = None
    models: dict[str, Registered] = {}

    @model_validator(mode="after")
    def _default_is_there(self) -> Self:
        if self.default is not None and self.default not in self.models:
            raise ValueError(f"default names {self.default!r}, known are: {', '.join(self.models) or 'none'}")
        return self


def outputs(kinds: tuple[str, ...]) -> dict[str, Shape]:
    """The outputs of a verifier that knows these kinds: P(fall), and a share for each kind."""
    return {"fall": (), "kinds": (len(kinds),)}


def parse(text: str) -> Registry:
    """The registry in a YAML text.

    Raises:
        RegistryError: It cannot be read, or speaks of a model that this version cannot feed.
    """
    try:
        return Registry.model_validate(yaml.safe_load(text) or {})
    except yaml.YAMLError as error:
        raise RegistryError(f"The model registry is no YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise RegistryError(f"The model registry is wrong at {place}: {first['msg']}") from error


def disagreement(
    entry: Registered, sha256: str, inputs: Mapping[str, Shape], outputs: Mapping[str, Shape]
) -> str | None:
    """What of a file is not what was registered, as a sentence; None if all agrees.

    inputs, outputs: of the file, shapes without the first axis.
    """
    if sha256 != entry.sha256:
        return f"its SHA-256 is {sha256}, registered is {entry.sha256}"
    for what, found, wanted in (("inputs", inputs, entry.inputs), ("outputs", outputs, entry.outputs)):
        if dict(found) != dict(wanted):
            return f"its {what} are {dict(found)}, registered are {dict(wanted)}"
    return None
