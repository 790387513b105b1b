"""The built-in bank: recordings computed from nothing but the files of this folder.

``instruments.toml`` and ``drums.toml`` say what there is, one module per family how it sounds, ``sound`` adds
up partials and noise so that every loop is exact, ``generation`` makes the whole bank.
"""
