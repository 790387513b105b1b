"""The chips of both units, as the post lists them."""

from __future__ import annotations

from luthier.kaoss import inventory


def chips(name: str) -> dict[str, str]:
    """The chips of a part by unit."""
    part = next(part for part in inventory.parts() if part.name == name)
    return {chip.unit: chip.chip for chip in part.chips}


def facts(name: str, unit: str) -> tuple[str, ...]:
    """What is known of a chip."""
    part = next(part for part in inventory.parts() if part.name == name)
    return next(chip.facts for chip in part.chips if chip.unit == unit)


def test_what_both_share() -> None:
    shared = {part.name for part in inventory.parts() if part.shared}
    assert shared == {"dsp", "dac", "sdram"}
    assert set(chips("dsp").values()) == {"TMS320VC5501PGF300"}
    assert set(chips("dac").values()) == {"AK4384ET"}
    assert facts("sdram", "KaossPad3") == facts("sdram", "KaossilatorPro") == ("128 Mbit",)


def test_what_they_do_not_share() -> None:
    different = {part.name for part in inventory.parts() if not part.shared}
    assert different == {"cpu", "adc", "eeprom"}
    assert chips("cpu") == {"KaossPad3": "HD64F2215UTE16V", "KaossilatorPro": "HD64F2215CTE24V"}
    assert chips("adc") == {"KaossPad3": "AK5381ET", "KaossilatorPro": "AK5358AE"}
    assert chips("eeprom") == {"KaossPad3": "AK93C10AF", "KaossilatorPro": "L64 0S33W"}
    assert all(part.port for part in inventory.parts())


def test_memory_of_the_cpus() -> None:
    assert {"256 KB ROM", "16 KB RAM"} <= set(facts("cpu", "KaossPad3"))
    assert {"256 KB ROM", "20 KB RAM"} <= set(facts("cpu", "KaossilatorPro"))


def test_the_eeproms_have_64_kbit() -> None:
    # The data sheet of the AK93C10A: 4096 x 16, read, write, EWEN, EWDS: no SPI commands.
    assert 4096 * 16 == 64 * 1024
    assert facts("eeprom", "KaossPad3")[0] == "64 Kbit as 4,096 words of 16 bits"
    assert "READ, WRITE, EWEN, EWDS" in facts("eeprom", "KaossPad3")
    assert facts("eeprom", "KaossilatorPro") == ("64 Kbit", "I2C")
    part = next(part for part in inventory.parts() if part.name == "eeprom")
    assert [chip.certainty for chip in part.chips] == ["corrected", "hypothesis"]


def test_the_jtag_pins() -> None:
    found = inventory.jtag()
    assert (found.first_pin, found.last_pin) == (154, 161)
    assert found.connector.startswith("CN101")
    assert {"TCK", "TMS", "TDI", "TDO", "TRST"} < {signal.name for signal in found.signals}


def test_every_entry_has_a_source_and_a_certainty() -> None:
    for part in inventory.parts():
        assert [chip.unit for chip in part.chips] == list(inventory.units())
        for chip in part.chips:
            assert chip.source
            assert chip.certainty in ("known", "corrected", "hypothesis")
    assert all(len(line) <= 100 for line in inventory.lines())
    assert len(inventory.records()) == len(inventory.parts()) + 1
