; What every program of this folder stands on: registers by name, a log of interrupts, the end. It runs on either CPU.
; RESULTS is what the program found out; LOG is what interrupted it, three bytes each: the vector, bits 6-4 of
; the SR that was pushed above (its mask) with STAGE below, and A as it was.

RESULTS  equ 0x10000             ; 400h bytes
LOG      equ 0x10400             ; 400h bytes
LOG_END  equ 0x107FD
READY    equ 0xC000              ; a long, DONE at the end
DONE     equ 0x4C555448
LOG_AT   equ 0xC004              ; where the next entry goes
LOGGING  equ 0xC008              ; a byte: 0 only counts
STAGE    equ 0xC009              ; a byte, 0 to 15
COUNTS   equ 0xC080              ; 64 words, how often each vector was taken
ROUTINES equ 0xC100              ; 64 longs, what to call besides, or 0
FREE     equ 0xC200              ; variables of the program

P7       equ 0x1C
PA       equ 0x28
PC_      equ 0x30
PC_CR    equ 0x32
PD       equ 0x34
PD_CR    equ 0x36
PE       equ 0x38
PH       equ 0x44
PZ       equ 0x68
PZ_CR    equ 0x6A
T8RUN    equ 0x80
TRDC     equ 0x81
T02FFCR  equ 0x82
T01MOD   equ 0x84
T23MOD   equ 0x85
TREG0    equ 0x88
TREG1    equ 0x89
TREG2    equ 0x8A
TREG3    equ 0x8B
TREG4    equ 0x90
TREG5    equ 0x92
T4MOD    equ 0x98
T4FFCR   equ 0x99
T16RUN   equ 0x9E
TREG6    equ 0xA0
TREG7    equ 0xA2
T6MOD    equ 0xA8
T6FFCR   equ 0xA9
TREG8    equ 0xB0
TREG9    equ 0xB2
T8MOD    equ 0xB8
T8FFCR   equ 0xB9
TREGA    equ 0xC0
TREGB    equ 0xC2
TAMOD    equ 0xC8
TAFFCR   equ 0xC9
SC1BUF   equ 0xD4
SC1CR    equ 0xD5
SC1MOD   equ 0xD6
BR1CR    equ 0xD7
PF       equ 0x3C
PF_CR    equ 0x3E
PF_FC    equ 0x3F
INTET01  equ 0xE4
INTET23  equ 0xE5
INTET45  equ 0xE6
INTET67  equ 0xE7
INTET89  equ 0xE8
INTETAB  equ 0xE9
INTES0   equ 0xEA
INTES1   equ 0xEB
INTETC01 equ 0xEC
INTETC23 equ 0xED
INTE0AD  equ 0xF0
IIMC     equ 0xF6
INTCLR   equ 0xF8
DMA0V    equ 0x100
DMA1V    equ 0x101
DMA2V    equ 0x102
DMA3V    equ 0x103
DMAR     equ 0x109
WDMOD    equ 0x110
WDCR     equ 0x111

; Vectors, as bytes behind FFFF00.
V_INT0   equ 0x28
V_T0     equ 0x50
V_T1     equ 0x54
V_T2     equ 0x58
V_T3     equ 0x5C
V_TR4    equ 0x60
V_TR5    equ 0x64
V_TR6    equ 0x68
V_TR7    equ 0x6C
V_TR8    equ 0x70
V_TR9    equ 0x74
V_TRA    equ 0x78
V_TRB    equ 0x7C
V_RX1    equ 0x88
V_TX1    equ 0x8C
V_TC0    equ 0x94
V_TC1    equ 0x98
V_TC2    equ 0x9C
V_TC3    equ 0xA0

         org 0xFF8000
start:   ld XSP, 0xC00
         ld (WDMOD), 0           ; no watchdog
         ld (WDCR), 0xB1
         ld XWA, 0
         ld XIX, RESULTS
         ld BC, 0x200
.clear:  ld (XIX+), XWA
         djnz BC, .clear
         ld XIX, READY
         ld BC, 0xC0
.tidy:   ld (XIX+), XWA
         djnz BC, .tidy
         ld XWA, LOG
         ld (LOG_AT), XWA
         jp main

; The end: the magic word, and nothing any more.
finish:  di
         ld XWA, DONE
         ld (READY), XWA
.stay:   jr .stay

; A request: the vector is on the stack, above it SR and PC.
request: push XWA
         push XBC
         push XIX
         ld WA, (XSP+12)         ; the vector
         srl 1, WA
         ld XIX, COUNTS
         add IX, WA              ; the table does not cross 64 KB
         incw 1, (XIX)
         cp (LOGGING), 0
         jr Z, .called
         ld XIX, (LOG_AT)
         cp XIX, LOG_END
         jr NC, .called
         ld A, (XSP+12)
         ld (XIX+), A
         ld A, (XSP+15)          ; SR's upper half
         and A, 0x70
         or A, (STAGE)
         ld (XIX+), A
         ld A, (XSP+8)           ; A as it was
         ld (XIX+), A
         ld (LOG_AT), XIX
