"""Any Standard MIDI File is a song: checked by hand, by arithmetic, and against mido."""

from __future__ import annotations

import io
import random
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.midi.songs import END, chunk, midi_file, note, number, tempo, text

from luthier.compiled import as_python
from luthier.errors import InputError
from luthier.midi import song_events
from luthier.midi.song import Song, read_song

OPENTTD = Path("/usr/share/games/openttd/baseset/openmsx")


def channel_messages(song: Song) -> list[bytes]:
    return [message for _, message in song.messages()]


def seconds(song: Song) -> list[float]:
    return [round(moment, 9) for moment, _ in song.messages()]


# --- Time --------------------------------------------------------------------------------------------------


def test_events_messages_and_seconds_by_hand() -> None:
    song = read_song(midi_file(tempo(0, 600_000) + note(96, 48) + tempo(0, 300_000) + note(96, 96) + END))
    assert song.warnings == ()
    assert channel_messages(song) == [b"\x90\x3c\x64", b"\x80\x3c\x40"] * 2
    assert seconds(song) == [0.6, 0.9, 1.2, 1.5]
    assert song.length == pytest.approx(1.5)
    assert song.tempi == [(0.0, 100.0), (pytest.approx(0.9), 200.0)]
    assert song.events["tick"].tolist() == [0, 96, 144, 144, 240, 336, 336]
    assert song.payload(0) == (600_000).to_bytes(3, "big")
    assert song.payload(1) == b"\x3c\x64"


def test_a_tempo_in_any_track_holds_for_all_that_sound_together() -> None:
    song = read_song(midi_file(note(96, 96) + END, tempo(96, 1_000_000) + END))
    assert seconds(song) == [0.5, 1.5]


