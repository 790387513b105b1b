"""The boards of the SX-KN5000: two processors with what is wired to them."""
