"""What a page that plays says and is told: bytes are MIDI or sound, texts are JSON."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from luthier.errors import InputError


async def heard(socket: WebSocket, kind: type[Any]) -> Any:
    """The next that a page says: its bytes, or its text as a ``msgspec.Struct``; None when it is gone.

    InputError for a text that is nothing of the kind.
    """
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        return None
    if (data := message.get("bytes")) is not None:
        return bytes(data)
    try:
        return msgspec.json.decode(message["text"], type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InputError(f"this is nothing to play ({error})", remedy="reload the page") from None


async def tell(socket: WebSocket, document: Any) -> None:
    """Tell a page anything, as JSON."""
    await socket.send_text(msgspec.json.encode(document).decode())


async def refuse(socket: WebSocket, text: str) -> None:
    """Tell a page why not, and hang up; it may be gone already."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await tell(socket, {"error": text})
        await socket.close(4400)
