"""How well a tape was recorded: measures, plain advice, and the report as lines, data, page and pictures."""
