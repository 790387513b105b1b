; How bytes get to the effect chips: DSP 1 (IC311) in parallel, DSP 2 (IC310) bit by bit.
; Steps as the instrument's program does them (listing; luthier.kn5000.dsp_ports.bus tells where the pages differ).
;
; All routines take the byte in A and keep all registers but A and F.

DSP_WRITE       equ 3           ; bits of port 7: strobes and select, low when they act
DSP_READ        equ 4
DSP1_SELECT     equ 5
DSP_COMMAND_SELECT equ 6        ; 0 for a command
DSP2_SELECT     equ 6           ; of port E
DSP2_SERIAL_DATA equ 0          ; of port F
DSP2_SERIAL_CLOCK equ 2
DSP_READY       equ 0           ; of port H
DSP1_RESET      equ 1           ; low holds the chip
DSP2_RESET      equ 2
READY_LIMIT     equ 8001        ; looks
DSP1_ABSENT     equ VARIABLES + 0x70    ; byte: it was not ready once, so that one look is enough from then on

; --- DSP 1 ------------------------------------------------------------------------------------------------------------

DSP_SEND_COMMAND:
          calr AWAIT_DSP1
          jr C, .end
          set DSP1_SELECT, (PORT_7)
          set DSP_READ, (PORT_7)
          res DSP_WRITE, (PORT_7)
          res DSP_COMMAND_SELECT, (PORT_7)
          calr PUT_BYTE
.end:     set DSP1_SELECT, (PORT_7)
          set DSP_WRITE, (PORT_7)
          set DSP_COMMAND_SELECT, (PORT_7)
          ret

DSP_SEND_DATA:
          calr AWAIT_DSP1
          jr C, .end
          set DSP_COMMAND_SELECT, (PORT_7)
          set DSP1_SELECT, (PORT_7)
          set DSP_READ, (PORT_7)
          res DSP_WRITE, (PORT_7)
          calr PUT_BYTE
.end:     set DSP1_SELECT, (PORT_7)
          set DSP_WRITE, (PORT_7)
          ret

; Selects the chip and looks once more; only a chip that is ready gets the byte.
PUT_BYTE: res DSP1_SELECT, (PORT_7)
          set DSP_READY, (PORT_H)     ; the bit is set before it is read
          bit DSP_READY, (PORT_H)
          ret Z
          ld (PORT_Z), A
          ret

; Looks until DSP 1 is ready.  Carry: it never was.
AWAIT_DSP1:
          push BC
          ld BC, READY_LIMIT
          cp (DSP1_ABSENT), 0
          jr Z, .look
          ld BC, 1
.look:    set DSP_READ, (PORT_7)
          set DSP_WRITE, (PORT_7)
          res DSP1_SELECT, (PORT_7)
          set DSP_READY, (PORT_H)
          bit DSP_READY, (PORT_H)
          jr NZ, .ready
          set DSP1_SELECT, (PORT_7)
          djnz BC, .look
          ld (DSP1_ABSENT), 1
          pop BC
          scf
          ret
.ready:   set DSP1_SELECT, (PORT_7)
          pop BC
          rcf
          ret

; --- DSP 2 ------------------------------------------------------------------------------------------------------------

; A command begins with a start condition: data fall while the clock is high.
DSP2_SEND_COMMAND:
          res DSP2_SELECT, (PORT_E)
          set DSP2_SERIAL_CLOCK, (PORT_F)
          set DSP2_SERIAL_DATA, (PORT_F)
          res DSP2_SERIAL_DATA, (PORT_F)
          res DSP2_SERIAL_CLOCK, (PORT_F)
          jr DSP2_BITS

DSP2_SEND_DATA:
          res DSP2_SELECT, (PORT_E)
DSP2_BITS:
          push B
          ld B, 8
.bit:     rlc 1, A                    ; the most significant first
          jr C, .one
          res DSP2_SERIAL_DATA, (PORT_F)
          jr .clock
.one:     set DSP2_SERIAL_DATA, (PORT_F)
.clock:   set DSP2_SERIAL_CLOCK, (PORT_F)
          nop
          res DSP2_SERIAL_CLOCK, (PORT_F)
          djnz B, .bit
          pop B
          set DSP2_SERIAL_CLOCK, (PORT_F)     ; the ninth pulse
          nop
          res DSP2_SERIAL_CLOCK, (PORT_F)
          set DSP2_SELECT, (PORT_E)
          ret

; The end of what DSP 2 was told: data rise while the clock is high.
DSP2_SPI_BUSIDLE:
          res DSP2_SERIAL_CLOCK, (PORT_F)
          res DSP2_SERIAL_DATA, (PORT_F)
          set DSP2_SERIAL_CLOCK, (PORT_F)
          set DSP2_SERIAL_DATA, (PORT_F)
          ret

; --- The window in the memory map ----------------------------------------------------------------------------------------

; Four channels of eight registers, first the pattern 5A, then their configuration (listing, 0x01FC95).
DSP_INIT_CHANNELS:
          ld W, 0x10                  ; the channel's first register
.channel: ld A, W
          ld B, 8
.register:
          ld (DSP_WINDOW), A
          ld (DSP_WINDOW + 2), 0x5A
          inc 1, A
          djnz B, .register
          add W, 0x20
          cp W, 0x90
          jr NZ, .channel
          ld XWA, 0x01011F1F          ; register 1F is 1
.configuration:
          ld (DSP_WINDOW), XWA
          add A, 0x20
          ld W, A
          cp A, 0x9F
          jr NZ, .configuration
          ret
