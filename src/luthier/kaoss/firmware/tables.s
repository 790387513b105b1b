; Tables and texts.

        align 4
commands:
        dl ignore, play, record, save, send
row_masks:
        db 0x0E, 0x0D, 0x0B, 0x07
default_settings:
        dw 0x4C50, 0, 120, 64, 64, 1, 0, 0
; A period of a sine in sixteen steps.
dsp_table:
        dw 0, 12540, 23170, 30274, 32767, 30274, 23170, 12540
        dw 0, -12540, -23170, -30274, -32767, -30274, -23170, -12540
dsp_table_end:
greeting:
        db "LuthierPad 1.00", 13, 10, 0
saved:  db "settings saved", 13, 10, 0
sent:   db "sent", 13, 10, 0
        align 2
ignore: rts
