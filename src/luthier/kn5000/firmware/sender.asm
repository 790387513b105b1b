; How a CPU sends to the other one: a command byte with a handshake, and behind it the bytes of the frame.
;
; The program that includes this says where everything is: LATCH, HANDSHAKE, and of its bits
;   SENDING                 low while this CPU has a command in the latch
;   OTHER_READY             high while the other CPU takes commands
;   OWN_E1_HEADER (6)       where the header of a block is put together
;
; All routines set the carry if the other CPU did not answer: then nothing, or only a command byte, was sent.
; Source: inter-CPU page, 0xEF3457; listing, InterCPU_DMA_Send_Chunk.  There a DMA channel writes the bytes on the
; sub CPU's side; here a loop does on both.

TIMEOUT_ITERATIONS equ 60000    ; about 0.1 s (inter-CPU page: EA60)
PACKET_LIMIT    equ 32
PACE            equ 8           ; turns of a loop between two bytes: the other CPU's DMA needs one instruction
PHASE_PACE      equ 250         ; and between a header and its block: the other CPU's INTTC0 arms its DMA anew

; Sends the BC bytes at XHL to handler A (0 to 7) in packets of up to 32.  Keeps no registers.
INTERCPU_SEND:
          sll 5, A
          ld D, A                     ; the handler, where the command byte has it
.next:    cp BC, 0
          jr Z, .sent
          ld IX, PACKET_LIMIT
          cp BC, IX
          jr UGE, .whole
          ld IX, BC
.whole:   sub BC, IX
          ld WA, IX
          dec 1, A
          or A, D
          calr BEGIN_FRAME
          ret C
          push BC
          push D
          ld BC, IX
          calr SEND_BYTES
          pop D
          pop BC
          jr .next
.sent:    rcf
          ret

; Sends the XBC bytes (1 to 65,536) at XHL into the other CPU's memory from XDE on.
INTERCPU_SEND_BLOCK:
          ld A, 0xE1
          calr BEGIN_FRAME
          ret C
          ld (OWN_E1_HEADER), XDE
          ld (OWN_E1_HEADER + 4), BC  ; 65,536 is written as 0
          push XHL
          push BC
          ld XHL, OWN_E1_HEADER
          ld BC, 6
          calr SEND_BYTES
          ld E, PHASE_PACE
.wait:    djnz E, .wait
          pop BC
          pop XHL
          calr SEND_BYTES
          rcf
          ret

; Asks the other CPU for BC bytes from its XHL on, to be written here from XDE on.
INTERCPU_REQUEST:
          ld A, 0xE2
          calr BEGIN_FRAME
          ret C
          ld (OWN_E2), XHL
          ld (OWN_E2 + 4), XDE
          ld (OWN_E2 + 8), BC
          ld XHL, OWN_E2
          ld BC, 10
          calr SEND_BYTES
          rcf
          ret

; Sends the command byte A; keeps all but IZ.
BEGIN_FRAME:
          ld IZ, 0
.ready:   bit OTHER_READY, (HANDSHAKE)
          jr NZ, .write
          inc 1, IZ
          cp IZ, TIMEOUT_ITERATIONS
          jr ULT, .ready
          scf
          ret
.write:   res SENDING, (HANDSHAKE)
          ld (LATCH), A
          ld IZ, 0
.taken:   bit OTHER_READY, (HANDSHAKE)
          jr Z, .done
          inc 1, IZ
          cp IZ, TIMEOUT_ITERATIONS
          jr ULT, .taken
          set SENDING, (HANDSHAKE)
          scf                         ; the command byte is lost
          ret
.done:    set SENDING, (HANDSHAKE)
          rcf
          ret

; Writes the BC bytes (0: 65,536) at XHL, one after the other; XHL ends behind them.  Uses A and E.
SEND_BYTES:
          ld A, (XHL+)
          ld (LATCH), A
          ld E, PACE
.wait:    djnz E, .wait
          djnz BC, SEND_BYTES
          ret
