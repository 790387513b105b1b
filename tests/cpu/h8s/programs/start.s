; The stack, the results at 30000, the program, the end.
 .h8300s
 .text
 .global _start
_start:
 mov.l #0x80000,sp
 mov.l #0x30000,er0
 jsr @_program
 sleep
