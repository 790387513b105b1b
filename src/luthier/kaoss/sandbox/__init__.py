"""An H8S/2215 good enough to run a firmware from reset, and a look at what the firmware does."""
