"""The program that runs cases inside MAME's ``kn5000``, and how it is started (see README.md).

Machine code is written here byte by byte: what is to be tested has no part in testing.
For each case the program fills two windows of memory, loads every register from a descriptor, jumps to the
one instruction under test, and keeps all registers and both windows after it.  Where the instruction leads to
is told by pads: a pad keeps its number and jumps to the epilogue.
"""

from __future__ import annotations

import os
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROM = 0xE00000
ROM_SIZE = 0x200000
DESCRIPTORS = 0x400000  #: in the rhythm ROM
DESCRIPTORS_SIZE = 0x400000
RESULTS = 0x010000
RESULTS_END = 0x0F0000
CODE = 0xFF8000  #: prologue and epilogue
VECTORS = 0xFFFF00

# Variables of the program, in the chip's internal RAM.
CASE_POINTER = 0x500
RESULT_POINTER = 0x504
STARTED = 0x508
MAGIC_PLACE = 0x50C
MAGIC = 0x4C555448
BLOCK_TOP = 0x680  #: registers are pushed below, XSP and the pad number stand above
BLOCK_LENGTH = 134
BLOCK = BLOCK_TOP - 128
SAVED_XSP = BLOCK_TOP
PAD_NUMBER = BLOCK_TOP + 4

DATA_LENGTH = 64
STACK_LENGTH = 32
RESULT_LENGTH = BLOCK_LENGTH + DATA_LENGTH + STACK_LENGTH
DESCRIPTOR_LENGTH = 240
CAPACITY = (RESULTS_END - RESULTS) // RESULT_LENGTH

#: Register codes in the order of the arrays: banks 0 to 3 of XWA XBC XDE XHL, then XIX XIY XIZ (XSP is last).
BANKED_CODES = tuple(16 * bank + 4 * register for bank in range(4) for register in range(4))
REGISTER_CODES = (*BANKED_CODES, 0xF0, 0xF4, 0xF8)

#: Pads in RAM, where jumps to 16-bit addresses end.
RAM_PADS = (0x0D01, 0x1AB4, 0x2FF8, 0x40F3, 0x5A5A, 0x7FF4, 0x8000, 0x9C3E, 0xA5C7, 0xCDEF, 0xE0E2, 0xFFE0)
PAD_FALL_THROUGH = 1
PAD_TARGET = 2
PAD_STRAY = 3
PAD_FIRST_RAM = 0x100
PAD_FIRST_SWI = 0x200
PAD_LENGTH = 10
SITE_PREFIX = 5  #: LD XSP,#32 before the instruction under test


def jump(address: int) -> bytes:
    """JP #24."""
    return b"\x1b" + address.to_bytes(3, "little")


def load(register: int, value: int) -> bytes:
    """LD r32,#32; changes no flags."""
    return bytes([0x40 + register]) + value.to_bytes(4, "little")


def load_from(register: int, address: int) -> bytes:
    """LD r32,(#16)."""
    return b"\xe1" + address.to_bytes(2, "little") + bytes([0x20 + register])


def store(address: int, register: int) -> bytes:
    """LD (#16),r32."""
    return b"\xf1" + address.to_bytes(2, "little") + bytes([0x60 + register])


def store_word(address: int, value: int) -> bytes:
    """LDW (#16),#16; changes no flags and no register."""
    return b"\xf1" + address.to_bytes(2, "little") + b"\x02" + value.to_bytes(2, "little")


def add(register: int, value: int) -> bytes:
    """ADD r32,#32."""
    return bytes([0xE8 + register, 0xC8]) + value.to_bytes(4, "little")


XWA, XBC, XDE, XHL, XIX, XIY, XIZ, XSP = range(8)


def load_field(size: int, register: int, offset: int) -> bytes:
    """LD r,(XIX+offset), a word (0x98) or a long word (0xA8)."""
    return bytes([size + XIX, offset, 0x20 + register])


def copy(count: int) -> bytes:
    """LD BC,count; LDIR (XDE+),(XHL+)."""
    return b"\x31" + struct.pack("<H", count) + b"\x83\x11"


def pad(number: int) -> bytes:
    """A landing pad; the epilogue is the first thing at CODE."""
    code = store_word(PAD_NUMBER, number) + jump(CODE)
    assert len(code) == PAD_LENGTH
    return code


