"""The debugger of every board: what stops it, what it shows, how it goes back."""
