; The 64 voices: who plays, how a key becomes a voice, how voices follow their part, and how they end.
;
; Allocation: a voice that is free; otherwise the oldest that was let go, the oldest that a pedal holds, the oldest of
; all; a third layer takes none whose key is down, and is left out.  (The instrument has pools with quotas for parts,
; luthier.kn5000.voices.lists; this is simpler.)
;
; What is written for a stroke, in this order: silence, the burst of 23 words, the key word, the vibrato where it differs
; (facts 2.1; listing, 0x02C8E4).

VOICES          equ 0x04308E    ; behind the parts, as in the instrument; the fields are ours
VOICE_SIZE      equ 71
VOICE_COUNT     equ 64

VOICE_STATE     equ 0           ; one of:
VOICE_FREE      equ 0
VOICE_LET_GO    equ 1           ; falls to silence
VOICE_HELD      equ 2           ; key up, but the pedal holds
VOICE_DOWN      equ 3
VOICE_PART      equ 1
VOICE_KEY       equ 2
VOICE_GROUP     equ 3           ; not 0: only the last of a group sounds on
VOICE_FLAGS     equ 4           ; bit 0: key up does not end it
VOICE_NUMBER    equ 5
VOICE_AGE       equ 6           ; long
VOICE_EXCESS    equ 10          ; long: steps of its level above the loudest, 16 bits behind the point
VOICE_RELEASE   equ 14          ; long: rate of its release from full level, 16 bits behind the point
VOICE_PAN       equ 18          ; word, signed: its own, 2000h all right
VOICE_PITCH     equ 20          ; word: without the part's bend
VOICE_REVERB    equ 22          ; word: its own share, 8000h all
VOICE_CHORUS    equ 24
VOICE_SWING     equ 26          ; word: its own vibrato, as PART_SWING
VOICE_RATE      equ 28          ; byte: of its vibrato
VOICE_WAIT      equ 30          ; word: ticks until its vibrato comes in; 0: it is there
VOICE_RAMP      equ 32          ; byte: how far it has come in, 0 to 146 ticks (0.3 s)
; Words as they were last written:
NOW_EXPRESSION  equ 34
NOW_PAN         equ 36
NOW_PITCH       equ 38
NOW_SENDS       equ 40
NOW_RATE        equ 42          ; of registers 15 and 07: these stay with the voice from stroke to stroke
NOW_DEPTH       equ 44
VOICE_GLIDE     equ 46          ; a glide, six bytes:
GLIDE_OFFSET    equ 0           ; word, signed: where it begins, 1/256 semitone from the key
GLIDE_TICKS     equ 2           ; word: how long it takes; 0: there is none
GLIDE_START     equ 4           ; word: the tick it began

SWELL           equ 146         ; ticks of 2.048 ms
SWELL_GRAIN     equ 11          ; and in steps of 23 ms

; A voice's registers as 34 words, before they are written (listing: 0x0451CC is such an image).
STRUCTURE       equ 0x0451CC

; --- A key goes down ------------------------------------------------------------------------------------------------------

; D part, E key, C velocity, XIY the part's record.
VOICE_NOTEON:
          ld (STROKE_KEY), E
          ld (STROKE_PART), D
          ld (STROKE_VELOCITY), C
          ld XWA, (STROKES)
          inc 1, XWA
          ld (STROKES), XWA
          ld XIX, (XIY + PART_TONE)
          bit 0, (XIY + PART_DRUMS)
          jr NZ, .drum
          calr BEGIN_GLIDE
          ld (STROKE_LAYER), 0
          ld B, (XIX + TONE_LAYERS)
          ld XHL, XIX
          add XHL, TONE_HEADER
.layer:   push B
          push XHL
          calr STRIKE_LAYER
          pop XHL
          ld WA, (XHL + LAYER_SIZE)
          extz XWA
          add XHL, XWA
          pop B
          inc 1, (STROKE_LAYER)
          djnz B, .layer
          ret

