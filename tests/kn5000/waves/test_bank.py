"""Where recordings come from: the whole built-in bank, its cache, its images, and images of others."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from luthier.errors import InputError
from luthier.kn5000.waves import bank, side_table
from luthier.kn5000.waves.bank import Bank, built_in_bank, images, read_bank
from luthier.kn5000.waves.built_in import catalogue, generation
from luthier.kn5000.waves.built_in.sound import frequency_of
from luthier.kn5000.waves.estimation import estimate
from luthier.kn5000.waves.listing import note_name, records
from luthier.kn5000.waves.rom import ROM_SIZE, Wave, build, read_rom, write_rom

pytestmark = pytest.mark.xdist_group("whole wave bank")  # made once, by one worker


@pytest.fixture(scope="module")
def whole() -> Bank:
    return built_in_bank()


def test_whole_bank(whole: Bank) -> None:
    """Every recording: never clipped, no constant part, its loop in tune to a cent and seamless."""
    table = whole.recordings.table
    ratios = {name: form.form.get("ratios", [1.0])[0] for name, form in catalogue.instruments().items()}
    wrong = []
    for placed in catalogue.layout():
        found, name = placed.plan, placed.plan.name
        samples = whole.samples(placed.selector).astype(np.float64)
        if np.abs(samples).max() >= 32_767 or np.abs(samples).max() < 1_000:
            wrong.append(f"{name}: peak {np.abs(samples).max()}")
        row = table[placed.selector]
        start, end = int(row["loop_start"]), int(row["loop_end"])
        if start == end:
            continue
        loop = samples[start:end]
        if abs(loop.mean()) > 1:
            wrong.append(f"{name}: constant part {loop.mean()}")
        bend = np.abs(np.diff(np.concatenate([loop, loop[:2]]), 2))
        if bend[-2:].max() > bend[:-2].max() + 2:
            wrong.append(f"{name}: seam")
        if found.family == "effect":
            continue
        pitch = frequency_of(found.root) * ratios[found.instrument]
        power = np.abs(np.fft.rfft(loop)) ** 2
        frequency = np.fft.rfftfreq(loop.size, 1 / float(row["rate"]))
        inside = np.abs(12 * np.log2(np.maximum(frequency, 1e-9) / pitch)) < 0.6
        middle = float(np.sum(frequency[inside] * power[inside]) / np.sum(power[inside]))
        cents = 1200 * float(np.log2(middle / pitch))
        if abs(cents) > (1 if found.family != "ensemble" else 2):
            wrong.append(f"{name}: {cents:.2f} cents")
    assert wrong == []


def test_images_of_the_bank_hold_what_the_bank_holds(whole: Bank, tmp_path: Path) -> None:
    made = images(whole)
    paths = []
    for image in made:
        assert len(image.data) == ROM_SIZE
        assert write_rom(read_rom(image.data)) == image.data
        assert read_rom(image.data).warnings() == ()
        path = tmp_path / f"bank-{image.table.wave_class}.bin"
        path.write_bytes(image.data)
        path.with_suffix(".json").write_bytes(image.json)
        paths.append(path)
    again = read_bank(paths)
    assert again.warnings == ()
    assert [(entry.selector, entry.name, entry.offset) for entry in again.entries] == [
        (entry.selector, entry.name, entry.offset) for entry in whole.entries
    ]
    for entry in whole.entries:
        ours, theirs = (each.recordings.table[entry.selector].tolist()[1:] for each in (whole, again))
        assert ours == theirs
        assert np.array_equal(whole.samples(entry.selector), again.samples(entry.selector))
        assert not again.entry(entry.selector).estimated
    # The first wave is a sine of 256 samples at 1A30, as in IC307.
    assert read_rom(made[0].data).entries[0].start == 0x1A30


def test_without_the_table_pitches_are_estimated(whole: Bank, tmp_path: Path) -> None:
    """Of steady instruments, by the sound alone; what repeats less than an octave off counts as wrong."""
    right = total = 0
    for name in ("violin", "trumpet", "alto-sax", "flute", "church-organ", "piano", "nylon-guitar", "saw"):
        for placed in catalogue.zones(name):
            found = estimate(whole.samples(placed.selector))
            total += 1
            if found.frequency is None:
                continue
            # It is judged as if at 44.1 kHz.
            wanted = placed.plan.shape.fundamental * 44_100 / placed.plan.shape.rate
            right += abs(1200 * np.log2(found.frequency / wanted)) < 30
    assert right / total > 0.8


def test_records_of_the_bank(whole: Bank) -> None:
    found = {record.name: record for record in records(whole)}
    assert len(found) == len(catalogue.plans())
    assert found["piano@60"].root == 60
    assert found["piano@60"].loop_end > found["piano@60"].loop_start
    assert found["crash"].loop_end == 0
    assert 0.05 < found["piano@60"].peak < 1
    assert note_name(69) == "A4"
    assert note_name(60.12) == "C4+12"
    assert note_name(58.95) == "B3-5"


# --- The cache ----------------------------------------------------------------------------------------------


def test_a_bank_is_made_once_and_a_damaged_file_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = sum(generation.class_sizes())
    calls = []

    def made(progress: object) -> np.ndarray:
        calls.append(progress)
        return np.arange(size, dtype=np.int64).astype(np.int16)

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(generation, "generate", made)
    first = bank._built_in(None)
    second = bank._built_in(None)
    assert len(calls) == 1
    assert np.array_equal(first.recordings.samples, second.recordings.samples)
    (file,) = (tmp_path / "luthier" / "waves").iterdir()
    assert generation.digest() in file.name
    whole_file = file.read_bytes()
    for damaged in (b"", whole_file[:1000], b"PK" + whole_file[2:], whole_file[:-2]):
        file.write_bytes(damaged)
        bank._built_in(None)
    assert len(calls) == 5


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "luthier").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    size = sum(generation.class_sizes())
    monkeypatch.setattr(generation, "generate", lambda progress: np.zeros(size, np.int16))
    assert bank._built_in(None).recordings.samples.size == size


# --- A user's images ----------------------------------------------------------------------------------------


def dump(path: Path) -> Path:
    """An image with a sine of 441 Hz, one of 110.25 Hz and noise."""
    time = np.arange(8_000)
    tones = [np.round(9_000 * np.sin(2 * np.pi * time / period)).astype(np.int16) for period in (100, 400)]
    noise = np.random.default_rng(3).integers(-9_000, 9_000, 8_000).astype(np.int16)
    rom, _ = build([*(Wave(tone, (0x40, 0x20)) for tone in tones), Wave(noise, (0xC07F,))])
    path.write_bytes(write_rom(rom))
    return path


def test_an_image_of_somebody_else_is_estimated(tmp_path: Path) -> None:
    found = read_bank([dump(tmp_path / "ic307.bin")])
    assert len(found.entries) == 198
    assert all(entry.estimated for entry in found.entries)
    # Alone it is taken for IC307, the last of four.
    assert found.entries[0].selector == 3 << 12
    rows = found.recordings.table[[entry.selector for entry in found.entries[:3]]]
    assert rows["root"][0] / 256 == pytest.approx(69 + 12 * np.log2(441 / 440), abs=0.02)
    assert rows["root"][1] / 256 == pytest.approx(69 + 12 * np.log2(110.25 / 440), abs=0.02)
    loop = rows["loop_end"][:2] - rows["loop_start"][:2]
    assert loop[0] > 0
    assert loop[0] % 100 in (0, 1, 99)
    assert loop[1] % 400 in (0, 1, 399)
    assert rows["loop_end"][2] == 0  # noise is played once
    assert (found.entries[0].low, found.entries[0].high) == (0x20, 0x40)
    assert set(rows["rate"]) == {44_100.0}


def test_all_four_roms_may_be_one_file(tmp_path: Path) -> None:
    one = dump(tmp_path / "one.bin").read_bytes()
    (tmp_path / "all.bin").write_bytes(one * 4)
    found = read_bank([tmp_path / "all.bin"])
    assert {entry.selector >> 12 for entry in found.entries} == {0, 1, 2, 3}
    assert found.recordings.samples.size == 4 * ROM_SIZE // 2


def test_a_wrong_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "short.bin").write_bytes(bytes(100))
    with pytest.raises(InputError, match=r"short.bin: 100 bytes"):
        read_bank([tmp_path / "short.bin"])
    good = dump(tmp_path / "good.bin")
    with pytest.raises(InputError, match="5 images"):
        read_bank([good] * 5)
    with pytest.raises(InputError, match="no recording 7"):
        read_bank([good]).entry(7)


def test_a_table_that_is_not_of_this_image_is_left_alone(tmp_path: Path) -> None:
    path = dump(tmp_path / "a.bin")
    for text in (b"{}", b"no json", b'{"format":"x"}'):
        path.with_suffix(".json").write_bytes(text)
        assert side_table.beside(path, path.read_bytes()) is None
    assert read_bank([path]).entries[0].estimated


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"entry": 4096}, "no entry 4096"),
        ({"start": ROM_SIZE}, "outside the image"),
        ({"length": -1}, "outside the image"),
        ({"loop_end": 101}, "loop of entry 0"),
        ({"loop_start": 9, "loop_end": 3}, "loop of entry 0"),
        ({"rate": 0.0}, "rate or root"),
        ({"root": 99_999}, "rate or root"),
    ],
)
def test_a_table_with_impossible_figures_is_refused(
    tmp_path: Path, change: dict[str, float], said: str
) -> None:
    path = dump(tmp_path / "a.bin")
    row = side_table.Row(0, "a", 0, 100, 0, 50, 60 * 256, 44_100.0, 0, 127)
    digest = __import__("hashlib").sha256(path.read_bytes()).hexdigest()
    table = side_table.SideTable(side_table.NAME, digest, 0, (msgspec.structs.replace(row, **change),))
    path.with_suffix(".json").write_bytes(side_table.Image(b"", table).json)
    with pytest.raises(InputError, match=said):
        read_bank([path])


def test_what_has_no_pitch_is_not_given_one() -> None:
    generator = np.random.default_rng(1)
    assert estimate(generator.integers(-999, 999, 9_000).astype(np.int16)).frequency is None
    assert estimate(np.zeros(9_000, np.int16)).frequency is None
    assert estimate(np.zeros(0, np.int16)).frequency is None
    assert estimate(np.full(40, 7, np.int16)).frequency is None
