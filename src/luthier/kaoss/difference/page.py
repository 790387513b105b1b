"""A comparison as one HTML page: no script, nothing from elsewhere, and a policy that forbids both."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from html import escape

from luthier.kaoss.difference import view
from luthier.kaoss.difference.comparison import Comparison, FunctionChange, State

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;"
    "color:#222;background:#fff}"
    "h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}"
    "table{border-collapse:collapse}td,th{text-align:left;padding:.15rem .8rem .15rem 0;vertical-align:top}"
    "code,pre{font:13px/1.45 ui-monospace,monospace}pre{margin:.3rem 0 1rem;overflow-x:auto}"
    "summary{cursor:pointer}ins{background:#dff5df;text-decoration:none}"
    "del{background:#fbe3e3;text-decoration:none}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}"
    "ins{background:#1d3a1d}del{background:#472222}}"
)


def page(comparison: Comparison, before: str, after: str) -> str:
    """The page; ``before`` and ``after`` are the names of the files."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'"
    title = escape(f"{before} and {after}")
    body = "\n".join(_body(comparison))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f"{body}\n</body>\n</html>\n"
    )


def _body(comparison: Comparison) -> Iterator[str]:
    if comparison.is_same:
        yield "<p>Nothing differs.</p>"
        return
    header = [(field.name.replace("_", " "), field.before, field.after) for field in comparison.header]
    yield from _table("Header", ("field", "before", "after"), header)
    vectors = [(one.name, f"{one.before:06X}", f"{one.after:06X}") for one in comparison.vectors]
    yield from _table("Vectors", ("vector", "before", "after"), vectors)
    yield from _functions(comparison)
    yield from _data(comparison)
    texts = [
        (str(text.state), _address(text.before), _address(text.after), repr(text.text))
        for text in comparison.texts
    ]
    yield from _table("Texts", ("", "before", "after", "text"), texts)


def _table(title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    yield f"<h2>{title}</h2>\n<table>"
    yield f"<tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr>"
    for row in rows:
        yield f"<tr>{''.join(f'<td><code>{escape(cell)}</code></td>' for cell in row)}</tr>"
    yield "</table>"


def _address(address: int | None) -> str:
    return "" if address is None else f"{address:06X}"


def _functions(comparison: Comparison) -> Iterator[str]:
    if not comparison.functions:
        return
    yield f"<h2>Functions</h2>\n<p>{escape(view.counts(comparison))}</p>"
    told = [change for change in comparison.functions if change.state not in {State.SAME, State.MOVED}]
    for change in told:
        yield from _function(change)
    moved = [change for change in comparison.functions if change.state is State.MOVED]
    if moved:
        yield f"<details><summary>{len(moved):,} moved</summary>\n<pre>"
        yield from (escape(view.function_title(change)) for change in moved)
        yield "</pre></details>"


def _function(change: FunctionChange) -> Iterator[str]:
    yield f"<details open><summary><code>{escape(view.function_title(change))}</code></summary>\n<pre>"
    for line in (*change.calls, *change.lines):
        yield _marked(line)
    if change.before is None or change.after is None:
        one = change.before or change.after
        assert one is not None
        yield from (_marked(("-" if change.before else "+") + line) for line in one.lines)
    yield "</pre></details>"


def _marked(line: str) -> str:
    tag = {"+": "ins", "-": "del"}.get(line[:1])
    return f"<{tag}>{escape(line)}</{tag}>" if tag else escape(line)


def _data(comparison: Comparison) -> Iterator[str]:
    if not comparison.data:
        return
    yield "<h2>Data</h2>"
    for data in comparison.data:
        yield f"<p><code>{escape(view.data_title(data))}</code></p>\n<pre>"
        yield from _rows("-", data.old)
        yield from _rows("+", data.new)
        yield "</pre>"


#: Bytes of a row, and rows of one piece of data.
_ROW = 32
_MOST_ROWS = 64


def _rows(mark: str, data: bytes) -> Iterator[str]:
    for at in range(0, min(len(data), _ROW * _MOST_ROWS), _ROW):
        yield _marked(f"{mark}{data[at : at + _ROW].hex(' ').upper()}")
    if len(data) > _ROW * _MOST_ROWS:
        yield f"and {len(data) - _ROW * _MOST_ROWS:,} more bytes"