; A drum: the kit's table has its place for each key.
.drum:    ldw (STROKE_GLIDE + GLIDE_TICKS), 0
          ld (STROKE_LAYER), 0
          ld A, E
          extz WA
          extz XWA
          add XWA, XWA
          add XWA, XIX
          ld WA, (XWA + TONE_HEADER)
          cp WA, 0
          ret Z                       ; nothing on this key
          extz XWA
          ld XHL, XIX
          add XHL, XWA
          ld A, (XHL + DRUM_GROUP)
          cp A, 0
          jr Z, .strike
          push XHL
          ld D, (STROKE_PART)
          calr CHOKE
          pop XHL
.strike:  calr VOICE_ALLOCATE
          calr BEGIN_VOICE
          ld A, (XHL + DRUM_GROUP)
          ld (XIZ + VOICE_GROUP), A
          ld A, (XHL + DRUM_FLAGS)
          ld (XIZ + VOICE_FLAGS), A
          ld WA, (XHL + DRUM_PITCH)
          ld (XIZ + VOICE_PITCH), WA
          ld WA, (XHL + DRUM_SELECTOR)
          jr STRIKE

; A layer of a tone: XIX tone, XIY part, XHL layer.
STRIKE_LAYER:
          calr VOICE_ALLOCATE
          ret C
          calr BEGIN_VOICE
          ld A, (STROKE_KEY)
          ld W, A
          ld A, 0x80                  ; key << 8 | 80: the pitch word of the key
          add WA, (XHL + LAYER_PITCH)
          ld (XIZ + VOICE_PITCH), WA
          ld A, (STROKE_KEY)          ; the zone with this key
          ld XDE, XHL
          add XDE, LAYER_ZONES
.zone:    cp A, (XDE)
          jr ULE, .found
          inc 4, XDE
          jr .zone
.found:   ld WA, (XDE + 2)

; Everything else is alike: WA selector, XHL layer or drum, XIX tone or kit, XIY part, XIZ voice.
STRIKE:
          ld (STRUCTURE + 0x02), WA
          calr CALC_LEVEL
          ld (STRUCTURE + 0x04), WA
          calr CALC_EXPRESSION
          ld (XIZ + NOW_EXPRESSION), WA
          ld (STRUCTURE + 0x06), WA
          calr CALC_CUTOFF
          ld (STRUCTURE + 0x08), WA
          calr CALC_PAN
          ld (XIZ + NOW_PAN), WA
          ld (STRUCTURE + 0x0C), WA
          calr CALC_PITCH
          ld (XIZ + NOW_PITCH), WA
          ld (STRUCTURE + 0x0E), WA
          calr CALC_SENDS
          ld (XIZ + NOW_SENDS), WA
          ld (STRUCTURE + 0x10), WA
          calr CALC_AMPLITUDE
          ld A, (XIZ + VOICE_NUMBER)
          extz WA
          calr TONEGEN_MUTE
          calr TONEGEN_WRITEVOICEPARAMS
          jrl FOLLOW_VIBRATO_WORDS