def epilogue() -> bytes:
    """Keep everything. The reset leads here too: SWI 0 does, and can't be told from it before."""
    code = store(SAVED_XSP, XSP) + load(XSP, BLOCK_TOP)
    code += b"\x02"  # PUSH SR
    code += b"\x0b\x00\xf8\x03"  # PUSHW 0xF800, POP SR: bank 0, whatever the case did
    code += load(XSP, BLOCK_TOP - 2) + b"\x16\x18"  # EX F,F'; PUSH F
    code += load(XSP, BLOCK_TOP - 4)
    for register in reversed(REGISTER_CODES):
        code += bytes([0xE7, register, 0x04])
    for channel in (3, 2, 1, 0):
        code += b"\xd8\xa8" + bytes([0xC9, 0x2F, 0x42 + 4 * channel, 0x28])  # LD WA,0; LDC A,DMAM; PUSH WA
        code += bytes([0xD8, 0x2F, 0x40 + 4 * channel, 0x28])  # DMAC
        code += bytes([0xE8, 0x2F, 0x20 + 4 * channel, 0x38])  # DMAD
        code += bytes([0xE8, 0x2F, 0x00 + 4 * channel, 0x38])  # DMAS
    # CPW (STARTED),0; JP NZ,over the next: a JR of four bytes' distance
    return code + b"\xd1" + STARTED.to_bytes(2, "little") + b"\x3f\x00\x00" + b"\x6e\x04"


def keep_result() -> bytes:
    """Copy the block and both windows to the next place of the results, and step to the next descriptor."""
    code = load_from(XIX, CASE_POINTER)
    code += load_from(XDE, RESULT_POINTER) + load(XHL, BLOCK) + copy(BLOCK_LENGTH)
    code += load_field(0xA8, XHL, 0) + load_field(0x98, XBC, 8) + b"\x83\x11"
    code += load_from(XDE, RESULT_POINTER) + add(XDE, BLOCK_LENGTH + DATA_LENGTH)
    code += load_field(0xA8, XHL, 4) + copy(STACK_LENGTH)
    code += load_from(XDE, RESULT_POINTER) + add(XDE, RESULT_LENGTH) + store(RESULT_POINTER, XDE)
    return code + add(XIX, DESCRIPTOR_LENGTH) + store(CASE_POINTER, XIX)


def prologue() -> bytes:
    """Set up the case whose descriptor is at (CASE_POINTER)."""
    code = store_word(PAD_NUMBER, 0) + load_from(XIX, CASE_POINTER)
    code += b"\xe7\x40\x03" + bytes(4)  # MAME's register that belongs to nobody would be random otherwise
    code += load_field(0xA8, XDE, 0) + b"\xec\x8b" + add(XHL, 10) + load_field(0x98, XBC, 8) + b"\x83\x11"
    code += load_field(0xA8, XDE, 4) + b"\xec\x8b" + add(XHL, 74) + copy(STACK_LENGTH)
    code += b"\xec\x8f" + add(XSP, 106)  # LD XSP,XIX
    code += b"\x19\x16\x15"  # POP F; EX F,F'; POP A
    for channel in range(4):
        code += bytes([0x58, 0xE8, 0x2E, 0x00 + 4 * channel])  # POP XWA; LDC DMAS,XWA
        code += bytes([0x58, 0xE8, 0x2E, 0x20 + 4 * channel])
        code += bytes([0x48, 0xD8, 0x2E, 0x40 + 4 * channel])  # POP WA; LDC DMAC,WA
        code += bytes([0x48, 0xC9, 0x2E, 0x42 + 4 * channel])
    for register in REGISTER_CODES:
        code += bytes([0xE7, register, 0x05])
    return code + b"\x07"  # RETI: SR and PC of the case; XSP is set there


def first_start(pads: int, prologue_at: int) -> bytes:
    """Set the pointers and copy the RAM pads, which stand at ``pads``."""
    code = store_word(STARTED, 1)
    code += (
        load(XIX, DESCRIPTORS) + store(CASE_POINTER, XIX) + load(XDE, RESULTS) + store(RESULT_POINTER, XDE)
    )
    for number, address in enumerate(RAM_PADS):
        code += load(XHL, pads + PAD_LENGTH * number) + load(XDE, address) + copy(PAD_LENGTH)
    return code + jump(prologue_at)


def finish() -> bytes:
    """Say that all is done, and stay."""
    return load(XWA, MAGIC) + store(MAGIC_PLACE, XWA) + b"\x68\xfe"


def build() -> tuple[bytes, int]:
    """The program for CODE, and the address a descriptor names as the last case."""
    first = epilogue()
    kept = keep_result()
    prologue_at = CODE + len(first) + 4 + len(kept)
    finish_at = prologue_at + len(prologue())
    pads_at = finish_at + len(finish())
    pads = b"".join(pad(PAD_FIRST_RAM + number) for number in range(len(RAM_PADS)))
    start_at = pads_at + len(pads)
    code = first + jump(start_at) + kept + prologue() + finish() + pads + first_start(pads_at, prologue_at)
    return code, finish_at


