"""A song played while somebody turns the knobs: a desk, a place in the song, meters, a diary."""
