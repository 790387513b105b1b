"""The records as the listing has them."""

from __future__ import annotations

from tests.kn5000.voices.playing import Played

from luthier.kn5000.transport.sub_ram import SubRam
from luthier.kn5000.voices import records


def test_sixty_four_records_end_where_the_listing_says() -> None:
    # Facts 2.7: 64 records of 71 bytes up to 0x04424E.
    assert records.VOICE.itemsize == 71
    assert records.RECORDS + records.COUNT * records.SIZE == 0x04424E
    assert 64 * 71 == 4544


def test_the_view_is_the_ram() -> None:
    ram = SubRam()
    seen = records.view(ram)
    # Listing, 0x02B154: the record's pitch is the word at 0x043094 + 71 n.
    ram.set_word(0x043094 + 71 * 5, 0x3C80)
    assert seen["pitch"][5] == 0x3C80
    # Listing, Voice_AllVoices_UpdateVelocity: the part is the byte at 0x043092 + 71 n; 0x02C6CD: the key
    # word at 0x0430BB.
    ram.set_byte(0x043092 + 71 * 63, 17)
    ram.set_word(0x0430BB + 71 * 63, 0xF187)
    assert seen["part"][63] == 17
    assert seen["key_word"][63] == 0xF187
    # Listing, 0x02BA2C: 0x0430BD, 0x0430BF and 0x0430B5 are 2F, 31 and 27 of the first.
    offsets = {name: records.VOICE.fields[name][1] for name in records.VOICE.names}  # type: ignore[index,union-attr]
    assert offsets["delay"] == 0x0430BD - 0x04308E
    assert offsets["second_delay"] == 0x0430BF - 0x04308E
    assert offsets["layer_record"] == 0x0430B5 - 0x04308E
    assert offsets["part_record"] == 35
    assert offsets["zone_descriptor"] == 31


def test_a_stroke_fills_its_record() -> None:
    played = Played()
    played.voices.note_on(3, 60, 99)
    record = records.view(played.ram)[0]
    assert record["number"] == 0
    assert record["part"] == 3
    assert record["key"] == 60 | 0x80
    assert record["velocity"] == 99
    # Listing, Voice_Pitch_Compute: the key in the upper byte, and 80.
    assert record["base_pitch"] == record["pitch"] == (60 << 8) + 0x80
    # Listing, 0x02BA2C: where the part's record lies.
    assert record["part_record"] == 0x041368 + 3 * 287
    assert record["layer_record"] == 0x041368 + 3 * 287 + 0x6E
    assert record["flags"] & 0x3C == 0x04
    assert record["second_delay"] == 0x00FF
    played.render(1000)
    played.voices.note_off(3, 60)
    assert records.view(played.ram)["key"][0] == 60


def test_layers_are_numbered_and_have_their_own_part_of_the_parts_record() -> None:
    from tests.kn5000.voices.playing import OneSound, sine

    played = Played(OneSound(lambda key, velocity: (sine(key), sine(key + 12), sine(key - 12))))
    played.voices.note_on(0, 60, 99)
    seen = records.view(played.ram)[:3]
    assert list(seen["layer"]) == [0, 1, 2]
    assert list(seen["pitch"] >> 8) == [60, 72, 48]
    assert list(seen["layer_record"] - 0x041368) == [0x6E, 0x6E + 37, 0x6E + 74]
