"""Only this machine's own pages are answered, and nothing is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect
from tests.web.requests import ADDRESS, NEWS, PORT, TestClient, client

from luthier.web.bench import Bench
from luthier.web.server import application

FOREIGN = (
    "http://evil.example",
    "http://127.0.0.1:9999",
    "https://127.0.0.1:8800",
    "null",
    "http://localhost",
    "",
)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Requests without an Origin of their own."""
    bench = Bench(tmp_path_factory.mktemp("bench") / "bench.luthier", PORT)
    with TestClient(application(bench), base_url=ADDRESS) as one:
        yield one


@pytest.mark.parametrize("path", ["/", "/api/files/", "/api/library/", "/static/app.js", "/nothing"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8800", "127.0.0.1", "127.0.0.1:80", "localhost:9999", ""]
)
def test_a_foreign_host_is_refused(bare: Any, path: str, host: str) -> None:
    answer = bare.get(path, headers={"host": host})
    assert answer.status_code == 403
    assert "files" not in answer.text


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT", "PATCH", "OPTIONS", "GET"])
def test_a_foreign_origin_is_refused(bare: Any, method: str, origin: str) -> None:
    answer = bare.request(method, "/api/files/", headers={"origin": origin, "x-name": "a.bin"})
    assert answer.status_code == 403
    assert bare.get("/api/files/").json() == []


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_what_changes_something_needs_an_origin(bare: Any, method: str) -> None:
    assert bare.request(method, "/api/files/", headers={"x-name": "a.bin"}).status_code == 403


@pytest.mark.parametrize("headers", [{}, *({"origin": origin} for origin in FOREIGN)])
def test_a_websocket_needs_our_origin(bare: Any, headers: dict[str, str]) -> None:
    with pytest.raises(WebSocketDisconnect), bare.websocket_connect(NEWS, headers=headers):
        pass


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_our_own_pages_are_answered(bare: Any, name: str) -> None:
    headers = {"host": f"{name}:{PORT}", "origin": f"http://{name}:{PORT}"}
    assert bare.get("/api/files/", headers=headers).json() == []
    with bare.websocket_connect(NEWS, headers=headers):
        pass


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_a_page_of_another_site_asks_for_is_refused_but_a_link_may_lead_here(
    bare: Any, site: str
) -> None:
    headers = {"sec-fetch-site": site}
    assert bare.get("/api/library/", headers=headers).status_code == 403
    assert bare.get("/static/app.js", headers=headers).status_code == 403
    assert bare.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/static/app.js",
        "/static/none.js",
        "/api/files/",
        "/api/files/none",
        "/api/none",
        "/none",
        "/api/bank/none",
    ],
)
def test_every_answer_carries_the_policy(tmp_path: Path, path: str) -> None:
    with client(tmp_path) as (ask, _):
        for answer in (ask.get(path), ask.post(path), ask.get(path, headers={"host": "evil.example"})):
            policy = answer.headers["content-security-policy"]
            rules = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
            assert rules["default-src"] == "'none'"
            assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
            assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
            assert "unsafe" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../server.py", "/static/%2e%2e/server.py", "/static/..%2fserver.py",
        "/static/%2e%2e%2f%2e%2e%2fcli/web.py", "/static//etc/passwd", "/static/%2fetc%2fpasswd",
        "/static/..%5cserver.py", "/static/views/../../server.py",
        "/static/%00", "/static/" + "a" * 5000, "/static", "/static/", "/static/views/",
    ],
)  # fmt: skip
def test_nothing_but_the_pages_own_files_is_served(tmp_path: Path, path: str) -> None:
    with client(tmp_path) as (ask, _):
        answer = ask.get(path)
        assert answer.status_code in (400, 404, 405)
        assert "import" not in answer.text
        assert "root:" not in answer.text


def test_the_page_names_no_other_address(tmp_path: Path) -> None:
    # Every script and sheet of the page: no address but our own, no script in the page itself.
    from importlib import resources

    static = Path(str(resources.files("luthier.web").joinpath("static")))
    texts = {
        path: path.read_text(encoding="utf-8")
        for path in static.rglob("*")
        if path.suffix in (".js", ".css", ".html")
    }
    assert len(texts) > 10
    for path, text in texts.items():
        found = [line for line in text.splitlines() if "://" in line and "vendor" not in path.parts]
        allowed = ("http://www.w3.org/2000/svg", "ws://${location.host}")
        assert all(any(one in line for one in allowed) for line in found), (path, found)
    page = texts[static / "index.html"]
    assert "<script>" not in page
    assert "style=" not in page
    assert "onclick" not in page


def test_the_page_is_served_with_its_kind_and_asked_for_again_only_if_it_changed(tmp_path: Path) -> None:
    kinds = {"app.js": "text/javascript", "style.css": "text/css", "icon.svg": "image/svg+xml"}
    with client(tmp_path) as (ask, _):
        for name, kind in kinds.items():
            answer = ask.get(f"/static/{name}")
            assert answer.headers["content-type"].split(";")[0] == kind
            assert answer.headers["cache-control"] == "no-cache"
            again = ask.get(f"/static/{name}", headers={"if-none-match": answer.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
        assert ask.get("/").headers["content-type"].startswith("text/html")
        assert ask.head("/").status_code == 200