; What does not depend on key or layer: the voice XIZ is struck on the part XIY with the tone XIX.  Keeps XHL.
BEGIN_VOICE:
          ld (XIZ + VOICE_STATE), VOICE_DOWN
          ld A, (STROKE_PART)
          ld (XIZ + VOICE_PART), A
          ld A, (STROKE_KEY)
          ld (XIZ + VOICE_KEY), A
          ld (XIZ + VOICE_GROUP), 0
          ld (XIZ + VOICE_FLAGS), 0
          ld XWA, (STROKES)           ; all layers of a stroke are as old
          ld (XIZ + VOICE_AGE), XWA
          ld XWA, (XIX + TONE_RELEASE)
          ld (XIZ + VOICE_RELEASE), XWA
          ld WA, (XHL + LAYER_PAN)
          ld (XIZ + VOICE_PAN), WA
          ld WA, (XIX + TONE_REVERB)
          ld (XIZ + VOICE_REVERB), WA
          ld WA, (XIX + TONE_CHORUS)
          ld (XIZ + VOICE_CHORUS), WA
          ld WA, (XIX + TONE_SWING)
          ld (XIZ + VOICE_SWING), WA
          ld A, (XIX + TONE_RATE)
          ld (XIZ + VOICE_RATE), A
          ld WA, (XIX + TONE_WAIT)
          ld (XIZ + VOICE_WAIT), WA
          ld (XIZ + VOICE_RAMP), 0
          ld XWA, (STROKE_GLIDE)
          ld (XIZ + VOICE_GLIDE), XWA
          ld WA, (STROKE_GLIDE + GLIDE_START)
          ld (XIZ + VOICE_GLIDE + GLIDE_START), WA
          push XHL
          push XIX
          push XIY
          ld XIX, STRUCTURE           ; words that nothing here changes are the ROM's of the start
          ld XIY, START_TEMPLATE
          ld BC, 34
          ldirw (XIX+), (XIY+)
          pop XIY
          pop XIX
          pop XHL
          ld WA, 0
          ld (STRUCTURE + 0x0A), WA   ; no filter envelope
          ld (STRUCTURE + 0x14), WA
          ld (STRUCTURE + 0x16), WA
          ld XWA, 0
          ld (STRUCTURE + 0x20), XWA  ; nor one of the pitch
          ld (STRUCTURE + 0x24), XWA
          ld (STRUCTURE + 0x28), XWA
          ldw (STRUCTURE), KEY_WORD
          ret
KEY_WORD  equ 0xF000

; The glide of a stroke: from the last key of the part XIY, or where its glide has come to, to the new key.  Keeps XIX.
BEGIN_GLIDE:
          ldw (STROKE_GLIDE + GLIDE_TICKS), 0
          cp (XIY + PART_GLIDES), 0
          jr Z, .keep
          cp (XIY + PART_LAST_KEY), 0xFF
          jr Z, .keep
          ld XDE, XIY
          add XDE, PART_GLIDE
          calr GLIDE_REST
          ld C, (XIY + PART_LAST_KEY)
          sub C, (STROKE_KEY)
          exts BC
          sll 8, BC
          add WA, BC
          ld (STROKE_GLIDE + GLIDE_OFFSET), WA
          ld A, (XIY + PART_GLIDE_TIME)
          extz WA
          extz XWA
          add XWA, XWA
          add XWA, GLIDE_TABLE
          ld WA, (XWA)
          ld (STROKE_GLIDE + GLIDE_TICKS), WA
          ld WA, (TICKS)
          ld (STROKE_GLIDE + GLIDE_START), WA
.keep:    ld A, (STROKE_KEY)
          ld (XIY + PART_LAST_KEY), A
          ld XWA, (STROKE_GLIDE)
          ld (XIY + PART_GLIDE), XWA
          ld WA, (STROKE_GLIDE + GLIDE_START)
          ld (XIY + PART_GLIDE + GLIDE_START), WA
          ret

; What is left of the glide at XDE, in WA: a straight line to none.  Uses BC and XDE.
GLIDE_REST:
          ld BC, (XDE + GLIDE_TICKS)
          cp BC, 0
          jr Z, .none
          ld WA, (TICKS)
          sub WA, (XDE + GLIDE_START)
          sub BC, WA
          jr ULE, .none
          ld WA, (XDE + GLIDE_OFFSET)
          muls XWA, BC
          ld BC, (XDE + GLIDE_TICKS)
          divs XWA, BC
          ret
.none:    ld WA, 0
          ret

; The best voice to take.  Out: XIZ; carry: there is none for this layer.  Keeps XHL, XIX, XIY.
VOICE_ALLOCATE:
          push XHL
          push XIX
          ld XIX, VOICES
          ld B, 0xFF                  ; the state of the best so far
          ld C, VOICE_COUNT
.voice:   ld A, (XIX + VOICE_STATE)
          cp A, VOICE_FREE
          jr Z, .take
          cp A, B
          jr ULT, .better
          jr NZ, .next
          ld XHL, (XIX + VOICE_AGE)
          cp XHL, (XIZ + VOICE_AGE)
          jr UGE, .next
