; The boot ROM of the sub CPU: FE0000 to FFFFFF, 128 KB, code from FF8000 on.
;
; It sets up the chip, tests it, copies its interrupt trampolines to RAM, silences the tone generator, and then takes
; blocks that the main CPU sends (E1) until bit 6 of SUBCPU_STATUS_FLAGS is set, by a block that covers it or by E3.
; Then it calls the payload at 000400.
;
; Addresses of variables, names of routines and the order of things: memory-map page, "Sub CPU Boot ROM Routines" and
; "Sub CPU State Variables"; boot-sequence page; facts 2.3 and 2.4.  Only what stands behind `org` has the address it
; has in the instrument's own boot ROM.

          include "registers.inc"

; --- Places ---------------------------------------------------------------------------------------------------

PAYLOAD_ENTRY   equ 0x000400    ; and the first of 45 trampolines of five bytes
TRAMPOLINES_SIZE equ 225
SUBCPU_STATUS_FLAGS equ 0x04FE
BOOT_STACK      equ 0x05A2
RAM_TEST_START  equ 0x000600
RAM_TEST_END    equ 0x0A0000    ; as far as any block of the boot reaches

LATCH           equ 0x120000
HANDSHAKE       equ PORT_D
SENDING         equ 0           ; SSTAT0, out
READY           equ 1           ; SSTAT1, out
OTHER_SENDS     equ 2           ; MSTAT0, in
OTHER_READY     equ 4           ; MSTAT1, in

DMA_TARGET_ADDR equ 0x0512
CMD_PROCESSING_STATE equ 0x0518
LAST_CMD_BYTE   equ 0x051A
CMD_DATA_BUFFER equ 0x051E
CMD_E1_BUFFER   equ 0x0544
CMD_E2_BUFFER   equ 0x054A
REQUEST_ARRIVED equ 0x0554
REQUEST_PENDING equ 0x0555
MEMTEST_RESULT  equ 0x0556      ; a bit for each test that failed, see below; the payload reports it
TEST_PLACE      equ 0x0560      ; 16 bytes
BOOT_CHECKSUM   equ 0x0570      ; the sum that was found
BAD_ADDRESS     equ 0x0574      ; the first bad word of RAM
STATUS_FLAGS    equ SUBCPU_STATUS_FLAGS
CMD_DISPATCH_TABLE equ BOOT_COMMANDS

FAILED_RAM      equ 0           ; bits of MEMTEST_RESULT
FAILED_ROM      equ 1
FAILED_TIMER    equ 2
FAILED_DMA      equ 3
FAILED_SERIAL   equ 4
FAILED_TONE_GENERATOR equ 5

TONE_GENERATOR_LATCH equ 0x100000
TONE_GENERATOR_DATA equ 0x100002
TONE_GENERATOR_ALIVE equ 0x100004

BOOT_ROM        equ 0xFE0000
BOOT_ROM_PAGES  equ 512         ; of 256 bytes

; --- Handlers of packets: before the payload is there, none does anything -----------------------------------------

          org 0xFF8000
BOOT_COMMANDS:
          dl BOOT_COMMAND, BOOT_COMMAND, BOOT_COMMAND, BOOT_COMMAND
          dl BOOT_COMMAND, BOOT_COMMAND, BOOT_COMMAND, BOOT_COMMAND
BOOT_COMMAND:
          ret

          include "receiver.asm"
          include "self_test.asm"
          include "tone_port.asm"

; --- Reset ----------------------------------------------------------------------------------------------------------

          org 0xFF8290
BOOT_INIT:
          di
          ld (WDMOD), 0x00            ; the watchdog off
          ld (WDCR), 0xB1
          ld XSP, BOOT_STACK
          ; Ports: the handshake, the effect chips' lines at rest, A23 as a port for the tone generator.
          ld (PORT_D), 0x01           ; not ready yet
          ld (PDCR), 0x03
          ld (PORT_7), 0x7F
          ld (P7CR), 0x78
          ld (PORT_E), 0xFF
          ld (PECR), 0x41
          ld (PORT_F), 0xFF
          ld (PFCR), 0x05
          ld (PORT_H), 0x00           ; both effect chips in reset
          ld (PHCR), 0x07
          ld (PZCR), 0xFF
          ld (PORT_6), 0xFF
          ld (P6CR), 0x80
          ld (P6FC), 0x7F
          calr CLEAR_VARIABLES
          calr COPY_VECTORS
          calr RUN_TESTS
          calr INIT_TONE_GEN
          calr INIT_RECEIVER
          ei 0
          set READY, (HANDSHAKE)      ; from now on the main CPU may send

