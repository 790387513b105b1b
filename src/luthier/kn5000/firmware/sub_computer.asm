; The connector TO HOST on serial port 1: 31,250 baud, active sensing every 276 ms, bytes of handler 4 out, and what comes
; in to the main CPU by handler 4 (listing, 0x01F736 to 0x01F91F; luthier.kn5000.computer_port).
;
; Closed at the start: F5 or F4 from the main CPU opens it, all else is dropped until then.

SERIAL_TX_BUFFER equ 0x0C00     ; 512 bytes; the instrument has its rings at 0E16 and 0A00
SERIAL_TX_MASK  equ 0x01FF
SERIAL_RX_BUFFER equ 0x0E16     ; 256 bytes
SERIAL_RX_MASK  equ 0x00FF
TX_WRITE        equ VARIABLES + 0x30    ; words: where to write and read
TX_READ         equ VARIABLES + 0x32
RX_WRITE        equ VARIABLES + 0x34
RX_READ         equ VARIABLES + 0x36
PORT_IS_OPEN    equ VARIABLES + 0x38
SENSING_DUE     equ VARIABLES + 0x39
SENDING_BYTE    equ VARIABLES + 0x3A    ; not 0: a byte is on its way
LAST_SENSING    equ VARIABLES + 0x3C    ; word: the tick of the last FE

ACTIVE_SENSING  equ 0xFE
SENSING_TICKS   equ 0x87
OPEN_PORT       equ 0xF5
OPEN_OUTSIDE    equ 0xF4        ; with the clock of the computer
SERIAL_TO_MAIN  equ 4

INIT_COMPUTER_PORT:
          ld (PFFC), 0x10             ; TXD1 at its pin; the other pins are those of DSP 2
          ld (PFCR), 0x15
          ld (SC1MOD), 0x29           ; eight bits, UART, the chip's own rate; receives
          ld (SC1CR), 0
          ld (BR1CR), 0x0A            ; 20 MHz / 4 / 10 / 16
          ld (INTES1), 0x44           ; both on level 4
          ld (SENDING_BYTE), 1
          ld (SENSING_DUE), 1
          ld (SC1BUF), ACTIVE_SENSING ; and another one as soon as this is out
          ret

; Every tick: is it time for FE?  An interrupt, which keeps WA and lets nothing else send meanwhile.
COMPUTER_TICK:
          ei 6
          ld WA, (TICKS)
          sub WA, (LAST_SENSING)
          cp WA, SENSING_TICKS
          ret ULT
          ld WA, (TICKS)
          ld (LAST_SENSING), WA
          ld (SENSING_DUE), 1
          cp (SENDING_BYTE), 0
          ret NZ
          ld (SENSING_DUE), 0
          ld (SENDING_BYTE), 1
          ld (SC1BUF), ACTIVE_SENSING
          ret

; INTTX1: a byte is out.
COMPUTER_SENT:
          push XWA
          push XHL
          calr NEXT_BYTE
          pop XHL
          pop XWA
          reti

; Sends what is due, active sensing before what waits.  Uses A and XHL.
NEXT_BYTE:
          ld A, ACTIVE_SENSING
          cp (SENSING_DUE), 0
          jr Z, .waiting
          ld (SENSING_DUE), 0
          jr .send
.waiting: ld HL, (TX_READ)
          cp HL, (TX_WRITE)
          jr NZ, .next
          ld (SENDING_BYTE), 0
          ret
.next:    incw 1, (TX_READ)
          and HL, SERIAL_TX_MASK
          extz XHL
          add XHL, SERIAL_TX_BUFFER
          ld A, (XHL)
.send:    ld (SENDING_BYTE), 1
          ld (SC1BUF), A
          ret

; Handler 4.
SERIAL1_DATATRANSMIT:
          ld A, (XIX+)
          cp (PORT_IS_OPEN), 0
          jr NZ, .open
          cp A, OPEN_PORT
          jr Z, .opens
          cp A, OPEN_OUTSIDE
          jr NZ, .next
.opens:   ld (PORT_IS_OPEN), A
          jr .next
.open:    ld HL, (TX_WRITE)
          sub HL, (TX_READ)
          cp HL, SERIAL_TX_MASK
          jr UGE, .next               ; 511 wait already
          ld HL, (TX_WRITE)
          and HL, SERIAL_TX_MASK
          extz XHL
          add XHL, SERIAL_TX_BUFFER
          ld (XHL), A
          incw 1, (TX_WRITE)
.next:    djnz C, SERIAL1_DATATRANSMIT
          cp (SENDING_BYTE), 0
          ret NZ
          jrl NEXT_BYTE

; INTRX1.
COMPUTER_RECEIVED:
          push XWA
          push XHL
          ld A, (SC1BUF)
          cp (PORT_IS_OPEN), 0
          jr Z, .end
          ld HL, (RX_WRITE)
          sub HL, (RX_READ)
          cp HL, SERIAL_RX_MASK
          jr UGE, .end
          ld HL, (RX_WRITE)
          and HL, SERIAL_RX_MASK
          extz XHL
          add XHL, SERIAL_RX_BUFFER
          ld (XHL), A
          incw 1, (RX_WRITE)
.end:     pop XHL
          pop XWA
          reti

; What came in goes on to the main CPU, up to 32 bytes in a round.
SEND_FROM_COMPUTER:
          ld XIX, VARIABLES + 0x40
          ld BC, 0
.take:    ld HL, (RX_READ)
          cp HL, (RX_WRITE)
          jr Z, .send
          and HL, SERIAL_RX_MASK
          extz XHL
          add XHL, SERIAL_RX_BUFFER
          ld A, (XHL)
          ld (XIX+), A
          incw 1, (RX_READ)
          inc 1, BC
          cp BC, 32
          jr ULT, .take
.send:    cp BC, 0
          ret Z
          ld XHL, VARIABLES + 0x40
          ld A, SERIAL_TO_MAIN
          jp INTERCPU_SEND
