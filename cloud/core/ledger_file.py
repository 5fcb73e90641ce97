"""The ledger as a file that anyone can count again: raw rows, the figures made of them, how, and digests."""

import csv
import hashlib
import io
import json
import types
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from cloud.core import ledger
from cloud.core.ledger import Figure, Raw
from cloud.core.reaction import episodes, reaction
from cloud.core.watched import Watched

TABLES: Final[Mapping[str, type]] = {
    "cameras": ledger.Camera,
    "states": ledger.StateChange,
    "faults": ledger.FaultSpan,
    "watched": Watched,
    "falls": ledger.Fall,
    "planned": ledger.Planned,
    "lines": ledger.OrderLine,
}
"""Field of `Raw` → what its rows are. Each becomes a CSV file of that name."""
FIGURES: Final = "figures.csv"
ABOUT: Final = "about.json"
FORMULAS: Final = "说明.txt"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a ZIP can tell: the same content makes the same file."""


FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run when it begins a cell (OWASP: CSV injection)."""


class NotALedger(ValueError):  # noqa: N818 - it is an answer, not a failure
    """The file is not an export of a ledger, or it is broken."""


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of all cameras, or of an estate, a facade or one camera."""

    scope: str
    id: str
    figure: Figure

    def cells(self) -> tuple[str, ...]:
        """As it stands in the file."""
        figure = self.figure
        return (
            *(self.scope, self.id, figure.key),
            *(_text(figure.numerator), _text(figure.denominator), _text(figure.value)),
        )


def rows(raw: Raw) -> tuple[Row, ...]:
    """Every figure of the ledger: of all, of each estate, facade and camera."""
    counted = dict(zip(raw.cameras, ledger.accounts(raw), strict=True))
    groups: dict[tuple[str, str], list[ledger.CameraAccount]] = {("all", ""): list(counted.values())}
    for camera, account in counted.items():
        groups.setdefault(("estate", camera.estate), []).append(account)
        for facade in camera.facades:
            groups.setdefault(("facade", facade), []).append(account)
        groups[("camera", camera.id)] = [account]
    work = reaction(episodes(raw.lines), raw.begin, raw.end)
    return (
        *(
            Row(scope, identity, figure)
            for (scope, identity), of in groups.items()
            for figure in ledger.figures(of)
        ),
        *(Row("all", "", figure) for figure in work),
    )


def packed(raw: Raw, targets: Mapping[str, float], formulas: str) -> bytes:
    """A ZIP with the raw rows, the figures, and what they mean; the same rows make the same bytes."""
    files = {f"{name}.csv": table(_rows_of(getattr(raw, name), kind)) for name, kind in TABLES.items()}
    head = ("scope", "id", "figure", "numerator", "denominator", "value")
    files[FIGURES] = table([head, *(row.cells() for row in rows(raw))])
    files[FORMULAS] = formulas
    about = {
        "begin": _text(raw.begin),
        "end": _text(raw.end),
        "as_of": _text(raw.as_of),
        "targets": dict(targets),
        "sha256": {name: _digest(text) for name, text in files.items()},
    }
    files[ABOUT] = json.dumps(about, ensure_ascii=False, indent=2) + "\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())
    return buffer.getvalue()


def check(content: bytes) -> tuple[str, ...]:
    """What is wrong with an export, a sentence each; nothing where every figure follows from its rows.

    Raises:
        NotALedger: The file cannot be read as one.
    """
    try:
        files = unpacked(content)
        about = json.loads(files[ABOUT])
        raw = _read(files, about)
        digests, told = dict(about["sha256"]), list(csv.reader(io.StringIO(files[FIGURES])))[1:]
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, csv.Error) as error:
        raise NotALedger(f"this is no export of a ledger, or it is broken: {error}") from error
    counted = [row.cells() for row in rows(raw)]
    return (*_changed(files, digests), *_differences([tuple(line) for line in told], counted))


def _changed(files: Mapping[str, str], digests: Mapping[str, str]) -> Iterator[str]:
    for name, text in files.items():
        if name != ABOUT and digests.get(name) != _digest(text):
            yield f"{name} is not as it was exported"


def _differences(told: Sequence[tuple[str, ...]], counted: Sequence[tuple[str, ...]]) -> Iterator[str]:
    expected = {line[:3]: line[3:] for line in counted}
    for line in told:
        numbers = expected.pop(line[:3], None)
        if numbers != line[3:]:
            found = "nothing" if numbers is None else " / ".join(numbers[:2])
            yield f"{' '.join(line[:3])}: the file says {' / '.join(line[3:5])}, its rows give {found}"
    for key in expected:
        yield f"{' '.join(key)}: the file says nothing, its rows give a figure"


def _read(files: Mapping[str, str], about: Mapping[str, Any]) -> Raw:
    tables: dict[str, Any] = {
        name: tuple(_objects(files[f"{name}.csv"], kind)) for name, kind in TABLES.items()
    }
    begin, end, as_of = (datetime.fromisoformat(about[key]) for key in ("begin", "end", "as_of"))
    return Raw(begin, end, as_of, **tables)


def unpacked(content: bytes) -> dict[str, str]:
    """The texts in an export, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _rows_of(objects: Sequence[object], kind: type) -> Iterator[Sequence[Any]]:
    names = [part.name for part in fields(kind)]
    yield names
    for one in objects:
        yield [getattr(one, name) for name in names]


def _objects(text: str, kind: type) -> Iterator[Any]:
    hints = get_type_hints(kind)
    for line in csv.DictReader(io.StringIO(text)):
        yield kind(**{name: _value(line[name], hints[name]) for name in hints})


def table(lines: Iterable[Sequence[Any]]) -> str:
    """Lines of values as CSV that no spreadsheet runs."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([_text(value) for value in line] for line in lines)
    return buffer.getvalue()


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat()
        case tuple():
            return "|".join(value)
        case float():
            return repr(value)
        case str() if value.startswith(FORMULA_STARTS):
            return f"'{value}"
        case _:
            return str(value)


def _value(text: str, hint: Any) -> Any:
    if get_origin(hint) in {Union, types.UnionType}:
        inner = next(one for one in get_args(hint) if one is not types.NoneType)
        return _value(text, inner) if text else None
    if get_origin(hint) is tuple:
        return tuple(text.split("|")) if text else ()
    if hint is datetime:
        return datetime.fromisoformat(text)
    if hint is bool:
        return text == "True"
    if hint in {int, float}:
        return hint(text)
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
