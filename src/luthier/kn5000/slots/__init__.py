"""The five effect slots: from a configuration in the ring to what the effect chips are told.

:mod:`layout` says what lies where in the image of 290 bytes, :mod:`changes` what differs from what was
applied last, :mod:`plan` is the dispatcher: image in, steps out.  :mod:`sources` names the streams it wants;
they come from a program of the sub CPU (:mod:`rom_source`) or are our own (:mod:`own_source`).

:mod:`control` takes messages from the ring, runs plan, interpreter and translator, and writes :mod:`log`;
:mod:`settings` are the messages that change single words, :mod:`presets` what is there at the start and which
slot is which page, :mod:`batch` runs many configurations by compiled code, :mod:`routing` has the queries for
rows of the tone database that the audio-subsystem page calls coefficient routing.

Sources: the KN5000 audio-subsystem page, and where it errs the annotated listing of sub program 1.42
("listing"), its routines DSP_Reset to DSP_State_LoadAndApplyAll.
"""
