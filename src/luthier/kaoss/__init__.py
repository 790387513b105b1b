"""Firmware of the Kaossilator Pro and the Kaoss Pad 3, the ``KORG SYSTEM FILE``, and their loop banks."""
