"""The open firmware of the SX-KN5000: original TLCS-900/H2 assembly, and what Python makes for it.

Three programs, each in its sources beside this file:

* ``sub_boot.asm``: the sub CPU's boot ROM; tests itself and takes the payload over the latch
* ``sub_payload.asm``: the sub CPU's program; plays through the tone generator and the effect chips
* ``main.asm``: the main CPU's program; sends the payload, plays a song, has a screen, answers panel and MIDI

``receiver.asm``, ``sender.asm``, ``self_test.asm`` and ``tone_port.asm`` are in more than one of them.
:mod:`build` makes images of the instrument's sizes, so that the firmware starts wherever the instrument's own
would.

It does what is documented of the instrument's programs, with registers, ports and RAM where these have them,
and nothing was copied from them.  Where a word needs the tone database of a ROM, our own sounds stand
instead: :mod:`tone_tables`.

What it does not do
- sostenuto and soft pedal, mono, portamento from a key, envelope times, brightness, scales, settings of drums
- pools and quotas of voices: a free voice is taken, else the oldest that was let go, else the oldest
- a stroke is ended by its key up at once; the engine lets it sound for 10 ms at least
- queries for sound names (2B) and settings of all channels (2C) empty the DSP ring
- only streams of our own are sent to the effect chips, and parameters in straight lines to cells of their own
"""
