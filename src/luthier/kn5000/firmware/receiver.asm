; How a CPU takes what the other one writes into its latch: interrupt INT0, DMA channel 0, interrupt INTTC0.
; Both CPUs do the same, with other ports and variables, so that this text is in three programs.
;
; The first byte of a frame comes by INT0.  It is answered by lowering the ready line, with DMA channel 0 armed:
; it takes every further INT0 of the frame without the CPU.  Its last byte ends in INTTC0, which acts on the
; frame and raises the ready line (inter-CPU page, "HDMA-Based Command Reception Flow").
;
; The program that includes this says where everything is:
;   LATCH                   the byte to read, and to write for the other direction
;   HANDSHAKE               the port with the four lines
;   OTHER_SENDS, READY      its bits: low while the other CPU has a command; high while this one takes commands
;   DMA_TARGET_ADDR (4), CMD_PROCESSING_STATE (1), LAST_CMD_BYTE (1)
;   CMD_DATA_BUFFER (32), CMD_E1_BUFFER (6), CMD_E2_BUFFER (10)
;   STATUS_FLAGS (1)        bit 6: E3 has come; bit 7: a block that was asked for has not come yet
;   REQUEST_ARRIVED (1), REQUEST_PENDING (1)    an E2 has come; bit 7: and waits for the main loop
;   CMD_DISPATCH_TABLE      eight addresses; handlers get the bytes at XIX, their count in C, and may use all
;
; One thing differs from the documented programs: a byte that comes without a command is read and dropped.
; They leave it in the latch, where INT0 by level would come again and again.

BLOCK           equ 0xE1        ; memory for this CPU: address, count, bytes
BLOCK_REQUEST   equ 0xE2        ; source, destination, count: asks for memory of this CPU
PAYLOAD_READY   equ 0xE3        ; nothing follows
BLOCK_HEADER_SIZE equ 6
REQUEST_SIZE    equ 10

; What DMA channel 0 is collecting (memory-map page, CMD_PROCESSING_STATE).
STATE_IDLE      equ 0
STATE_PACKET    equ 1
STATE_HEADER    equ 2
STATE_REQUEST   equ 3
STATE_BLOCK     equ 4

INT0_START      equ 0x0A        ; the DMA start number of INT0: its vector, 28h, divided by 4

; Latch and interrupt levels, as the running program sets them (inter-CPU page, "Interrupt Configuration").
INIT_RECEIVER:
          ld XWA, LATCH
          ldc DMAS0, XWA
          ld A, 0                     ; bytes from one place to places that go on
          ldc DMAM0, A
          ld (CMD_PROCESSING_STATE), STATE_IDLE
          ld (REQUEST_ARRIVED), 0
          ld (REQUEST_PENDING), 0
          ld (DMAV0), 0
          ld A, (LATCH)               ; whatever is there is not for this program
          ld (IIMC), 0                ; INT0 by level
          ld (INTE0AD), 0x01          ; INT0 on level 1
          ld (INTETC01), 0x05         ; the end of channel 0 on level 5
          ret

; INT0: a command byte.
INTERCPU_RX_HANDLER:
          push XWA
          push XBC
          push XDE
          ld A, (LATCH)               ; reading it ends the request
          bit OTHER_SENDS, (HANDSHAKE)
          jr NZ, .end                 ; high: no command
          ld (LAST_CMD_BYTE), A
          cp A, BLOCK
          jr Z, .block
          cp A, BLOCK_REQUEST
          jr Z, .request
          cp A, PAYLOAD_READY
          jr Z, .start
          and A, 0x1F                 ; a packet: its length - 1 is below the handler
          inc 1, A
          extz WA
          ld BC, WA
          ld XDE, CMD_DATA_BUFFER
          ld A, STATE_PACKET
          jr .arm
.block:   ld BC, BLOCK_HEADER_SIZE
          ld XDE, CMD_E1_BUFFER
          ld A, STATE_HEADER
          jr .arm
.request: ld BC, REQUEST_SIZE
          ld XDE, CMD_E2_BUFFER
          ld A, STATE_REQUEST
.arm:     ld (CMD_PROCESSING_STATE), A
          calr ARM_RECEIVER
          jr .taken
.start:   set 6, (STATUS_FLAGS)
.taken:   res READY, (HANDSHAKE)      ; tells the sender that its command was taken
.end:     pop XDE
          pop XBC
          pop XWA
          reti

; The next BC bytes (0: 65,536) go to XDE.
ARM_RECEIVER:
          ld (DMA_TARGET_ADDR), XDE
          ldc DMAD0, XDE
          ldc DMAC0, BC
          ld (DMAV0), INT0_START
          ret

; INTTC0: all bytes have come.
CMD_DISPATCH_HANDLER:
          push XWA
          push XBC
          push XDE
          push XHL
          push XIX
          push XIY
          push XIZ
          ld A, (CMD_PROCESSING_STATE)
          cp A, STATE_PACKET
          jr Z, .packet
          cp A, STATE_HEADER
          jr Z, .header
          cp A, STATE_REQUEST
          jr Z, .request
          cp A, STATE_BLOCK
          jr NZ, .idle
          res 7, (STATUS_FLAGS)
          jr .idle
.header:  ld (CMD_PROCESSING_STATE), STATE_BLOCK
          ld XDE, (CMD_E1_BUFFER)
          ld BC, (CMD_E1_BUFFER + 4)
          calr ARM_RECEIVER
          jr .end
.request: ld (REQUEST_ARRIVED), 0xFF
          set 7, (REQUEST_PENDING)
          jr .idle
.packet:  ld A, (LAST_CMD_BYTE)
          ld C, A
          and C, 0x1F
          inc 1, C
          srl 5, A
          extz WA
          extz XWA
          sll 2, XWA
          add XWA, CMD_DISPATCH_TABLE
          ld XHL, (XWA)
          ld XIX, CMD_DATA_BUFFER
          call T, XHL
.idle:    ld (CMD_PROCESSING_STATE), STATE_IDLE
          set READY, (HANDSHAKE)
.end:     pop XIZ
          pop XIY
          pop XIX
          pop XHL
          pop XDE
          pop XBC
          pop XWA
          reti
