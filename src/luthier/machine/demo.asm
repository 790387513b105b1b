; The pitches of all 128 MIDI notes in steps of 1/256 Hz, as a synthesizer's firmware reckons them:
; a table of twelve for the highest octave, halved once for every octave below.

PITCHES  equ 0x2000             ; 128 longs
READY    equ 0x2200             ; a long, 600DCAFE when the table is there

         org 0xE00000
start:   ld XSP, 0x1000
         ld XIX, PITCHES
         ld D, 0                ; the note
next:    ld A, D
         calr pitch
         ld (XIX+), XHL
         inc 1, D
         cp D, 128
         jr C, next
         ld XWA, 0x600DCAFE
         ld (READY), XWA
         halt

; XHL = the pitch of note A
pitch:   extz WA
         div WA, 12             ; A = octave, W = note in the octave
         ld C, W
         extz BC
         extz XBC
         sll 2, XBC
         add XBC, octave
         ld XHL, (XBC)
         sub A, 10
         neg A                  ; octaves below the highest
         ret Z                  ; a shift by 0 would be one by 16
         srl A, XHL
         ret

; 256 x 440 Hz x 2 to the power of (note - 69) / 12, notes 120 to 131
octave:  dl 2143237, 2270680, 2405702, 2548752, 2700309, 2860878
         dl 3030994, 3211227, 3402176, 3604480, 3818814, 4045892