def test_tracks_of_type_2_play_one_after_the_other_each_at_its_own_tempo() -> None:
    tracks = tempo(0, 250_000) + note(0, 96) + b"\x60\xff\x2f\0", note(96, 96) + END
    song = read_song(midi_file(*tracks, kind=2))
    assert seconds(song) == [0.0, 0.25, 1.0, 1.5]
    assert np.all(np.diff(song.events["seconds"]) >= 0)
    assert song.events["track"].tolist() == [0, 0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(("frames", "rate"), [(24, 24), (25, 25), (29, 30_000 / 1001), (30, 30)])
def test_time_code_counts_frames_whatever_the_tempo(frames: int, rate: float) -> None:
    song = read_song(midi_file(tempo(0, 100) + note(400, 40) + END, division=(0x100 - frames) << 8 | 40))
    assert seconds(song) == [pytest.approx(10 / rate), pytest.approx(11 / rate)]
    assert song.division == -rate * 40
    assert song.tempi == []


def test_events_of_one_tick_stay_in_the_order_of_their_tracks() -> None:
    generator = random.Random(4)
    tracks, expected = [], []
    for track in range(20):
        body, tick = b"", 0
        for index in range(50):
            delta = generator.choice([0, 0, 1, 2])
            tick += delta
            body += number(delta) + bytes([0x90, index, track + 1])
            expected.append((tick, track, index))
        tracks.append(body + END)
    song = read_song(midi_file(*tracks))
    rows = song.events[song.events["status"] == 0x90]
    assert [(row["tick"], row["data2"] - 1, row["data1"]) for row in rows] == sorted(expected)


# --- Against mido ------------------------------------------------------------------------------------------

MESSAGES = st.one_of(
    st.builds(
        lambda kind, channel, note, velocity: mido.Message(
            kind, channel=channel, note=note, velocity=velocity
        ),
        st.sampled_from(["note_on", "note_off"]),
        st.integers(0, 15),
        st.integers(0, 127),
        st.integers(0, 127),
    ),
    st.builds(
        lambda channel, program: mido.Message("program_change", channel=channel, program=program),
        st.integers(0, 15),
        st.integers(0, 127),
    ),
    st.builds(
        lambda channel, pitch: mido.Message("pitchwheel", channel=channel, pitch=pitch),
        st.integers(0, 15),
        st.integers(-8192, 8191),
    ),
    st.builds(
        lambda channel, control, value: mido.Message(
            "control_change", channel=channel, control=control, value=value
        ),
        st.integers(0, 15),
        st.integers(0, 127),
        st.integers(0, 127),
    ),
    st.builds(
        lambda channel, value: mido.Message("aftertouch", channel=channel, value=value),
        st.integers(0, 15),
        st.integers(0, 127),
    ),
    st.builds(lambda body: mido.Message("sysex", data=body), st.lists(st.integers(0, 127), max_size=300)),
    st.builds(lambda value: mido.MetaMessage("set_tempo", tempo=value), st.integers(1, 2**24 - 1)),
    st.builds(lambda words: mido.MetaMessage("lyrics", text=words), st.text("abc é", max_size=20)),
    st.builds(lambda upper: mido.MetaMessage("time_signature", numerator=upper), st.integers(1, 255)),
)
TRACKS = st.lists(st.lists(st.tuples(st.integers(0, 300_000), MESSAGES), max_size=20), min_size=1, max_size=5)


def agree(song: Song, reference: mido.MidiFile) -> None:
    """The same messages at the same time as mido gives."""
    moment, expected, moments = 0.0, [], []
    for message in reference:
        moment += message.time
        if not message.is_meta:
            expected.append(bytes(message.bytes()))
            moments.append(moment)
    assert channel_messages(song) == expected
    assert [moment for moment, _ in song.messages()] == pytest.approx(moments, rel=1e-9)
    assert song.length == pytest.approx(moment, rel=1e-9)


@settings(max_examples=60)
@given(TRACKS, st.integers(1, 0x7FFF))
def test_files_that_mido_writes(tracks: list[list[tuple[int, mido.Message]]], division: int) -> None:
    written = mido.MidiFile(type=1, ticks_per_beat=division)
    for messages in tracks:
        written.tracks.append(mido.MidiTrack(message.copy(time=delta) for delta, message in messages))
    target = io.BytesIO()
    written.save(file=target)
    song = read_song(target.getvalue())
    assert song.warnings == ()
    agree(song, mido.MidiFile(file=io.BytesIO(target.getvalue())))
    tempi = [message.tempo for message in written.merged_track if message.type == "set_tempo"]
    assert [quarters for _, quarters in song.tempi] == pytest.approx([60e6 / tempo for tempo in tempi])


@pytest.mark.skipif(
    not OPENTTD.is_dir(), reason="the Debian package openttd-openmsx is not installed: 31 songs"
)
def test_songs_of_a_game() -> None:
    files = sorted(OPENTTD.glob("*.mid"))
    assert files
    for path in files:
        song = read_song(path)
        assert song.warnings == (), path
        agree(song, mido.MidiFile(path))


# --- Odd, but a song ---------------------------------------------------------------------------------------


def test_running_status_goes_on_behind_meta_and_exclusive_events() -> None:
    body = b"\0\x90\x3c\x40" + text(0, 1, b"la") + b"\0\x3d\x40" + b"\0\xf0\x02\x01\xf7" + b"\0\x3e\x40" + END
    song = read_song(midi_file(body))
    notes = [message for message in channel_messages(song) if message[0] == 0x90]
    assert notes == [b"\x90\x3c\x40", b"\x90\x3d\x40", b"\x90\x3e\x40"]
    assert song.warnings == ()


def test_exclusive_messages_in_packets_and_escapes() -> None:
    body = (
        b"\0\xf0\x02\x43\x12" + b"\x30\xf7\x02\x01\x02" + b"\x30\xf7\x02\x03\xf7"
        b"\0\xf7\x04\xf3\x01\xf8\xfe" + b"\0\xf0\x01\x44" + END
    )
    other = b"\x10\xf0\x02\x45\xf7" + END  # of another track, between the packets
    messages = list(read_song(midi_file(body, other)).messages())
    assert [message for _, message in messages] == [
        b"\xf0\x45\xf7",
        b"\xf0\x43\x12\x01\x02\x03\xf7",
        b"\xf3\x01",
        b"\xf8",
        b"\xfe",
        b"\xf0\x44\xf7",
    ]
    assert [moment for moment, _ in messages] == pytest.approx([1 / 12, 0.5, 0.5, 0.5, 0.5, 0.5])


def test_an_exclusive_message_without_an_end_is_sent_before_the_next_message() -> None:
    body = (
        b"\0\xf0\x04\x7e\x7f\x09\x01"
        + text(0, 1, b"la")
        + b"\x60\x90\x3c\x40\0\xf0\x01\x41\0\xf0\x01\x42"
        + END
    )
    other = b"\x30\x91\x3c\x40" + END  # another track does not end it
    assert channel_messages(read_song(midi_file(body, other))) == [
        b"\x91\x3c\x40",
        b"\xf0\x7e\x7f\x09\x01\xf7",
        b"\x90\x3c\x40",
        b"\xf0\x41\xf7",
        b"\xf0\x42\xf7",
    ]


def test_an_exclusive_message_of_megabytes() -> None:
    body = bytes(3_000_000)
    song = read_song(midi_file(b"\0\xf0" + number(len(body) + 1) + body + b"\xf7" + END))
    assert channel_messages(song) == [b"\xf0" + body + b"\xf7"]
    assert len(song.events) == 2


SIMPLE = midi_file(note(0, 96) + END, kind=0)
NOTES = [b"\x90\x3c\x64", b"\x80\x3c\x40"]


@pytest.mark.parametrize(
    "data",
    [
        b"RIFF" + (len(SIMPLE) + 14).to_bytes(4, "little") + b"RMIDdata"
        + len(SIMPLE).to_bytes(4, "little") + SIMPLE + b"\0\0",
        b"RIFF\0\0\0\0RMIDdata" + len(SIMPLE).to_bytes(4, "little") + SIMPLE + b"LIST\x04\0\0\0abcd",
        SIMPLE + b"\0" * 200,
        SIMPLE[:14] + chunk(b"XFIH", b"Yamaha's own") + SIMPLE[14:],
        SIMPLE.replace(b"\0\0\0\6\0\0", b"\0\0\0\x08\0\0").replace(b"MTrk", b"\1\2MTrk"),
    ],
    ids=["RIFF", "RIFF with more", "padded", "with other chunks", "with a longer header"],
)  # fmt: skip
def test_what_is_no_fault_is_no_warning(data: bytes) -> None:
    song = read_song(data)
    assert song.warnings == ()
    assert channel_messages(song) == NOTES


def with_length(track: bytes, length: int) -> bytes:
    return b"MTrk" + length.to_bytes(4, "big") + track


TRACK = note(0, 96) + END
HEADER = midi_file(stated=1)


@pytest.mark.parametrize(
    ("data", "warning"),
    [
        (b"\0" * 128 + SIMPLE, "byte 0: 128 bytes before the song are left out"),
        (HEADER + with_length(TRACK, 0), "byte 18: the length of track 1 is wrong"),
        (HEADER + with_length(TRACK, 4), "byte 18: the length of track 1 is wrong"),
        (HEADER + with_length(TRACK, 9999), "byte 18: the file ends 9987 bytes before the end of track 1"),
        (HEADER + with_length(TRACK[:-4], 10), "byte 30: track 1 has no End of Track"),
        (HEADER + with_length(TRACK + b"\1\2", 14), "byte 34: 2 bytes behind the End of Track are left out"),
        (midi_file(TRACK, stated=3), "byte 10: the header says 3 tracks, there are 1"),
        (midi_file(TRACK, kind=7), "byte 8: type 7 is unknown; played as type 1"),
        (midi_file(TRACK, division=0), "byte 12: the division is 0; 96 ticks a quarter note are taken"),
        (midi_file(TRACK, division=0xE700), "byte 12: the division is 0; 96 ticks a quarter note are taken"),
        (midi_file(TRACK, division=0x9C01), "byte 12: 100 frames a second are no time code"),
        (SIMPLE + b"\1\2MTrk", "byte 34: 2 bytes that are no chunk are left out"),
        (midi_file(b"\x05\x06" + TRACK[1:]), ""),
        (midi_file(b"\x80\x80\x80\x80\x00" + TRACK[1:]), "byte 22: 1 numbers longer than four bytes"),
        (midi_file(b"\0\x01\x02" + TRACK[1:]), "byte 23: 1 stretches of data without a status, left out"),
        (midi_file(TRACK[:-4] + tempo(0, 0) + END), "byte 34: 1 changes of tempo without a tempo, left out"),
        (midi_file(TRACK[:-4] + b"\0\x90\x3c"), "byte 31: 1 events cut off by the end of their track"),
        (midi_file(TRACK[:-4] + b"\0\xff\x01\x60ab"), "byte 31: 1 events cut off by the end of their track"),
    ],
)  # fmt: skip
def test_what_is_broken_is_read_and_told(data: bytes, warning: str) -> None:
    song = read_song(data)
    assert channel_messages(song)[:2] == NOTES
    if warning:
        assert any(line.startswith(warning) for line in song.warnings), song.warnings
    else:
        assert song.warnings


def test_data_bytes_above_127_keep_their_place() -> None:
    song = read_song(midi_file(b"\0\x90\x3c\xe4\0\xc0\x85" + TRACK))
    assert channel_messages(song) == [b"\x90\x3c\x7f", b"\xc0\x7f", *NOTES]
    assert song.warnings == ("byte 25: 2 data bytes above 127, taken for 127, the first here",)


def test_messages_that_belong_on_a_cable_are_told() -> None:
    song = read_song(midi_file(b"\0\xf8\0\xf2\x01\x02\0\xf3\x01" + TRACK))
    assert channel_messages(song) == [b"\xf8", b"\xf2\x01\x02", b"\xf3\x01", *NOTES]
    assert song.warnings == ("byte 23: 3 messages that do not belong in a file, the first here",)


def test_a_lost_length_does_not_swallow_the_next_track() -> None:
    second = note(0, 96, key=72) + END
    song = read_song(midi_file(stated=2) + with_length(TRACK, 30) + with_length(second, len(second)))
    assert channel_messages(song) == [NOTES[0], b"\x90\x48\x64", NOTES[1], b"\x80\x48\x40"]
    assert song.warnings == ("byte 18: the length of track 1 is wrong",)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "byte 0: not a Standard MIDI File"),
        (b"RIFF\0\0\0\0WAVEfmt ", "byte 0: not a Standard MIDI File"),
        (bytes(70_000) + SIMPLE, "there is no MThd in its first 64 KiB"),
        (SIMPLE[:13], "byte 13: the header is cut off"),
        (SIMPLE[:14], "byte 14: there is no track in it"),
        (midi_file(stated=1) + b"abc", "byte 14: there is no track in it"),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(data: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        read_song(data)
    path = tmp_path / "a.mid"
    path.write_bytes(data)
    with pytest.raises(InputError, match=str(path)):
        read_song(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_song(tmp_path / "none.mid")


def test_empty_songs_are_songs() -> None:
    for data in (midi_file(stated=0), midi_file(END), midi_file(b"")):
        song = read_song(data)
        assert list(song.messages()) == []
        assert song.length == 0.0


def test_cut_off_at_every_byte_gives_the_beginning() -> None:
    data = midi_file(tempo(0, 400_000) + text(0, 3, b"A song") + note(7, 9) + END, note(0, 300) * 3 + END)
    whole = sorted(channel_messages(read_song(data)))
    for length in range(len(data)):
        try:
            song = read_song(data[:length])
        except InputError as error:
            assert length < 22, error
            continue
        assert song.warnings
        found = sorted(channel_messages(song))
        assert all(message in whole for message in found)
        assert len(found) <= len(whole)
        song.texts, song.tempi, song.meters  # noqa: B018


@given(st.binary(max_size=200), st.integers(0, 3), st.integers(0, 0xFFFF))
def test_any_bytes_as_a_track(body: bytes, kind: int, division: int) -> None:
    song = read_song(midi_file(body, body[::2], kind=kind, division=division))
    moments = song.events["seconds"]
    assert np.all(np.isfinite(moments))
    assert np.all(np.diff(moments) >= 0)
    assert np.all(song.events["offset"] + song.events["length"] <= len(song.data))
    for _, message in song.messages():
        assert message[0] >= 0x80
        assert message[0] == 0xF0 or max(message[1:], default=0) < 0x80
    assert isinstance(song.title + song.copyright + song.lyrics, str)


@settings(max_examples=30)
@given(st.binary(max_size=80))
def test_the_loop_is_the_same_in_python(body: bytes) -> None:
    data = np.frombuffer(b"\0" + body, np.uint8)
    tables = []
    for walk in (song_events.walk, as_python(song_events.walk)):
        events = np.zeros(len(data), song_events.EVENT)
        tracks = song_events.new_tracks([(0, len(data) // 2), (len(data) // 2, len(data))])
        faults = song_events.new_faults()
        count = walk(data, tracks, song_events.new_clock(96), events, 0, 0, faults)
        tables.append((count, events.tobytes(), tracks.tolist(), faults.tolist()))
    assert tables[0] == tables[1]


# --- Texts -------------------------------------------------------------------------------------------------


def test_texts_meters_and_words() -> None:
    body = text(0, 3, b"Song") + text(0, 2, "© me".encode("latin-1")) + b"\0\xff\x58\x04\x06\x03\x18\x08"
    words = text(96, 5, b"Hel") + text(96, 5, "lö ".encode()) + text(96, 5, b"/you") + END
    song = read_song(midi_file(body + END, text(0, 3, b"Words") + words))
    assert (song.title, song.copyright, song.lyrics) == ("Song", "© me", "Hellö \nyou")
    assert song.meters == [(0.0, 6, 8)]
    assert [(one.seconds, one.track, one.kind) for one in song.texts if one.kind == "lyrics"] == [
        (0.5, 1, "lyrics"),
        (1.0, 1, "lyrics"),
        (1.5, 1, "lyrics"),
    ]


def test_what_is_printed_holds_no_control_codes() -> None:
    song = read_song(midi_file(text(0, 3, b"\x1b[31mRed\n\0") + text(0, 2, b"\rme\x07") + END))
    assert (song.title, song.copyright) == ("[31mRed", "me")


def test_karaoke() -> None:
    head = text(0, 3, b"Soft karaoke") + text(0, 1, b"@KMIDI KARAOKE FILE") + END
    words = text(0, 1, b"@LENGL") + text(0, 1, b"@TThe Title") + text(0, 1, b"@TBy someone")
    words += text(9, 1, b"\\One ") + text(9, 1, b"more") + text(9, 1, b"/line") + END
    song = read_song(midi_file(head, words))
    assert song.title == "The Title"
    assert song.lyrics == "One more\nline"


def test_many_warnings_are_counted() -> None:
    song = read_song(midi_file(*[TRACK[:-4]] * 200))
    assert len(song.warnings) == 101
    assert song.warnings[-1] == "and 100 more"
