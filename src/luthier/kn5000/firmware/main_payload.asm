; The sub CPU's program: where it is found, how it is unpacked, and how it is sent.
;
; It is looked for as the instrument does: packed at 3E0000 in the custom flash, else unpacked at 800000 in the table ROM
; (facts 2.4); and at last in this ROM, so that the firmware runs where there is nothing else.  The tone tables come from
; 830000 in the table ROM, or from this ROM.
;
; Blocks go by E1 in the documented order: tables, program, and last the 256 bytes that begin it.  What the build knows to
; be filling is not sent, so that blocks are shorter than the instrument's nine.

PAYLOAD_ENTRY   equ 0x000400
IMAGE           equ 0x050000    ; where it is unpacked (payload-loading page)
CUSTOM_PAYLOAD  equ 0x3E0000
TABLE_PAYLOAD   equ 0x800000
TABLE_TONES     equ 0x830000

FROM_CUSTOM     equ 1           ; RESULT_SOURCE
FROM_TABLE      equ 2
FROM_HERE       equ 3

SUBCPU_SEND_PAYLOAD:
          calr FIND_PAYLOAD
          ; The sub CPU may still be testing itself: up to three seconds.
          ld BC, 3000
          add BC, (MILLISECONDS)
.ready:   bit OTHER_READY, (HANDSHAKE)
          jr NZ, .send
          ld WA, BC
          sub WA, (MILLISECONDS)
          cp WA, 0
          jr GT, .ready
          ret                         ; nobody is there; the latch test will tell
.send:    ld XIY, BOOT_BLOCKS
.block:   ld XHL, (XIY)               ; source
          cp XHL, 0
          ret Z
          ld XDE, (XIY + 4)           ; destination
          ld XBC, (XIY + 8)           ; count
          add XIY, 12
          push XIY
          cp XHL, TABLE_TONES
          jr NZ, .other
          ld XWA, (TABLE_TONES)       ; does it begin as our tables do?
          cp XWA, (TONES_HERE)
          jr Z, .other
          ld XHL, TONES_HERE
.other:   calr INTERCPU_SEND_BLOCK
          pop XIY
          ret C
          ld BC, 2                    ; time for the other CPU to end the block
          calr DELAY
          jr .block

; Puts the payload at IMAGE.
FIND_PAYLOAD:
          ld XHL, CUSTOM_PAYLOAD
          calr IS_PACKED
          ld (RESULT_SOURCE), FROM_CUSTOM
          jr Z, UNPACK
          ld (RESULT_SOURCE), FROM_TABLE
          ld XHL, TABLE_PAYLOAD
          bit 6, (TABLE_PAYLOAD + 0xFE)   ; the flag that starts it
          jr Z, .here
          cp (TABLE_PAYLOAD), 0x1B    ; and a jump to begin with
          jr Z, .copy
.here:    ld (RESULT_SOURCE), FROM_HERE
          ld XHL, PAYLOAD_HERE
          jr UNPACK
.copy:    ld XDE, IMAGE
          ld IX, 6                    ; 196,608 bytes are six times 32 KB
.piece:   ld BC, 0x4000
          ldirw
          djnz IX, .piece
          ret

; Zero if "SLIDE4K" is at XHL.  Keeps XHL.
IS_PACKED:
          ld XIX, .name
          ld XDE, XHL
          ld B, 8
.letter:  ld A, (XIX+)
          cp A, (XDE+)
          ret NZ
          djnz B, .letter
          cp A, A
          ret
.name:    db "SLIDE4K", 0

; Unpacks SLIDE4K from XHL to IMAGE (facts 2.14).  The ring of 4,096 bytes is what was written last: in front of IMAGE the
; RAM test has left zeros, which is how the ring begins.
;
; XIX packed bytes, XIY the place of the next byte, XIZ the end, D flags, E how many are left.
UNPACK:   ld XIX, XHL
          add XIX, 8
          ld A, (XIX+)                ; the size, the most significant byte first
          extz WA
          extz XWA
          sll 16, XWA
          ld W, (XIX+)
          ld A, (XIX+)
          ld XIY, IMAGE
          ld XIZ, XIY
          add XIZ, XWA
          ld E, 0
.item:    cp XIY, XIZ
          ret UGE
          cp E, 0
          jr NZ, .flag
          ld D, (XIX+)
          ld E, 8
.flag:    dec 1, E
          srl 1, D                    ; 1: a byte as it is
          jr NC, .match
          ld A, (XIX+)
          ld (XIY+), A
          jr .item
.match:   ld A, (XIX+)                ; low byte of the place in the ring
          ld C, (XIX+)                ; its upper four bits, and the length
          ld W, C
          srl 4, W
          and C, 0x0F
          add C, 3
          ld B, 0
          push DE
          ; How far back that is: the ring is written from FEE on.
          ld HL, IY
          sub HL, IMAGE & 0xFFFF
          add HL, 0x0FEE
          sub HL, WA
          dec 1, HL
          and HL, 0x0FFF              ; 0 is a whole ring
          inc 1, HL
          extz XHL
          ld XDE, XIY
          ld XWA, XIY
          sub XWA, XHL
          ld XHL, XWA
          ldir                        ; byte by byte, so that a match may reach into itself
          ld XIY, XDE
          pop DE
          jr .item
