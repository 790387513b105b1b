; The tone generator's port: a latch chooses a register, then comes its data; P6.7 is address line A23.
; Order and pauses as documented (facts 2.1; audio-subsystem page, boot ROM at FF84F1).
;
; In: WA latch (register << 6 | voice), BC data.  Keeps all registers.
TONE_GEN_WRITE:
          res 7, (PORT_6)
          ld (TONE_GENERATOR_LATCH), WA
          nop
          set 7, (PORT_6)
          ld (TONE_GENERATOR_DATA), BC
          jr .pause
.pause:   nop
          nop
          nop
          ret

; What the chip tells at latch WA: voices 0 to 3 in 16 bits each, 180 on the envelopes.  Out: WA.
TONE_GEN_READ:
          res 7, (PORT_6)
          ld (TONE_GENERATOR_LATCH), WA
          nop
          set 7, (PORT_6)
          ld WA, (TONE_GENERATOR_LATCH)
          ret
