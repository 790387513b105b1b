"""The protocol between the two processors: what the main CPU says to the sub CPU through the latch, and back.

From the line to the meaning: a *latch* passes single bytes, a *frame* is a command byte with its bytes, a
*ring* collects what frames carry, a *message* is what the sub CPU takes from a ring.  :mod:`sender` is the
main CPU's end, :mod:`receiver` the sub CPU's, with the bytes of its RAM; :mod:`trace` reads captured bytes.

Sources: the KN5000 audio-subsystem and memory-map pages; where they err, the newer pages of the same project
(sub CPU command format, inter-CPU protocol, payload loading) and the annotated listing of sub program 1.42.
Code says which: "listing" is the last of these.
"""
