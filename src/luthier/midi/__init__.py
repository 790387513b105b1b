"""MIDI files, ports and system exclusive framing."""