@dataclass(frozen=True)
class Window:
    """A piece of memory a case begins with."""

    address: int
    data: bytes


@dataclass
class Case:
    """One instruction and everything before it."""

    code: bytes
    address: int
    data: Window
    stack: Window
    registers: list[int]  #: in the order of REGISTER_CODES
    xsp: int
    sr: int
    f_alternate: int
    control: bytes  #: 4 x (DMAS 4, DMAD 4, DMAC 2, DMAM 1, 0)
    target: int | None = None  #: where a branch may lead, apart from the next instruction


@dataclass(frozen=True)
class Result:
    """Everything after the case."""

    data: bytes
    stack: bytes
    registers: tuple[int, ...]
    xsp: int
    sr: int
    f_alternate: int
    control: bytes
    pc: int | None  #: None where the instruction led to no place that was expected


def descriptor(case: Case) -> bytes:
    """The case as the prologue wants it."""
    site = case.address - SITE_PREFIX
    out = struct.pack("<IIH", case.data.address, case.stack.address, len(case.data.data))
    out += case.data.data.ljust(DATA_LENGTH, b"\0") + case.stack.data
    out += bytes([case.f_alternate, 0]) + case.control
    out += struct.pack("<19I", *case.registers) + struct.pack("<HI", case.sr, site)
    return out.ljust(DESCRIPTOR_LENGTH, b"\0")


class Image:
    """The program ROM: where there is room, and what is there."""

    def __init__(self) -> None:
        self.bytes = bytearray(b"\xff" * ROM_SIZE)  # SWI 7: what goes astray comes back
        self.used = np.zeros(ROM_SIZE, dtype=np.bool_)
        code, self.finish = build()
        self.put(CODE, code)
        vectors = [CODE] + [0] * 63
        for number in range(1, 8):
            vectors[number] = CODE - 0x100 + 0x10 * number
            swi = PAD_STRAY if number == 7 else PAD_FIRST_SWI + number
            self.put(vectors[number], pad(swi))
        self.put(VECTORS, b"".join(vector.to_bytes(4, "little") for vector in vectors))
        self.vectors = vectors

    def free(self, address: int, length: int) -> bool:
        """Whether nothing is at the place yet, and it is in the ROM."""
        start = address - ROM
        return start >= 0 and start + length <= ROM_SIZE and not self.used[start : start + length].any()

    def put(self, address: int, code: bytes) -> None:
        """Take a free place."""
        assert self.free(address, len(code)), hex(address)
        self.bytes[address - ROM : address - ROM + len(code)] = code
        self.used[address - ROM : address - ROM + len(code)] = True

    def room_for(self, case: Case) -> bool:
        """Whether the case and its target fit."""
        start, length = case.address - SITE_PREFIX, SITE_PREFIX + len(case.code) + PAD_LENGTH
        if not self.free(start, length):
            return False
        target = case.target
        if target is None or target in RAM_PADS or target == case.address + len(case.code):
            return True
        return self.free(target, PAD_LENGTH) and (target + PAD_LENGTH <= start or target >= start + length)

    def add(self, case: Case) -> None:
        """Write the case: XSP, the instruction, the pad behind it and the one it may jump to."""
        end = case.address + len(case.code)
        self.put(case.address - SITE_PREFIX, load(XSP, case.xsp) + case.code + pad(PAD_FALL_THROUGH))
        if case.target is not None and case.target not in RAM_PADS and case.target != end:
            self.put(case.target, pad(PAD_TARGET))

    def pc_after(self, case: Case, number: int) -> int | None:
        """The address of the pad with that number."""
        if number == PAD_FALL_THROUGH:
            return case.address + len(case.code)
        if number == PAD_TARGET:
            return case.target
        if PAD_FIRST_RAM <= number < PAD_FIRST_RAM + len(RAM_PADS):
            return RAM_PADS[number - PAD_FIRST_RAM]
        if PAD_FIRST_SWI < number < PAD_FIRST_SWI + 8:
            return self.vectors[number - PAD_FIRST_SWI]
        if number == 0:
            return CODE
        return self.vectors[7] if case.code[:1] == b"\xff" else None


#: name and size of every file the driver asks for; 0xFF where it isn't written below
FILES = {
    "kn5000_v10_program.rom": ROM_SIZE,
    "kn5000_subcpu_boot.ic30": 0x20000,
    "kn5000_table_data_rom_even.ic3": 0x100000,
    "kn5000_table_data_rom_odd.ic1": 0x100000,
    "kn5000_custom_data_rom.ic19": 0x100000,
    "kn5000_subprogram_v142_compressed.rom": 93203,
    "kn5000_rhythm_data_rom.ic14": DESCRIPTORS_SIZE,
    "kn5000_waveform_rom.ic307": 0x400000,
}
SUB_PROGRAM = b"\x06\x07\x05\x68\xfe"  # DI; HALT; JR $

