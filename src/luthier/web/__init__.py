"""The bench: a browser page on this machine that opens anything Luthier knows, shows it and plays it."""
