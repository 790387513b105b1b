"""The library: patches, banks, tapes and songs of all instruments in one file, searchable, with a history."""
