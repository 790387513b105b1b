"""Items in and out, searches against plain Python, undo and redo, several programs at once, killed ones."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from luthier.errors import InputError, LuthierError
from luthier.files import write_bytes
from luthier.library import schema
from luthier.library.entry import Entry, Source
from luthier.library.exporting import exported
from luthier.library.importing import add_files
from luthier.library.search import search
from luthier.library.shelves import families
from luthier.library.sounds import distances, equal_groups, near_groups, nearest, sounds_of
from luthier.library.store import Library
from luthier.poly800.built_in import built_in_bank, names
from luthier.poly800.library import load_bank
from luthier.poly800.message_formats import SYSEX_MK2
from luthier.poly800.synth import Synth
from luthier.poly800.text_formats import JSON

PROGRAMS = 64
FAMILY = families()["poly800"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bank of each kind, a song, and what is no keyboard's."""
    kept = tmp_path / "files"
    (kept / "deep").mkdir(parents=True)
    write_bytes(kept / "first.json", JSON.write(built_in_bank(Synth.POLY800)))
    write_bytes(kept / "deep" / "second.syx", SYSEX_MK2.write(built_in_bank(Synth.MK2)))
    write_bytes(kept / "text.txt", b"nothing to hear")
    write_bytes(kept / "cut.syx", SYSEX_MK2.write(built_in_bank(Synth.MK2))[:400])
    return kept


@pytest.fixture
def library(tmp_path: Path, folder: Path) -> Iterator[Library]:
    with Library(tmp_path / "mine.luthier") as made:
        add_files(made, [folder])
        yield made


def ids(library: Library, text: str) -> set[int]:
    return {item.id for item in search(library, text, most=1000).items}


def test_files_become_banks_and_programs_and_bad_ones_are_named(tmp_path: Path, folder: Path) -> None:
    with Library(tmp_path / "mine.luthier") as library:
        report = add_files(library, [folder])
        assert report.added == library.count == 2 * (1 + PROGRAMS)
        assert [Path(name).name for name, _ in report.unknown + report.damaged] == ["text.txt", "cut.syx"]
        again = add_files(library, [folder])
        assert (again.added, again.known) == (0, 2)
        bank = built_in_bank(Synth.POLY800)
        found = search(library, "instrument:poly800 kind:patch", order="added", most=1000).items
        assert {item.name for item in found} == set(names(bank).values())


def test_contents_come_out_as_they_went_in(library: Library, tmp_path: Path) -> None:
    (bank,) = search(library, "kind:bank instrument:mk2").items
    write_bytes(tmp_path / "out.syx", exported(library, [bank.id], tmp_path / "out.syx"))
    assert load_bank(tmp_path / "out.syx") == built_in_bank(Synth.MK2)
    patches = search(library, "kind:patch instrument:poly800", order="added", most=1000).items
    chosen = [item.id for item in patches][:3]
    write_bytes(tmp_path / "some.json", exported(library, chosen, tmp_path / "some.json"))
    programs = load_bank(tmp_path / "some.json").programs
    assert [program.packed for program in programs[:3]] == [library.content(number) for number in chosen]


def test_searches_by_parameter_are_what_a_walk_over_all_finds(library: Library) -> None:
    patches = {item.id: item for item in search(library, "kind:patch", most=1000).items}
    values = {number: program_values(library, number) for number in patches}
    asked: tuple[tuple[str, Callable[[dict[str, int]], bool]], ...] = (
        ("cutoff < 30", lambda v: v["cutoff"] < 30),
        ("cutoff >= 30 resonance<5", lambda v: v["cutoff"] >= 30 and v["resonance"] < 5),
        ("cutoff < 30, chorus on", lambda v: v["cutoff"] < 30 and v.get("chorus") == 1),
        ("chorus off", lambda v: v.get("chorus") == 0),
        ("dco1_waveform = saw", lambda v: v["dco1_waveform"] == 2),
        ("cutoff != 22", lambda v: v["cutoff"] != 22),
    )
    for text, holds in asked:
        assert ids(library, text) == {number for number, one in values.items() if holds(one)}, text


def program_values(library: Library, number: int) -> dict[str, int]:
    from luthier.poly800.program import Program

    return Program(library.content(number)).values()