SCRIPT = """
local frames = 0
local space = manager.machine.devices[":maincpu"].spaces["program"]
local function look()
    frames = frames + 1
    local done = space:read_u32({magic_place}) == {magic}
    if done or frames > 1200 then
        local file = io.open("{output}", "wb")
        file:write(string.pack("<I4I4I4", done and 1 or 0, frames, space:read_u32({case_pointer})))
        file:write(space:read_range({results}, {results_end} - 1, 8))
        file:close()
        manager.machine:exit()
    end
end
subscription = emu.add_machine_frame_notifier(look)
"""


def write_roms(folder: Path, program: bytes, rhythm: bytes = b"") -> None:
    """ROM images of the sizes that the driver wants: the main CPU's program, and a sub CPU that halts."""
    roms = folder / "roms" / "kn5000"
    roms.mkdir(parents=True, exist_ok=True)
    sub = bytearray(b"\xff" * 0x20000)
    sub[0x1F000 : 0x1F000 + len(SUB_PROGRAM)] = SUB_PROGRAM
    sub[0x1FF00:0x20000] = (0xFFF000).to_bytes(4, "little") * 64
    contents = {
        "kn5000_v10_program.rom": program,
        "kn5000_subcpu_boot.ic30": bytes(sub),
        "kn5000_rhythm_data_rom.ic14": rhythm,
    }
    for name, size in FILES.items():
        (roms / name).write_bytes(contents.get(name, b"").ljust(size, b"\xff"))


def start(mame: str, folder: Path, script: Path, seconds: int) -> subprocess.CompletedProcess[str]:
    """Run MAME on the images in ``folder`` until ``script`` ends it, or emulated ``seconds`` are over."""
    command = [mame, "kn5000", "-rompath", str(folder / "roms"), "-bios", "v10", "-video", "none"]
    command += ["-sound", "none", "-nothrottle", "-skip_gameinfo", "-seconds_to_run", str(seconds)]
    command += ["-autoboot_delay", "0", "-autoboot_script", str(script)]
    command += ["-cfg_directory", str(folder / "cfg"), "-nvram_directory", str(folder / "nvram")]
    environment = os.environ | {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment, cwd=folder)


def write_files(folder: Path, image: Image, descriptors: bytes) -> None:
    """The ROM images of our own that MAME runs, and the script that reads the results."""
    write_roms(folder, bytes(image.bytes), descriptors)
    script = SCRIPT.format(
        magic_place=MAGIC_PLACE,
        magic=MAGIC,
        output=folder / "results.bin",
        case_pointer=CASE_POINTER,
        results=RESULTS,
        results_end=RESULTS_END,
    )
    (folder / "read.lua").write_text(script)


def run(mame: str, folder: Path, image: Image, cases: list[Case]) -> list[Result]:
    """Run the cases in MAME; as many as fit into its RAM, at most CAPACITY."""
    last = bytearray(descriptor(cases[0]))
    last[234:238] = image.finish.to_bytes(4, "little")
    write_files(folder, image, b"".join(descriptor(case) for case in cases) + bytes(last))
    output = folder / "results.bin"
    output.unlink(missing_ok=True)
    done = start(mame, folder, folder / "read.lua", 60)
    if not output.exists():
        raise SystemExit(f"MAME left no results:\n{done.stdout}\n{done.stderr}")
    content = output.read_bytes()
    complete, frames, pointer = struct.unpack_from("<III", content)
    if not complete:
        number = (pointer - DESCRIPTORS) // DESCRIPTOR_LENGTH
        raise CaseLostError(number, f"case {number} of {len(cases)} never came back ({frames} frames)")
    raw = np.frombuffer(content, dtype=np.uint8, offset=12)[: len(cases) * RESULT_LENGTH]
    return [result(image, case, row) for case, row in zip(cases, raw.reshape(-1, RESULT_LENGTH), strict=True)]


class CaseLostError(Exception):
    """A case from which MAME didn't come back."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number


def result(image: Image, case: Case, row: NDArray[np.uint8]) -> Result:
    """Read one result."""
    raw = row.tobytes()
    control, registers = raw[:48], struct.unpack_from("<19I", raw, 48)
    f_alternate, sr, xsp, number = struct.unpack_from("<xBHIH", raw, 124)
    data = raw[BLOCK_LENGTH : BLOCK_LENGTH + len(case.data.data)]
    stack = raw[BLOCK_LENGTH + DATA_LENGTH :]
    return Result(data, stack, registers, xsp, sr, f_alternate, control, image.pc_after(case, number))
