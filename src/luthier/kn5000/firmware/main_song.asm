; Plays the song from its data (luthier.kn5000.firmware.song_data).
;
; Events are: word, ticks behind the event before; byte, how many bytes follow; those bytes, a message of the sub CPU's ring.
; Counts from 80h on are of our own: SONG_TEMPO a long, ticks a millisecond with 16 bits behind the point; SONG_SECTION a
; byte, its number; SONG_BEAT a byte, the beat of the bar; SONG_END nothing.
; Messages of the same moment are joined, up to 32 bytes, as the instrument's main CPU does.

SONG_TEMPO      equ 0x80
SONG_SECTION    equ 0x81
SONG_BEAT       equ 0x82
SONG_END        equ 0xFF

SONG_PLAYS      equ 0x0700      ; not 0: it plays
SONG_SKIPS_TO   equ 0x0701      ; not 0: everything but notes is sent at once until this section
CURRENT_SECTION equ 0x0702
LAST_SONG_MS    equ 0x0704      ; word: the millisecond the position is for
SONG_PLACE      equ 0x0708      ; long: the next event
SONG_TIME       equ 0x070C      ; long: ticks since the event before it, 16 bits behind the point
SONG_INCREMENT  equ 0x0710      ; long: ticks a millisecond, 16 bits behind the point
SONG_POSITION   equ 0x0714      ; long: ticks from the beginning to the event before the next
PACKET_COUNT    equ 0x0718      ; word: bytes that wait to be sent together
PACKET          equ 0x0720      ; 32 bytes

INIT_SONG:
          ld (SONG_PLAYS), 0
REWIND:   ld XWA, SONG
          ld (SONG_PLACE), XWA
          ld XWA, 0
          ld (SONG_TIME), XWA
          ld (SONG_POSITION), XWA
          ld (CURRENT_SECTION), 0
          ld (SONG_SKIPS_TO), 0
          ldw (PACKET_COUNT), 0
          ret

START_SONG:
          ld WA, (MILLISECONDS)
          ld (LAST_SONG_MS), WA
          ld (SONG_PLAYS), 1
          jp SHOW_LAMPS

TOGGLE_SONG:
          cp (SONG_PLAYS), 0
          jr Z, START_SONG
          ld (SONG_PLAYS), 0
          calr ALL_NOTES_OFF
          jp SHOW_LAMPS

; On to the next section, or to the beginning behind the last.
NEXT_SECTION:
          calr ALL_NOTES_OFF
          ld A, (CURRENT_SECTION)
          inc 1, A
          cp A, SECTION_COUNT
          jr ULE, .skip
          calr REWIND
          ld A, 1
.skip:    ld (SONG_SKIPS_TO), A
          cp (SONG_PLAYS), 0
          ret NZ
          jr START_SONG

; Controller 7B, and the pedal up, on all parts of the song.
ALL_NOTES_OFF:
          ld D, 0
.part:    ld XHL, MIDI_MESSAGE
          ld (XHL), 0xB0
          ld (XHL + 1), D
          ldw (XHL + 2), 0x0040       ; 40 00
          push D
          calr .send
          pop D
          ld XHL, MIDI_MESSAGE
          ldw (XHL + 2), 0x007B       ; 7B 00
          push D
          calr .send
          pop D
          inc 1, D
          cp D, 16
          jr ULT, .part
          ret
.send:    ld BC, 4
          ld A, TO_MIDI_RING
          jp INTERCPU_SEND

; Sends everything that is due.
SONG_ROUND:
          cp (SONG_PLAYS), 0
          ret Z
          ld BC, (MILLISECONDS)
          ld WA, BC
          sub WA, (LAST_SONG_MS)
          ld (LAST_SONG_MS), BC
          extz XWA                    ; milliseconds since the last round
          ld XBC, XWA
          ld XDE, (SONG_INCREMENT)
          mul XWA, DE                 ; times a long: in two halves
          ld DE, QDE
          mul XBC, DE
          sll 16, XBC
          add XWA, XBC
          add (SONG_TIME), XWA
.event:   ld XIX, (SONG_PLACE)
          ld DE, (XIX)
          extz XDE
          ld XWA, XDE
          sll 8, XWA
          sll 8, XWA                  ; the event's ticks, 16 bits behind the point
          cp (SONG_SKIPS_TO), 0
          jr NZ, .due
          cp XWA, (SONG_TIME)
          jrl UGT, SEND_PACKET
          ld XBC, (SONG_TIME)
          sub XBC, XWA
          ld (SONG_TIME), XBC
.due:     add (SONG_POSITION), XDE
          inc 2, XIX
          ld C, (XIX+)
          cp C, SONG_TEMPO
          jr UGE, .special
          ld B, 0
          ld XHL, XIX
          ld DE, BC
          extz XDE
          add XIX, XDE
          ld (SONG_PLACE), XIX
          calr SONG_MESSAGE
          jr .event
.special: jr Z, .tempo
          cp C, SONG_SECTION
          jr Z, .section
          cp C, SONG_BEAT
          jr Z, .beat
          calr SEND_PACKET            ; the end
          ld (SONG_PLAYS), 0
          calr REWIND
          jp SHOW_LAMPS
.tempo:   ld XWA, (XIX)
          ld (SONG_INCREMENT), XWA
          inc 4, XIX
          ld (SONG_PLACE), XIX
          jr .event
.section: ld A, (XIX+)
          ld (SONG_PLACE), XIX
          ld (CURRENT_SECTION), A
          cp A, (SONG_SKIPS_TO)
          jr NZ, .shown
          ld (SONG_SKIPS_TO), 0
          ld XWA, 0
          ld (SONG_TIME), XWA
          ld WA, (MILLISECONDS)
          ld (LAST_SONG_MS), WA
.shown:   calr DRAW_SECTION
          jrl .event
.beat:    ld A, (XIX+)
          ld (SONG_PLACE), XIX
          cp (SONG_SKIPS_TO), 0
          jr NZ, .event_far
          calr SHOW_BEAT
.event_far:
          jrl .event

; The C bytes at XHL are one message.
SONG_MESSAGE:
          ld A, (XHL)
          cp A, 0x90
          jr NZ, .join
          cp (SONG_SKIPS_TO), 0
          ret NZ                      ; no notes while skipping
          calr SHOW_NOTE
.join:    ld WA, (PACKET_COUNT)
          add WA, BC
          cp WA, PACKET_LIMIT
          jr ULE, .room
          push XHL
          push BC
          calr SEND_PACKET
          pop BC
          pop XHL
.room:    ld WA, (PACKET_COUNT)
          add (PACKET_COUNT), BC
          extz XWA
          ld XDE, PACKET
          add XDE, XWA
          ldir
          ret

; What has been joined goes to the MIDI ring.
SEND_PACKET:
          ld BC, (PACKET_COUNT)
          cp BC, 0
          ret Z
          ldw (PACKET_COUNT), 0
          ld XHL, PACKET
          ld A, TO_MIDI_RING
          jp INTERCPU_SEND
