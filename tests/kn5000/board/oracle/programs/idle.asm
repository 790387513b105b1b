; The sub CPU does nothing.

         org 0xFFF000
start:   di
         halt
         jr start

         org 0xFFFF00
         dl start, start, start, start, start, start, start, start
