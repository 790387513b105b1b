"""The 26 parts: what controllers, programs and bends make of them, in the bytes of the machine's RAM and beside."""
