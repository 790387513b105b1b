"""The Technics SX-KN5000: two TMP94C241F processors, the latch between them, tone generator and effects."""
