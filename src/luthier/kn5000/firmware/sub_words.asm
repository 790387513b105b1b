; How a key, its tone and its part become words of registers.
;
; The laws are those of luthier.kn5000.sounds.built_in, luthier.kn5000.voices.words and luthier.kn5000.tone_generator.laws:
; logarithms, so that here sums of table values with 16 bits behind the point are rounded.  Where a sum lies exactly
; between two words, the upper is taken here and the even one there, but for the bend, where that is common.
;
; In: XIX tone or kit, XIY part, XIZ voice; XHL layer or drum for CALC_LEVEL and CALC_AMPLITUDE.  Out: WA, unless said
; otherwise.  All keep XHL, XIX, XIY and XIZ.

HALF            equ 0x8000      ; of a step, 16 bits behind the point
LEVEL_MAXIMUM   equ 0x0FFF
CUTOFF_OPEN     equ 0x7C
FULL_SHARE      equ 0x8000
USUAL_REVERB    equ 40          ; controller 5B at which a sound's own share is sent

; Register 02: velocity and the layer's own level.  What is above the loudest goes to VOICE_EXCESS.
CALC_LEVEL:
          ld A, (STROKE_VELOCITY)
          extz WA
          extz XWA
          sll 2, XWA
          add XWA, VELOCITY_TABLE     ; steps below full for a span of 1 dB, 16 bits behind the point
          ld XDE, (XWA)
          ld BC, (XIX + TONE_SPAN)    ; dB, four bits behind the point
          ld WA, DE
          mul XWA, BC
          ld DE, QDE
          mul XDE, BC
          sll 16, XDE
          add XWA, XDE                ; 20 bits behind the point
          srl 4, XWA
          ld XDE, (XHL + LAYER_LEVEL)
          sub XDE, XWA
          ld XWA, 0
          cp XDE, 0
          jr LT, .below
          ld XWA, XDE
          ld XDE, 0
.below:   ld (XIZ + VOICE_EXCESS), XWA
          add XDE, HALF
          sra 16, XDE
          add DE, LEVEL_MAXIMUM
          jr PL, .end
          ld DE, 0
.end:     ld WA, DE
          ret

; Register 03: volume and expression, less what the stroke has above the loudest.
CALC_EXPRESSION:
          ld XWA, (XIY + PART_ATTENUATION)
          sub XWA, (XIZ + VOICE_EXCESS)
          jr MI, .loudest
          add XWA, HALF
          srl 16, XWA
          cp WA, LEVEL_MAXIMUM
          ret ULE
          ld WA, LEVEL_MAXIMUM
          ret
.loudest: ld WA, 0
          ret

; Register 04: the corner moves with the key and falls for soft strokes.
CALC_CUTOFF:
          ld A, (STROKE_KEY)
          extz WA
          sub WA, 60
          ld BC, (XIX + TONE_KEY_FOLLOW)  ; semitones a semitone, 15 bits behind the point
          muls XWA, BC
          add XWA, XWA
          add XWA, (XIX + TONE_CORNER)
          ld C, 127
          sub C, (STROKE_VELOCITY)
          extz BC
          mul XBC, (XIX + TONE_SOFTENING) ; semitones a step of velocity
          sub XWA, XBC
          cp XWA, CUTOFF_OPEN << 16
          jr LE, .round
          ld XWA, CUTOFF_OPEN << 16
.round:   add XWA, HALF
          sra 16, XWA
          cp WA, 0
          ret GE
          ld WA, 0
          ret

; Register 06: the sound's place moved by the part's, 0 to 7F.
CALC_PAN: ld A, (XIY + PART_PAN)
          extz WA
          extz XWA
          add XWA, XWA
          add XWA, PAN_TABLE
          ld WA, (XWA)
          add WA, (XIZ + VOICE_PAN)   ; each from -2000h to 2000h
          cp WA, 0x2000
          jr LE, .left
          ld WA, 0x2000
.left:    cp WA, -0x2000
          jr GE, .share
          ld WA, -0x2000
.share:   ld BC, 0x40                 ; steps to the left
          cp WA, 0
          jr LT, .scale
          ld BC, 0x3F
.scale:   muls XWA, BC
          add XWA, 0x1000
          sra 13, XWA
          add WA, 0x40
          ret

; Register 10: key, bend, tuning and glide, kept within 15 bits (listing, Pitch_Saturate_15bit).
CALC_PITCH:
          ld XDE, XIZ
          add XDE, VOICE_GLIDE
          calr GLIDE_REST
          exts XWA
          ld BC, (XIY + PART_PITCH)
          exts XBC
          add XWA, XBC
          ld BC, (XIZ + VOICE_PITCH)
          extz XBC
          add XWA, XBC
          jr MI, .lowest
          cp XWA, 0x7FFF
          ret ULE
          ld WA, 0x7FFF
          ret