.better:  ld B, A
          ld XIZ, XIX
.next:    add XIX, VOICE_SIZE
          djnz C, .voice
          cp B, VOICE_DOWN
          jr NZ, .free
          ld A, 1
          cp A, (STROKE_LAYER)        ; carry from the third layer on
          jr .end
.take:    ld XIZ, XIX
.free:    rcf
.end:     pop XIX
          pop XHL
          ret

; --- Keys and pedals go up ------------------------------------------------------------------------------------------------

; The oldest stroke of key E on part D (listing, 0x022691), all its layers.
VOICE_NOTEOFF:
          ld XHL, 0                   ; the oldest so far
          ld XIZ, VOICES
          ld C, VOICE_COUNT
.look:    calr .matches
          jr NZ, .next
          ld XWA, (XIZ + VOICE_AGE)
          cp XHL, 0
          jr Z, .older
          cp XWA, XHL
          jr UGE, .next
.older:   ld XHL, XWA
.next:    add XIZ, VOICE_SIZE
          djnz C, .look
          cp XHL, 0
          ret Z
          ld XIZ, VOICES
          ld C, VOICE_COUNT
.lift:    calr .matches
          jr NZ, .other
          cp XHL, (XIZ + VOICE_AGE)
          jr NZ, .other
          push XHL
          push BC
          push DE
          calr LIFT
          pop DE
          pop BC
          pop XHL
.other:   add XIZ, VOICE_SIZE
          djnz C, .lift
          ret
; Zero if the key E of part D is down on the voice XIZ.
.matches: cp (XIZ + VOICE_STATE), VOICE_DOWN
          ret NZ
          cp (XIZ + VOICE_PART), D
          ret NZ
          cp (XIZ + VOICE_KEY), E
          ret

; The key of the voice XIZ is up; XIY is its part.
LIFT:     ld (XIZ + VOICE_STATE), VOICE_HELD
          bit 0, (XIZ + VOICE_FLAGS)
          ret NZ                      ; it rings to its end
          bit 0, (XIY + PART_FLAGS)
          ret NZ
; Lets the voice XIZ fall to silence.  Keeps XIY and XIZ.
LET_GO:   ld (XIZ + VOICE_STATE), VOICE_LET_GO
          calr CALC_RELEASE
          push WA
          ld A, (XIZ + VOICE_NUMBER)
          extz WA
          ld DE, WA
          or WA, 0x0840
          ld BC, 0xFF00               ; the second segment goes to silence, too
          calr TONE_GEN_WRITE
          ld WA, DE
          or WA, 0x0800
          pop BC
          jp TONE_GEN_WRITE

; All voices whose key is up and that only the pedal of the part XIY held.  XIX is the message.
VOICES_PEDAL_UP:
          ld D, (XIX + 1)
          ld XIZ, VOICES
          ld C, VOICE_COUNT
.voice:   cp (XIZ + VOICE_STATE), VOICE_HELD
          jr NZ, .next
          cp (XIZ + VOICE_PART), D
          jr NZ, .next
          bit 0, (XIZ + VOICE_FLAGS)
          jr NZ, .next
          push BC
          push DE
          calr LET_GO
          pop DE
          pop BC
.next:    add XIZ, VOICE_SIZE
          djnz C, .voice
          ret

; All keys of the part XIY go up.
VOICES_ALL_OFF:
          ld D, (XIX + 1)
          ld XIZ, VOICES
          ld C, VOICE_COUNT
.voice:   cp (XIZ + VOICE_STATE), VOICE_DOWN
          jr NZ, .next
          cp (XIZ + VOICE_PART), D
          jr NZ, .next
          push BC
          push DE
          calr LIFT
          pop DE
          pop BC
.next:    add XIZ, VOICE_SIZE
          djnz C, .voice
          ret

; All voices of a part are silent at once.
VOICES_SILENCE:
          ld D, (XIX + 1)
          ld XIZ, VOICES
          ld C, VOICE_COUNT