.called: ld WA, (XSP+12)
         extz XWA
         add XWA, ROUTINES
         ld XIX, (XWA)
         cp XIX, 0
         jr Z, .back
         call T, XIX
.back:   pop XIX
         pop XBC
         pop XWA
         inc 2, XSP
         reti

; Make timer 0 ask, and stop it: one request of INTT0, at whatever level INTET01 says.
ask_t0:  ld (T16RUN), 0x80
         ld (T01MOD), 1
         ld (TREG0), 10
         ld (T8RUN), 1
.wait:   bit 3, (INTET01)
         jr Z, .wait
         ld (T8RUN), 0
         ret

; The same of timer 2.
ask_t2:  ld (T16RUN), 0x80
         ld (T23MOD), 1
         ld (TREG2), 10
         ld (T8RUN), 4
.wait:   bit 3, (INTET23)
         jr Z, .wait
         ld (T8RUN), 0
         ret

; One stub for each vector.
v04:     pushw 0x04
         jp request
v08:     pushw 0x08
         jp request
v0c:     pushw 0x0C
         jp request
v10:     pushw 0x10
         jp request
v14:     pushw 0x14
         jp request
v18:     pushw 0x18
         jp request
v1c:     pushw 0x1C
         jp request
v20:     pushw 0x20
         jp request
v24:     pushw 0x24
         jp request
v28:     pushw 0x28
         jp request
v2c:     pushw 0x2C
         jp request
v30:     pushw 0x30
         jp request
v34:     pushw 0x34
         jp request
v38:     pushw 0x38
         jp request
v3c:     pushw 0x3C
         jp request
v40:     pushw 0x40
         jp request
v44:     pushw 0x44
         jp request
v48:     pushw 0x48
         jp request
v4c:     pushw 0x4C
         jp request
v50:     pushw 0x50
         jp request
v54:     pushw 0x54
         jp request
v58:     pushw 0x58
         jp request
v5c:     pushw 0x5C
         jp request
v60:     pushw 0x60
         jp request
v64:     pushw 0x64
         jp request
v68:     pushw 0x68
         jp request
v6c:     pushw 0x6C
         jp request
v70:     pushw 0x70
         jp request
v74:     pushw 0x74
         jp request
v78:     pushw 0x78
         jp request
v7c:     pushw 0x7C
         jp request
v80:     pushw 0x80
         jp request
v84:     pushw 0x84
         jp request
v88:     pushw 0x88
         jp request
v8c:     pushw 0x8C
         jp request
v90:     pushw 0x90
         jp request
v94:     pushw 0x94
         jp request
v98:     pushw 0x98
         jp request
v9c:     pushw 0x9C
         jp request
va0:     pushw 0xA0
         jp request
va4:     pushw 0xA4
         jp request
va8:     pushw 0xA8
         jp request
vac:     pushw 0xAC
         jp request
vb0:     pushw 0xB0
         jp request
vb4:     pushw 0xB4
         jp request
vb8:     pushw 0xB8
         jp request
vbc:     pushw 0xBC
         jp request
vc0:     pushw 0xC0
         jp request
vc4:     pushw 0xC4
         jp request
vc8:     pushw 0xC8
         jp request
vcc:     pushw 0xCC
         jp request
vd0:     pushw 0xD0
         jp request
vd4:     pushw 0xD4
         jp request
vd8:     pushw 0xD8
         jp request
vdc:     pushw 0xDC
         jp request
ve0:     pushw 0xE0
         jp request
ve4:     pushw 0xE4
         jp request
ve8:     pushw 0xE8
         jp request
vec:     pushw 0xEC
         jp request
vf0:     pushw 0xF0
         jp request
vf4:     pushw 0xF4
         jp request
vf8:     pushw 0xF8
         jp request
vfc:     pushw 0xFC
         jp request

         org 0xFFFF00
         dl start
         dl v04, v08, v0c, v10, v14, v18, v1c, v20, v24
         dl v28, v2c, v30, v34, v38, v3c, v40, v44, v48
         dl v4c, v50, v54, v58, v5c, v60, v64, v68, v6c
         dl v70, v74, v78, v7c, v80, v84, v88, v8c, v90
         dl v94, v98, v9c, va0, va4, va8, vac, vb0, vb4
         dl vb8, vbc, vc0, vc4, vc8, vcc, vd0, vd4, vd8
         dl vdc, ve0, ve4, ve8, vec, vf0, vf4, vf8, vfc