.lowest:  ld WA, 0
          ret

; Register 11: to the effect above, to the reverb below, 0 to FF each.
CALC_SENDS:
          ld WA, (XIZ + VOICE_CHORUS) ; its own share, and of the rest a part
          ld DE, WA
          mul XDE, 127
          ld BC, FULL_SHARE
          sub BC, WA
          ld A, (XIY + PART_CHORUS)
          extz WA
          mul XWA, BC
          add XWA, XDE
          ld BC, 127
          calr .word
          push A
          ld C, (XIY + PART_REVERB)
          extz BC
          ld WA, (XIZ + VOICE_REVERB)
          cp BC, USUAL_REVERB
          jr UGT, .more
          mul XWA, BC                 ; its own share in proportion
          ld BC, USUAL_REVERB
          calr .word
          pop W
          ret
.more:    ld DE, WA
          mul XDE, 127 - USUAL_REVERB
          sub BC, USUAL_REVERB
          neg WA
          add WA, FULL_SHARE
          mul XWA, BC
          add XWA, XDE
          ld BC, 127 - USUAL_REVERB
          calr .word
          pop W
          ret
; The share XWA / BC, of which 8000h is all, as a word of 0 to FF: (XWA * 255 / 8000h + BC / 2) / BC.  Uses XDE.
.word:    ld XDE, XWA
          sll 8, XWA
          sub XWA, XDE
          ld DE, BC
          extz XDE
          sll 14, XDE
          add XWA, XDE
          srl 15, XWA
          div XWA, BC
          ret

; Registers 20 to 23 in STRUCTURE: up, and down to where the sound stays.
CALC_AMPLITUDE:
          ld WA, (XIX + TONE_ATTACK)
          ld (STRUCTURE + 0x18), WA
          ld XWA, 0
          ld (STRUCTURE + 0x1A), XWA
          ld (STRUCTURE + 0x1E), WA
          cp (XIX + TONE_DECAYS), 0
          ret Z
          ld A, (STROKE_KEY)
          extz WA
          sub WA, 60
          ld BC, (XIX + TONE_DECAY_FOLLOW)  ; steps of the rate a key, 13 bits behind the point
          muls XWA, BC
          sll 3, XWA
          add XWA, (XIX + TONE_DECAY)
          cp XWA, (XIX + TONE_DECAY_FASTEST)
          jr LE, .round
          ld XWA, (XIX + TONE_DECAY_FASTEST)
.round:   calr RATE
          ld W, (XIX + TONE_SUSTAIN)
          ld (STRUCTURE + 0x1A), WA
          ret

; A rate: XWA with 16 bits behind the point becomes 1 to 127 in WA.
RATE:     add XWA, HALF
          sra 16, XWA
          cp WA, 1
          jr GE, .fast
          ld WA, 1
.fast:    cp WA, 127
          ret LE
          ld WA, 127
          ret

; The first segment of the voice XIZ as it is let go: to silence, and for each level of its envelope in the time that
; makes 60 dB take the release.
CALC_RELEASE:
          ld A, (XIZ + VOICE_NUMBER)
          extz WA
          add WA, 0x0180
          calr TONE_GEN_READ
          and WA, 0x3FFF              ; FF the loudest (listing, 0x02219F)
          srl 5, WA
          and WA, 0x00FF
          extz XWA
          sll 2, XWA
          add XWA, RELEASE_TABLE
          ld XWA, (XWA)
          add XWA, (XIZ + VOICE_RELEASE)
          cp XWA, AT_ONCE             ; less than half a millisecond
          jr GT, .at_once
          calr RATE
          jr .word
.at_once: ld WA, 0
.word:    or WA, 0xFF80
          ret

; Registers 15 and 07.  Out: WA rate, BC depth.
CALC_VIBRATO:
          ld BC, 0
          cpw (XIZ + VOICE_WAIT), 0
          jr Z, .there
          cpw (XIZ + VOICE_WAIT), 1
          jr NZ, .swing               ; it waits
          ld C, (XIZ + VOICE_RAMP)
          extz BC
          mul XBC, (XIZ + VOICE_SWING)
          div XBC, SWELL
          extz XBC
          jr .swing
.there:   ld BC, (XIZ + VOICE_SWING)
.swing:   add BC, (XIY + PART_SWING)
          add BC, 0x80                ; eight bits behind the point
          srl 8, BC
          ld A, (XIZ + VOICE_RATE)
          extz WA
          cp BC, 0
          ret NZ
          cpw (XIZ + VOICE_WAIT), 0
          ret NZ                      ; one that waits has its rate
          ld WA, 0
          ret