def test_words_match_beginnings_in_names_files_tags(library: Library) -> None:
    number = min(ids(library, "kind:patch"))
    assert number in ids(library, library.item(number).name[:4])
    assert ids(library, "secon kind:bank") == ids(library, "instrument:mk2 kind:bank")
    library.label([number], "tags", "Süß bass")
    assert ids(library, "suss") == ids(library, "sus ba") == set() or number in ids(library, "sus")
    assert ids(library, 'tag:"Süß bass"') == {number}
    assert ids(library, '"program 11"') and not ids(library, '"11 program"')
    for hostile in ('"', "'", "*", "a OR b", "NEAR(", "x:y", "); DROP TABLE items", "\0", "-", "^a"):
        search(library, hostile)
    assert library.count == 2 * (1 + PROGRAMS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cutof < 3", "did you mean cutoff"),
        ("dco1_waveform = brass", "saw"),
        ("kind:guitar", "kinds are"),
        ("rating > many", "is no number"),
        ("x" * 3000, "too long"),
    ],
)
def test_what_cannot_be_asked_is_said(library: Library, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        search(library, text)


def test_every_kind_of_change_is_undone_and_done_again(library: Library) -> None:
    first, second = sorted(ids(library, "kind:patch instrument:poly800"))[:2]
    untouched = [library.item(number) for number in (first, second)]
    other = library.content(second)
    library.label([first, second], "tags", "bass")
    library.label([first], "collections", "set list")
    library.edit([first], "edit", name="New", notes="mine", rating=4)
    library.edit([first], "sound", content=other)
    library.remove([second])
    assert library.content(first) == other
    assert ids(library, 'in:"set list" rating >= 4 New tag:bass') == {first}
    changed = library.item(first)
    with pytest.raises(InputError, match="no item"):
        library.item(second)
    undone = [library.undo() for _ in range(5)]
    assert len(undone) == 5
    for item in untouched:
        now = library.item(item.id)
        assert now.tags == now.collections == ()
        assert (now.name, now.notes, now.rating, now.digest) == (item.name, item.notes, None, item.digest)
    assert ids(library, "tag:bass") == ids(library, "New") == set()
    for _ in range(5):
        library.redo()
    again = library.item(first)
    assert (again.name, again.digest, again.tags, again.collections) == (
        changed.name, changed.digest, changed.tags, changed.collections,
    )  # fmt: skip
    assert program_values(library, first) == program_values(library, first)
    with pytest.raises(InputError, match="done again"):
        library.redo()


def test_undoing_an_import_takes_it_out_and_only_the_last_undone_comes_back(library: Library) -> None:
    (step,) = library.history()
    library.undo()
    assert library.count == 0 and search(library, "a").total == 0
    library.redo()
    assert library.count == 2 * (1 + PROGRAMS)
    number = min(ids(library, "kind:patch"))
    library.edit([number], "rename", name="one")
    library.edit([number], "rename", name="two")
    with pytest.raises(InputError, match="changed again since"):
        library.undo(library.history()[1].id)
    assert library.item(number).name == "two"
    library.undo()
    library.edit([number], "rename", name="three")
    with pytest.raises(InputError, match="done again"):
        library.redo()
    assert step.what.startswith("add ")


def test_nearest_and_near_agree_with_counting_by_hand(library: Library) -> None:
    bank = built_in_bank(Synth.POLY800)
    program = bank.program(11)
    close = program.replacing({"cutoff": (program["cutoff"] + 1) % 100})
    with library.step("add close") as step:
        entry = Entry("patch", "poly800", "close", close.packed, parameters=close.values())
        (number,) = library.add(step, [entry])
    ((best, distance), *_) = nearest(library, number, 5)
    assert library.content(best) == program.packed
    shared = len(program.values())
    assert distance == pytest.approx(1 / 99 / shared, rel=1e-4)
    assert any({number, best} <= set(group) for group in near_groups(library, FAMILY, 1))
    assert equal_groups(library) == []
    with library.step("add again") as step:
        (copy,) = library.add(step, [entry])
    assert equal_groups(library) == [[number, copy]]
    sounds = sounds_of(library, FAMILY)
    for row in random.Random(1).sample(range(len(sounds.numbers)), 8):
        away = distances(sounds, row)
        assert away[row] == 0 and np.all((away >= 0) & (away <= 1))


def test_near_groups_miss_no_pair(library: Library) -> None:
    sounds = sounds_of(library, FAMILY)
    rows = [
        row for _, row in sorted({bytes(v): i for i, v in reversed(list(enumerate(sounds.vectors)))}.items())
    ]
    for most in (1, 3, 6):
        grouped = {
            number: n for n, group in enumerate(near_groups(library, FAMILY, most)) for number in group
        }
        for i in rows:
            for j in rows:
                if i < j and np.count_nonzero(sounds.vectors[i] != sounds.vectors[j]) <= most:
                    first, second = int(sounds.numbers[i]), int(sounds.numbers[j])
                    assert grouped[first] == grouped[second]


def test_a_step_that_fails_leaves_nothing(library: Library) -> None:
    before = library.count, len(library.history())
    entry = Entry("patch", "poly800", "x", b"\1" * 21)
    with pytest.raises(RuntimeError), library.step("half") as step:
        library.add(step, [entry], Source("f", "g", 1, b"d"))
        raise RuntimeError
    assert (library.count, len(library.history())) == before


def test_other_files_are_no_libraries(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"hello")
    with closing(sqlite3.connect(tmp_path / "other")) as other:
        other.execute("CREATE TABLE t (a)")
    for name, said in (("text", "is no library"), ("other", "of another program")):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(InputError, match=said):
            Library(tmp_path / name)
        assert (tmp_path / name).read_bytes() == before
    with pytest.raises(InputError, match="no library is there"):
        Library(tmp_path / "missing", create=False)
    Library(tmp_path / "new").close()
    with closing(sqlite3.connect(tmp_path / "new")) as newer:
        newer.execute("PRAGMA user_version = 999")
    with pytest.raises(InputError, match="newer Luthier"):
        Library(tmp_path / "new")


def test_a_damaged_library_is_said_to_be(tmp_path: Path, library: Library) -> None:
    schema.back_up(library.path, tmp_path / "copy.luthier")
    data = bytearray((tmp_path / "copy.luthier").read_bytes())
    for place in range(4096, len(data), 1024):
        data[place : place + 600] = b"\xa5" * 600
    (tmp_path / "copy.luthier").write_bytes(data)
    with pytest.raises(LuthierError), Library(tmp_path / "copy.luthier") as broken:
        search(broken, "cutoff < 30")
        search(broken, "a")


def test_migrations_leave_a_copy_of_what_was_there(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = library.count
    library.close()
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, "ALTER TABLE items ADD COLUMN more TEXT"))
    with Library(library.path) as moved:
        assert moved.count == count
        (version,) = moved.connection.execute("PRAGMA user_version").fetchone()
        assert version == len(schema.MIGRATIONS)
    monkeypatch.undo()
    with Library(library.path.with_name("mine.luthier.version-1")) as kept:
        assert kept.count == count