BOOT_MAIN_LOOP:
          res 6, (SUBCPU_STATUS_FLAGS)
.poll:    bit 6, (SUBCPU_STATUS_FLAGS)
          jr Z, .poll
          ei 6                        ; the trampolines are the payload's now
          call PAYLOAD_ENTRY
          jr BOOT_MAIN_LOOP           ; a payload that returns is as one that was never there

; An interrupt that nobody wants.
DEFAULT_HANDLER:
          reti

; An error that nothing can be done about: swi 1 to 7.
HALT_LOOP:
          di
          halt
          jr HALT_LOOP

; 0500 to 057F: everything that has a name above, below the stack.
CLEAR_VARIABLES:
          ld XIX, 0x000500
          ld BC, 0x20
          ld XWA, 0
.turn:    ld (XIX+), XWA
          djnz BC, .turn
          ld (SUBCPU_STATUS_FLAGS), 0
          ret

COPY_VECTORS:
          ld XHL, TRAMPOLINES
          ld XDE, PAYLOAD_ENTRY
          ld BC, TRAMPOLINES_SIZE
          ldir
          ret

; Everything that can be tested without the main CPU; what failed is a bit of MEMTEST_RESULT.
RUN_TESTS:
          ld XIX, RAM_TEST_START
          ld XIY, RAM_TEST_END
          calr MEM_TEST_ROUTINE
          jr NC, .rom
          set FAILED_RAM, (MEMTEST_RESULT)
          ld (BAD_ADDRESS), XIX
.rom:     ld XIX, BOOT_ROM
          ld BC, BOOT_ROM_PAGES
          calr CHECKSUM_CALC
          ld (BOOT_CHECKSUM), XWA
          jr NC, .timer
          set FAILED_ROM, (MEMTEST_RESULT)
.timer:   calr TIMER_TEST
          jr NC, .dma
          set FAILED_TIMER, (MEMTEST_RESULT)
.dma:     calr DMA_TEST
          di
          jr NC, .serial
          set FAILED_DMA, (MEMTEST_RESULT)
.serial:  calr SERIAL_TEST
          jr NC, .tones
          set FAILED_SERIAL, (MEMTEST_RESULT)
.tones:   cpw (TONE_GENERATOR_ALIVE), 0
          ret Z
          set FAILED_TONE_GENERATOR, (MEMTEST_RESULT)
          ret

; All 64 voices silent and free; the payload sets up the rest.
INIT_TONE_GEN:
          ld D, 0
.voice:   ld E, D
          ld WA, 0x0840               ; second segment, then first: silence
          ld BC, 0xFF00
          calr .write
          ld WA, 0x0800
          ld BC, 0xFF80
          calr .write
          ld WA, 0x0000
          ld BC, 0x7E00               ; free
          calr .write
          inc 1, D
          cp D, 64
          jr ULT, .voice
          ret
.write:   or A, E                     ; the latch is register << 6 | voice
          jp TONE_GEN_WRITE

; --- Trampolines and vectors ------------------------------------------------------------------------------------------

; Where no jump stands the filling does, which is RETI.
          org 0xFF8F6C
TRAMPOLINES:
          jp BOOT_INIT                ; 0: reset, swi 0
          org TRAMPOLINES + 5 * 1
          jp HALT_LOOP
          org TRAMPOLINES + 5 * 2
          jp HALT_LOOP
          org TRAMPOLINES + 5 * 3
          jp HALT_LOOP
          org TRAMPOLINES + 5 * 4
          jp HALT_LOOP
          org TRAMPOLINES + 5 * 5
          jp HALT_LOOP
          org TRAMPOLINES + 5 * 6
          jp HALT_LOOP
          org TRAMPOLINES + 5 * 7
          jp HALT_LOOP
          org TRAMPOLINES + 5 * 10
          jp INTERCPU_RX_HANDLER      ; INT0
          org TRAMPOLINES + 5 * 37
          jp CMD_DISPATCH_HANDLER     ; INTTC0
          org TRAMPOLINES + TRAMPOLINES_SIZE

; Reset goes to the ROM, all else to the trampolines in RAM; the build checks that there are 45.
          org 0xFFFF00
VECTORS:
          dl BOOT_INIT
          include "vectors.inc"
          dl 0                        ; B4: reserved
          org 0xFFFFFC
CHECKSUM_PLACE:
          dl 0                        ; the build puts in what makes the sum FFFFFFFF
