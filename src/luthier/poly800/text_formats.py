"""Banks as text files: JSON, which carries everything, and CSV, which carries the programs."""

from __future__ import annotations

from collections.abc import Sequence

from luthier.errors import InputError
from luthier.formats import Content
from luthier.poly800 import interchange
from luthier.poly800.bank import Bank
from luthier.poly800.bank_format import BankFormat, Found, summary
from luthier.poly800.parameters import every_parameter
from luthier.poly800.synth import Synth

#: A bank takes some 150 KB as JSON; nothing a person writes is ten times that.
_TEXT_LIMIT = 2 * 1024 * 1024


class JsonFormat(BankFormat):
    """One bank with every byte; remembers its synth."""

    name = "poly800-json"
    title = "Poly-800 family bank as JSON"
    suffixes: tuple[str, ...] = (".json",)
    limitations: tuple[str, ...] = ("Holds one bank.",)
    sources: tuple[str, ...] = ("Luthier",)
    synths = tuple(Synth)
    size_limit = _TEXT_LIMIT

    def detect(self, content: Content) -> str | None:
        """What the bank is, if the text says that it is one of ours."""
        if not content.head.lstrip().startswith(b"{") or interchange.JSON_MARK.encode() not in content.head:
            return None
        try:
            return summary(self.read(content)[0])
        except InputError as error:
            return f"DAMAGED: {error}"

    def find(self, content: Content) -> list[Found]:
        """The bank in the file."""
        return [Found(interchange.read_json(self.bounded(content)))]

    def write(self, document: Bank | Sequence[Bank]) -> bytes:
        """The bank as indented JSON."""
        return interchange.write_json(self.single(document)).encode()


class CsvFormat(BankFormat):
    """The 64 programs of a bank as a table."""

    name = "poly800-csv"
    title = "Poly-800 family programs as CSV"
    suffixes: tuple[str, ...] = (".csv",)
    limitations: tuple[str, ...] = (
        f"Cannot carry {interchange.CSV_OMITS}; reading takes them from a base bank or a new one.",
        "Holds one bank.",
    )
    sources: tuple[str, ...] = ("Luthier",)
    synths = tuple(Synth)
    size_limit = _TEXT_LIMIT

    def detect(self, content: Content) -> str | None:
        """How many rows there are, if the first line names our parameters."""
        names = {row.name for row in every_parameter()}
        first = content.head.partition(b"\n")[0].decode("utf-8", "replace").lower()
        known = sum(
            1 for name in first.replace(";", ",").replace("\t", ",").split(",") if name.strip() in names
        )
        if "program" not in first or known < 1:
            return None
        return f"a table of programs with {known} parameters"

    def find(self, content: Content) -> list[Found]:
        """The bank of the table on top of an initial one."""
        return [Found(self.read_onto(content, None))]

    def read_onto(self, content: Content, base: Bank | None) -> Bank:
        """The bank of the table on top of ``base``."""
        try:
            text = self.bounded(content).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError("not UTF-8 text", where=f"byte {error.start}") from error
        return interchange.read_csv(text, base)

    def write(self, document: Bank | Sequence[Bank]) -> bytes:
        """The 64 programs of the bank, a row each."""
        return interchange.write_csv(self.single(document)).encode()


JSON = JsonFormat()
CSV = CsvFormat()
