"""Logs of what a board did: chosen, written as text, JSON lines or compactly, read back and compared."""