.voice:   cp (XIZ + VOICE_STATE), VOICE_FREE
          jr Z, .next
          cp (XIZ + VOICE_PART), D
          jr NZ, .next
          push BC
          push DE
          calr FREE_VOICE
          pop DE
          pop BC
.next:    add XIZ, VOICE_SIZE
          djnz C, .voice
          ret

; A new stroke of group A on part D ends the others within 30 ms.  Keeps XIX, XIY.
CHOKE:    ld XIZ, VOICES
          ld C, VOICE_COUNT
          ld B, A
.voice:   cp (XIZ + VOICE_GROUP), B
          jr NZ, .next
          cp (XIZ + VOICE_PART), D
          jr NZ, .next
          cp (XIZ + VOICE_STATE), VOICE_LET_GO
          jr ULE, .next
          ld XWA, CHOKE_RELEASE
          ld (XIZ + VOICE_RELEASE), XWA
          push BC
          push DE
          calr LET_GO
          pop DE
          pop BC
.next:    add XIZ, VOICE_SIZE
          djnz C, .voice
          ret

; The voice XIZ is free, for the tone generator too (listing, 0x02B4A1).
FREE_VOICE:
          ld (XIZ + VOICE_STATE), VOICE_FREE
          ld A, (XIZ + VOICE_NUMBER)
          extz WA
          ld DE, WA
          or WA, 0x00C0
          ld BC, 0
          calr TONE_GEN_WRITE
          ld WA, DE
          ld BC, 0x7E00
          jp TONE_GEN_WRITE

; Every eighth tick sixteen voices are looked at; those that fell silent are given back (listing,
; Voice_Manager_PollBank).
VOICE_MANAGER_POLLBANK:
          inc 1, (POLL_COUNT)
          bit 3, (POLL_COUNT)
          ret Z
          ld (POLL_COUNT), 0
          ld A, (POLLED_BANK)
          extz WA
          calr TONE_GEN_READ
          ld IX, WA                   ; a bit for each that sounds
          ld A, (POLLED_BANK)
          extz WA
          mul XWA, 16 * VOICE_SIZE
          ld XIZ, VOICES
          add XIZ, XWA
          ld H, 16
.voice:   srl 1, IX
          jr C, .next
          cp (XIZ + VOICE_STATE), VOICE_FREE
          jr Z, .next
          calr FREE_VOICE
.next:    add XIZ, VOICE_SIZE
          djnz H, .voice
          inc 1, (POLLED_BANK)
          and (POLLED_BANK), 3
          ret

; --- Voices follow their part ------------------------------------------------------------------------------------------------

; What B tells (bits FOLLOW_..) has changed on the part XIY.
VOICES_FOLLOW:
          ld XIZ, VOICES
          ld C, VOICE_COUNT
.voice:   cp (XIZ + VOICE_STATE), VOICE_FREE
          jr Z, .next
          ld A, (XIZ + VOICE_PART)
          extz WA
          mul XWA, PART_SIZE
          add XWA, PARTS
          cp XWA, XIY
          jr NZ, .next
          push BC
          calr FOLLOW
          pop BC
.next:    add XIZ, VOICE_SIZE
          djnz C, .voice
          ret

FOLLOW:   bit FOLLOW_LEVEL, B
          jr NZ, .level
          bit FOLLOW_PAN, B
          jr NZ, .pan
          bit FOLLOW_SENDS, B
          jr NZ, .sends
          bit FOLLOW_PITCH, B
          jr Z, FOLLOW_VIBRATO_WORDS
          calr CALC_PITCH
          cp WA, (XIZ + NOW_PITCH)
          ret Z
          ld (XIZ + NOW_PITCH), WA
          ld DE, 0x0400
          jr WRITE_WORD
.level:   calr CALC_EXPRESSION
          cp WA, (XIZ + NOW_EXPRESSION)
          ret Z
          ld (XIZ + NOW_EXPRESSION), WA
          ld DE, 0x00C0
          jr WRITE_WORD
