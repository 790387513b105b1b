; I/O interface mode of serial channel 1: the request when a byte has left, its time, what is received from a line at rest.

         include "frame.asm"

; RESULTS+00: per baud rate (BR1CR = 14, 18, 24, 3A): periods of 64 x 8 states until INTTX1 of one byte, word, and of four bytes
;             written one behind the other's request, word
; RESULTS+10: INTES1 at the end of a byte, behind INTCLR
; RESULTS+12: SC1MOD, SC1CR, BR1CR read back
; LOG: stage 1: requests of one byte at levels 4 (receiving) and 3 (sending)

         org 0xFF0000
main:    ld (INTES1), 0
         ld (PF_CR), 0x50
         ld (PF_FC), 0x50
         ld (SC1MOD), 0x21       ; I/O interface, receiving too, clock by the baud rate generator
         ld (SC1CR), 0x00        ; its own clock
         ld (INTET01), 0x05
         ld (T01MOD), 0x01
         ld (TREG0), 64
         ld XIY, rates
         ld XIZ, RESULTS
.rate:   ld A, (XIY)
         cp A, 0
         jr Z, .back
         ld (BR1CR), A
         ld D, 1
         calr send
         ld (XIZ+), WA
         ld D, 4
         calr send
         ld (XIZ+), WA
         inc 1, XIY
         jr .rate

.back:   ld A, (SC1MOD)
         ld (RESULTS+0x12), A
         ld A, (SC1CR)
         ld (RESULTS+0x13), A
         ld A, (BR1CR)
         ld (RESULTS+0x14), A
         ld (INTCLR), V_TX1/4
         ld (INTCLR), V_RX1/4
         ld (BR1CR), 0x18
         ld (SC1BUF), 0x81
.gone:   bit 7, (INTES1)
         jr Z, .gone
         ld A, (INTES1)
         ld (RESULTS+0x10), A
         ld (INTCLR), V_TX1/4
         ld (INTCLR), V_RX1/4
         ld A, (INTES1)
         ld (RESULTS+0x11), A

; Now with requests.
         ld (STAGE), 1
         ld (LOGGING), 1
         ld (INTES1), 0x34
         ld (SC1BUF), 0x18
         ei 0
.taken:  cpw (COUNTS+V_TX1/2), 0
         jr Z, .taken
         di
         ld XWA, DONE
         ld (READY), XWA
         ld (0x120000), A
         jp finish

; Send D bytes; WA = periods of timer 0 until the last has left.
send:    ld (INTCLR), V_TX1/4
         ldw (COUNTS+V_T0/2), 0
         ld (T16RUN), 0x80
         ld (T8RUN), 1
         ei 0
.next:   ld (SC1BUF), 0x5A
.wait:   bit 7, (INTES1)
         jr Z, .wait
         ld W, (SC1BUF)          ; taken, so that the next finds room
         ld (INTCLR), V_TX1/4
         djnz D, .next
         ld (T8RUN), 0
         di
         ld (INTCLR), V_T0/4
         ld WA, (COUNTS+V_T0/2)
         ret

rates:   db 0x14, 0x18, 0x24, 0x3A, 0
