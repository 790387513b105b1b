"""What every request has to pass: only this machine's own pages may talk to the server.

A page of some other site, opened in the same browser, could send requests here, and a name server under its
control could give its name our address (DNS rebinding).  So the Host header has to be ours, whatever changes
something or opens a WebSocket has to come from a page of ours (Origin), and what another site's page asks for
is refused where the browser says so (Sec-Fetch-Site); only a link to the page itself may stand anywhere.  The
Content-Security-Policy lets the page load from here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Names under which this machine is reached from itself.
NAMES: Final = ("127.0.0.1", "localhost")
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " media-src 'self' blob:; connect-src 'self'; worker-src 'self'; font-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),
)
_SAFE: Final = ("GET", "HEAD")
#: Where a request comes from, as browsers say: our own page, or the user's own hand.
_OWN_SITES: Final = (None, b"same-origin", b"none")
_HTTP_PORT: Final = 80


class Guard:
    """Stands before the application; refuses with 403 what is not from this machine's own pages."""

    def __init__(self, application: Application, port: int) -> None:
        self._application = application
        hosts = [f"{name}:{port}" for name in NAMES]
        if port == _HTTP_PORT:
            hosts += NAMES
        self._hosts = {host.encode() for host in hosts}
        self._origins = {f"http://{host}".encode() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one WebSocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        asks = scope["type"] == "http" and scope["method"] in _SAFE
        own_site = headers.get(b"sec-fetch-site") in _OWN_SITES or (asks and scope["path"] == "/")
        allowed = (
            headers.get(b"host") in self._hosts
            and own_site
            and (origin in self._origins or (asks and origin is None))
        )
        if allowed:
            await self._application(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4403})
        else:
            await _refuse(send)


def _with_headers(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message.get("headers", ())}
            message["headers"] = [
                *message.get("headers", ()),
                *(pair for pair in _HEADERS if pair[0] not in there),
            ]
        await send(message)

    return sending


async def _refuse(send: Send) -> None:
    body = b"This page is not one of the bench's own.\n"
    headers = [
        *_HEADERS,
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