.pan:     calr CALC_PAN
          cp WA, (XIZ + NOW_PAN)
          ret Z
          ld (XIZ + NOW_PAN), WA
          ld DE, 0x0180
          jr WRITE_WORD
.sends:   calr CALC_SENDS
          cp WA, (XIZ + NOW_SENDS)
          ret Z
          ld (XIZ + NOW_SENDS), WA
          ld DE, 0x0440
; Writes WA to the register of latch DE of the voice XIZ.
WRITE_WORD:
          ld BC, WA
          ld A, (XIZ + VOICE_NUMBER)
          extz WA
          or WA, DE
          jp TONE_GEN_WRITE

; Rate and depth of the vibrato, where they differ from what the voice has: a rate with the strobe up and down, then the
; depth (facts 2.1).
FOLLOW_VIBRATO_WORDS:
          calr CALC_VIBRATO           ; WA rate, BC depth
          push BC
          cp WA, (XIZ + NOW_RATE)
          jr Z, .depth
          ld (XIZ + NOW_RATE), WA
          cp WA, 0
          jr NZ, .strobe
          ld WA, 0x0100               ; off
.strobe:  or WA, 0x8000
          ld DE, 0x0540
          push WA
          calr WRITE_WORD
          pop WA
          and WA, 0x7FFF
          ld DE, 0x0540
          calr WRITE_WORD
.depth:   pop WA
          cp WA, (XIZ + NOW_DEPTH)
          ret Z
          ld (XIZ + NOW_DEPTH), WA
          ld DE, 0x01C0
          jr WRITE_WORD

; Every tick: glides, vibratos that wait, and those that come in.
MOVE_VOICES:
          ld XIZ, VOICES
          ld C, VOICE_COUNT
.voice:   cp (XIZ + VOICE_STATE), VOICE_FREE
          jr Z, .next
          cpw (XIZ + VOICE_GLIDE + GLIDE_TICKS), 0
          jr Z, .vibrato
          push BC
          ld A, (XIZ + VOICE_PART)
          calr PART_AT
          ld B, 1 << FOLLOW_PITCH
          calr FOLLOW
          ld XDE, XIZ
          add XDE, VOICE_GLIDE
          calr GLIDE_REST
          pop BC
          cp WA, 0
          jr NZ, .vibrato
          ldw (XIZ + VOICE_GLIDE + GLIDE_TICKS), 0    ; it has arrived
.vibrato:
          cpw (XIZ + VOICE_WAIT), 0
          jr Z, .next
          cpw (XIZ + VOICE_WAIT), 1
          jr Z, .ramp
          decw 1, (XIZ + VOICE_WAIT)
          jr .next
.ramp:    inc 1, (XIZ + VOICE_RAMP)
          ld A, (XIZ + VOICE_RAMP)
          cp A, SWELL
          jr ULT, .coming
          ldw (XIZ + VOICE_WAIT), 0   ; it is there
          jr .write
.coming:  extz WA
          div WA, SWELL_GRAIN
          cp W, 0                     ; the remainder
          jr NZ, .next
.write:   push BC
          ld A, (XIZ + VOICE_PART)
          calr PART_AT
          calr FOLLOW_VIBRATO_WORDS
          pop BC
.next:    add XIZ, VOICE_SIZE
          djnz C, .voice
          ret

; --- The tone generator's voices ----------------------------------------------------------------------------------------------

; Voice WA is silent at once: second segment, then first.
TONEGEN_MUTE:
          ld DE, WA
          or WA, 0x0840
          ld BC, 0xFF00
          calr TONE_GEN_WRITE
          ld WA, DE
          or WA, 0x0800
          ld BC, 0xFF80
          calr TONE_GEN_WRITE
          ld WA, DE
          ret

; The 23 words of STRUCTURE in the documented order (ToneGen_WriteVoiceParams, 0x02D101), and the key word behind them.
; In: WA voice.  Keeps XIX, XIY, XIZ.
TONEGEN_WRITEVOICEPARAMS:
          push XIX
          push XIY
          ld DE, WA
          ld XHL, BURST
