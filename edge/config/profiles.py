"""Profiles as files: those that come with Fallwatch, and a folder of one's own that goes before them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from contracts import documents
from contracts.profile import Profile, ProfileFile
from contracts.profile_check import problems
from edge.config.base import SettingsError


def built_in() -> Path:
    """The folder of the profiles that come with Fallwatch."""
    return Path(str(resources.files("firmware_configs"))) / "profiles"


@dataclass(frozen=True)
class Checked:
    """What a look at files found. sound: profile by its file. wrong: a line for each thing to mend."""

    sound: Mapping[Path, Profile]
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Library:
    """Profiles by name, each read when it is asked for. own: a folder that goes before the built-in one."""

    own: Path | None = None
    _read: dict[str, Profile] = field(default_factory=dict, compare=False, repr=False)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where profiles are looked for, first come first."""
        return (built_in(),) if self.own is None else (self.own, built_in())

    def profile(self, name: str) -> Profile:
        """The profile of this name.

        Raises:
            SettingsError: There is none, or its file cannot be used; all that is wrong with it is named.
        """
        if name not in self._read:
            path = next((at for folder in self.folders if (at := folder / f"{name}.yaml").is_file()), None)
            if path is None:
                raise SettingsError(f"there is no profile {name!r}; known: {', '.join(self.names())}")
            self._read[name] = read(path)
        return self._read[name]

    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(sorted({path.stem for folder in self.folders for path in folder.glob("*.yaml")}))


def read(path: Path) -> Profile:
    """The profile in a file.

    Raises:
        SettingsError: It cannot be read or used.
    """
    try:
        return documents.parse(path.read_text(encoding="utf-8"), ProfileFile, str(path)).root
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    except documents.DocumentError as error:
        raise SettingsError(str(error)) from error


def check(paths: Sequence[Path]) -> Checked:
    """All that is wrong with these files, each by itself and all together, the built-in ones being known."""
    sound: dict[Path, Profile] = {}
    wrong: list[str] = []
    for path in paths:
        try:
            sound[path] = read(path)
        except SettingsError as error:
            wrong += str(error).splitlines()
    known: dict[str, Profile | None] = {}
    if any(profile.kind == "estate" for profile in sound.values()):
        known |= {path.stem: _usable(path) for path in built_in().glob("*.yaml")}
    known |= {path.stem: sound.get(path) for path in paths}
    for path, profile in sound.items():
        text = path.read_text(encoding="utf-8")
        wrong += [
            documents.sentence(text, str(path), problem.path, problem.found, problem.allowed)
            for problem in problems(path.stem, profile, known)
        ]
    return Checked(sound, tuple(wrong))


def _usable(path: Path) -> Profile | None:
    try:
        return read(path)
    except SettingsError:
        return None
