"""Getting firmware into a chip that has none, by its USB boot mode; and a chip to try that on."""
