"""Units are UCUM codes of things that estates measure; a slip is refused."""

import pytest

from contracts.units import is_ucum


@pytest.mark.parametrize(
    "code",
    ["Cel", "%", "1", "V", "mV", "V.A", "kW.h", "Hz", "By", "GiBy", "min", "m/s", "m/s2", "Cel/min", "/min"],
)
def test_a_ucum_code_is_taken(code: str) -> None:
    assert is_ucum(code)


@pytest.mark.parametrize("slip", ["kWh", "°C", "degC", "VA", "Volt", "C", "", "m//s", "kCel", "percent"])
def test_a_slip_is_refused(slip: str) -> None:
    assert not is_ucum(slip)
