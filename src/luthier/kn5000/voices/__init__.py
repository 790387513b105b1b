"""The 64 voices: who gets one, what it is told, how it ends; nobody else writes to the tone generator."""