def test_two_programs_write_at_once(library: Library) -> None:
    number = min(ids(library, "kind:patch"))
    code = (
        "import sys; from pathlib import Path; from luthier.library.store import Library\n"
        "with Library(Path(sys.argv[1])) as one:\n"
        "    for n in range(25): one.label([int(sys.argv[2])], 'tags', f'{sys.argv[3]}{n}')\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(library.path), str(number), name]) for name in "ab"
    ]
    assert [run.wait(60) for run in runs] == [0, 0]
    assert len(library.item(number).tags) == 50


def test_a_program_killed_in_the_middle_loses_no_whole_step(library: Library) -> None:
    code = (
        "import sys; from pathlib import Path; from luthier.library.entry import Entry\n"
        "from luthier.library.store import Library\n"
        "with Library(Path(sys.argv[1])) as one:\n"
        "    for n in range(100000):\n"
        "        with one.step(f'add {n}') as step:\n"
        "            one.add(step, [Entry('song', 'midi', f'{n} {k}', b'x%d' % n) for k in range(7)])\n"
        "        print(n, flush=True)\n"
    )
    before = library.count
    with subprocess.Popen(
        [sys.executable, "-c", code, str(library.path)], stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if int(line) >= 20:
                run.send_signal(signal.SIGKILL)
                break
    added = library.count - before
    assert added % 7 == 0 and added >= 21 * 7
    (checked,) = library.connection.execute("PRAGMA integrity_check").fetchone()
    assert checked == "ok"


def test_what_is_written_beside_other_programs_that_come_and_go_is_there(tmp_path: Path) -> None:
    path = tmp_path / "busy.luthier"
    imports = "from pathlib import Path; from luthier.library.store import Library"
    count = f"{imports}; print(Library(Path({str(path)!r})).count)"
    with Library(path) as kept:
        for number in range(1, 3):
            # A second connection of this program comes and goes, and then another program does.
            Library(path).close()
            said = subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, check=True)
            assert int(said.stdout) == number - 1
            with Library(path) as other, other.step("add") as step:
                other.add(step, [Entry("patch", "poly800", f"sound {number}", bytes(21))])
        assert kept.count == 2
    with Library(path) as again:
        assert again.count == 2
