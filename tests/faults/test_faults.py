"""The short form of every row: nothing accepted is lost or doubled, whatever is killed, cut or filled."""

from collections.abc import Iterator

import pytest

from tests.faults.place import Place
from tests.faults.table import CannotRunHere, Fault, faults, tell


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with Place.running(tmp_path_factory.mktemp("faults")) as found:
        yield found


@pytest.mark.parametrize("fault", [one for one in faults() if one.short], ids=lambda fault: str(fault.name))
def test_nothing_that_was_accepted_is_lost_or_doubled(fault: Fault, place: Place) -> None:
    assert fault.short is not None
    place.heal()
    try:
        row = fault.run(place, fault.short)
    except CannotRunHere as reason:
        pytest.skip(str(reason))
    tell([row])
    assert row.accepted > 0
    assert row.accepted <= row.injected
    assert (row.lost, row.duplicated) == (0, 0), row
