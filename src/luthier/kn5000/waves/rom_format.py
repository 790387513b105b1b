"""Wave ROMs as a file format."""

from __future__ import annotations

from luthier.errors import InputError
from luthier.formats import Content
from luthier.kn5000.waves.rom import ROM_SIZE, WaveRom, index_size, read_rom, require_size, write_rom


class WaveRomFormat:
    """An image of one wave ROM; the document is a :class:`WaveRom`."""

    name: str = "kn5000-wave-rom"
    title: str = "SX-KN5000 wave ROM"
    suffixes: tuple[str, ...] = (".bin", ".rom", ".ic304", ".ic305", ".ic306", ".ic307")
    limitations: tuple[str, ...] = (
        "Known from IC307 alone; the other three chips were never read out.",
        "The format tells no root note, rate or loop: `luthier kn5000 waves` estimates and says so.",
        "Flags of parameter words are kept, mostly without their meaning.",
    )
    sources: tuple[str, ...] = ("KN5000 waveform page (IC307)",)

    def detect(self, content: Content) -> str | None:
        """How many entries and waves it has."""
        if content.size != ROM_SIZE or index_size(content.head) is None:
            return None
        try:
            rom = read_rom(content.data)
        except InputError:
            return None
        text = f"{len(rom.entries)} entries, {len(rom.starts)} different waves"
        odd = len(rom.warnings())
        return f"{text}, {odd} odd records" if odd else text

    def read(self, content: Content) -> WaveRom:
        """The image; raises InputError."""
        require_size(content.size)
        return read_rom(content.data)

    def write(self, document: WaveRom) -> bytes:
        """The bytes of the image."""
        return write_rom(document)


WAVE_ROM = WaveRomFormat()
