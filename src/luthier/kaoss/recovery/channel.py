"""What bytes to and from a chip in boot mode go through: USB, a device file, or a simulated chip."""

from __future__ import annotations

import os
import select
import time
from pathlib import Path
from typing import Any, Protocol

from luthier.errors import InputError, MissingFeatureError

#: How Renesas' E10A-USB, which has an H8S/2215U, shows itself in boot mode; its bulk end points.
VENDOR, PRODUCT = 0x045B, 0x000D
OUT, IN = 0x01, 0x82
_PACKET = 64


class Channel(Protocol):
    """A way for bytes, both ways."""

    def write(self, content: bytes) -> None:
        """Send bytes."""

    def read(self, count: int, seconds: float) -> bytes:
        """The next bytes, fewer than ``count`` if no more come within a time."""


class UsbChannel:
    """The bulk end points of a USB device, by way of pyusb; raises MissingFeatureError without it."""

    def __init__(self, vendor: int = VENDOR, product: int = PRODUCT) -> None:
        core = _pyusb()
        device = _find(core, vendor, product)
        if device is None:
            raise InputError(
                f"no USB device {vendor:04X}:{product:04X} is there",
                remedy="a chip shows itself so only after a reset with its mode pins set for USB boot mode",
            )
        self._error: type[Exception] = core.USBError
        self._device = device
        try:
            device.set_configuration()
        except self._error as error:
            raise InputError(f"the USB device does not answer ({error})") from None
        self._kept = bytearray()

    def write(self, content: bytes) -> None:
        """Send bytes."""
        try:
            self._device.write(OUT, content)
        except self._error as error:
            raise InputError(f"the USB device took nothing ({error})") from None

    def read(self, count: int, seconds: float) -> bytes:
        """The next bytes."""
        end = time.monotonic() + seconds
        while len(self._kept) < count and time.monotonic() < end:
            try:
                self._kept += self._device.read(IN, _PACKET, timeout=int(seconds * 1000))
            except self._error:
                break
        found, self._kept = bytes(self._kept[:count]), self._kept[count:]
        return found


def _pyusb() -> Any:
    try:
        import usb.core  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise MissingFeatureError(
            "USB needs pyusb and libusb, which are not installed: pip install pyusb"
        ) from None
    return usb.core


def _find(core: Any, vendor: int, product: int) -> Any:
    try:
        return core.find(idVendor=vendor, idProduct=product)
    except core.NoBackendError:
        raise MissingFeatureError("pyusb finds no libusb on this machine") from None


class DeviceChannel:
    """A device file or a pipe that takes and gives bytes as they are."""

    def __init__(self, path: Path) -> None:
        try:
            self._descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOCTTY", 0))
        except OSError as error:
            raise InputError(
                f"cannot be opened ({(error.strerror or str(error)).lower()})", where=str(path)
            ) from None
        self._path = path

    def write(self, content: bytes) -> None:
        """Send bytes."""
        try:
            while content:
                content = content[os.write(self._descriptor, content) :]
        except OSError as error:
            raise InputError(f"took nothing ({error.strerror})", where=str(self._path)) from None

    def read(self, count: int, seconds: float) -> bytes:
        """The next bytes."""
        found = b""
        end = time.monotonic() + seconds
        while len(found) < count:
            ready, _, _ = select.select([self._descriptor], [], [], max(0.0, end - time.monotonic()))
            part = os.read(self._descriptor, count - len(found)) if ready else b""
            if not part:
                break
            found += part
        return found
