"""How a firmware talks to chips over port pins: found by looking at its code, not by running it."""
