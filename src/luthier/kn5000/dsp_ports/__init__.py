"""The two effect chips as the sub CPU's ports see them: writes of ports in, commands and data out, and back.

DSP 1 (IC311) takes bytes in parallel, DSP 2 (IC310) bit by bit; four channels of DSP 1 have a window in
the memory map besides.  :mod:`bus` is the sub CPU's end and makes the writes of a byte, :mod:`decoder`
the chips' end and makes events of them; :mod:`messages` puts events together, :mod:`meaning` says what a
message does, and :mod:`register_file` keeps what DSP 2 was told.

Sources: the KN5000 audio-subsystem page, and where it errs the annotated listing of sub program 1.42
("listing").  With ``Protocol.PUBLISHED`` the bus does what the page tells.
"""
