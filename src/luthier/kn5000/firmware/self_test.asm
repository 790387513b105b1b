; What both CPUs test of themselves at the start.  Every routine sets the carry where something is wrong.

; RAM from XIX up to XIY, both multiples of 4: every long word takes its own address, and its complement, and is
; left at 0.  Out: XIX, the first bad word.  Uses XWA.
MEM_TEST_ROUTINE:
          push XIX
.fill:    ld (XIX), XIX
          inc 4, XIX
          cp XIX, XIY
          jr ULT, .fill
          pop XIX
          ld XWA, 0
.check:   ld XHL, (XIX)
          cp XHL, XIX
          jr NZ, .bad                 ; another address wrote here, or a bit stuck
          xor XHL, 0xFFFFFFFF
          ld (XIX), XHL
          cp XHL, (XIX)
          jr NZ, .bad
          ld (XIX), XWA
          cp XWA, (XIX)
          jr NZ, .bad
          inc 4, XIX
          cp XIX, XIY
          jr ULT, .check
          rcf
          ret
.bad:     scf
          ret

; The sum of BC times 256 bytes from XIX on, as long words, must be FFFFFFFF: the build put in what was missing.
; Out: XWA, the sum.
CHECKSUM_CALC:
          ld XWA, 0
.page:    ld E, 16
.turn:    add XWA, (XIX+)
          add XWA, (XIX+)
          add XWA, (XIX+)
          add XWA, (XIX+)
          djnz E, .turn
          djnz BC, .page
          cp XWA, 0xFFFFFFFF
          jr NZ, .bad
          rcf
          ret
.bad:     scf
          ret

; Timer 0 counts to 10 with the clock through 128: its request must come, and not at once.  No interrupt is taken.
TIMER_TEST:
          res 0, (T8RUN)
          ld (INTCLR), 0x14           ; an old request of timer 0
          ld (T01MOD), 0x03
          ld (TREG0), 10
          set 7, (T16RUN)             ; the prescaler
          set 0, (T8RUN)
          ld BC, 0
.wait:    bit 3, (INTET01)
          jr NZ, .came
          inc 1, BC
          cp BC, 2000                 ; far more than 1,280 clocks
          jr ULT, .wait
          res 0, (T8RUN)
          scf
          ret
.came:    res 0, (T8RUN)
          ld (INTCLR), 0x14
          cp BC, 8
          ret                         ; carry: sooner than any chip can count

; DMA channel 1, started by software, moves four bytes; then its end must have asked for INTTC1.
; TEST_PLACE has 16 bytes to spare.
DMA_TEST:
          ld XWA, 0x5AA53CC3
          ld (TEST_PLACE), XWA
          ld XWA, 0
          ld (TEST_PLACE + 8), XWA
          ld XWA, TEST_PLACE
          ldc DMAS1, XWA
          ld XWA, TEST_PLACE + 8
          ldc DMAD1, XWA
          ld A, 0                     ; the source stays, the destination goes on
          ldc DMAM1, A
          ld WA, 4
          ldc DMAC1, WA
          ld (INTCLR), 0x26           ; an old request of INTTC1
          ei 0                        ; DMA rests while all interrupts are off
          ld B, 4
.unit:    ld (DMAR), 0x02
          nop
          nop
          nop
          djnz B, .unit
          ld XWA, (TEST_PLACE + 8)
          cp XWA, 0xC3C3C3C3
          jr NZ, .bad
          bit 7, (INTETC01)
          jr Z, .bad
          ld (INTCLR), 0x26
          rcf
          ret
.bad:     scf
          ret

; Serial channel 0 sends a byte to no pin, clocked by its own generator: INTTX0 must be asked for.
SERIAL_TEST:
          ld (INTCLR), 0x21           ; an old request of INTTX0
          ld (SC0MOD), 0x01           ; eight bits with a clock line, at the rate of the generator
          ld (SC0CR), 0
          ld (BR0CR), 0x14
          ld (SC0BUF), 0x55
          ld BC, 0
.wait:    bit 7, (INTES0)
          jr NZ, .came
          inc 1, BC
          cp BC, 2000
          jr ULT, .wait
          scf
          ret
.came:    ld (INTCLR), 0x21
          rcf
          ret
