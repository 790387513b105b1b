"""Two firmwares side by side: header, functions even where they have moved, data and texts."""