.word:    ld IX, (XHL + 2)            ; place in the structure, with what is done to the word above it
          ld IY, IX
          and IX, 0x00FF
          extz XIX
          add XIX, STRUCTURE
          ld BC, (XIX)
          bit 15, IY
          jr Z, .not_up
          or BC, 0x8000
.not_up:  bit 14, IY
          jr Z, .not_down
          and BC, 0x7FFF
.not_down:
          bit 13, IY
          jr Z, .write
          ld BC, 0x8100               ; gate on
.write:   ld WA, (XHL)
          or WA, DE
          calr TONE_GEN_WRITE
          inc 4, XHL
          cp XHL, BURST_END
          jr ULT, .word
          ld WA, DE
          ld BC, (STRUCTURE)
          pop XIY
          pop XIX
          jp TONE_GEN_WRITE

STROBE_UP       equ 0x8000
STROBE_DOWN     equ 0x4000
GATE            equ 0x2000
BURST:    dw 0x040, 0x02
          dw 0x080, 0x04 | STROBE_UP
          dw 0x0C0, 0x06
          dw 0x100, 0x08
          dw 0x140, 0x0A
          dw 0x180, 0x0C
          dw 0x400, 0x0E
          dw 0x440, 0x10
          dw 0x480, 0x12
          dw 0x4C0, 0x14
          dw 0x500, 0x16
          dw 0x800, 0x18
          dw 0x000, GATE
          dw 0x840, 0x1A
          dw 0x880, 0x1C
          dw 0x8C0, 0x1E
          dw 0x900, 0x20
          dw 0x940, 0x22
          dw 0x980, 0x24
          dw 0x9C0, 0x26
          dw 0xA00, 0x28
          dw 0xA40, 0x2A
          dw 0x080, 0x04 | STROBE_DOWN
BURST_END:

; The start of the chip: 13 words, then 36 for each voice, 2,317 in all (listing, 0x02DFA8; facts 2.1).
TONEGEN_CONFIG_INIT:
          ld XHL, GLOBAL_WORDS
.global:  ld WA, (XHL)
          ld BC, (XHL + 2)
          calr TONE_GEN_WRITE
          inc 4, XHL
          cp XHL, GLOBAL_WORDS_END
          jr ULT, .global
          ld XDE, STRUCTURE
          ld XHL, START_TEMPLATE
          ld BC, 34
          ldirw
          ld WA, 0
.voice:   push WA
          calr TONEGEN_MUTE
          calr TONEGEN_WRITEVOICEPARAMS
          pop WA
          push WA
          calr TONEGEN_MUTE
          ld BC, 0
          or WA, 0x00C0
          calr TONE_GEN_WRITE
          pop WA
          ld BC, 0x7E00
          calr TONE_GEN_WRITE
          calr .extended
          inc 1, WA
          cp WA, VOICE_COUNT
          jr ULT, .voice
          ret
; The three strobed words and their companions, of which the template has none: each is 0.
.extended:
          push WA
          ld DE, WA
          ld XHL, EXTENDED
.pair:    ld WA, (XHL)
          or WA, DE
          ld BC, 0
          calr TONE_GEN_WRITE
          inc 2, XHL
          cp XHL, EXTENDED_END
          jr ULT, .pair
          pop WA
          ret
EXTENDED: dw 0x1C0, 0x540, 0x600, 0x580, 0x640, 0x5C0
EXTENDED_END:

INIT_VOICES:
          ld XIZ, VOICES              ; INIT_PARTS has cleared them
          ld A, 0
.voice:   ld (XIZ + VOICE_NUMBER), A
          add XIZ, VOICE_SIZE
          inc 1, A
          cp A, VOICE_COUNT
          jr ULT, .voice
          ret

STROKE_KEY      equ VARIABLES + 0x20
STROKE_PART     equ VARIABLES + 0x21
STROKE_VELOCITY equ VARIABLES + 0x22
STROKE_LAYER    equ VARIABLES + 0x23
STROKE_GLIDE    equ VARIABLES + 0x24
