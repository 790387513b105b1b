"""What the effects of the SX-KN5000 are called, which parameters they have, and what those do.

:mod:`models` has the records, :mod:`loading` reads them from the folder ``data``.

Sources: the KN5000 audio-subsystem page and the documentation project's page on the DSP name tables for names
and units; the annotated listing of sub program 1.42 for ranges, first values and laws.

Open questions
- Lists of the eleven named effects without a program: ours, "modelled".
- The depth of AUTO PAN: the operands of its law are not published.
"""
