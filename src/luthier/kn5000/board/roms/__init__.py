"""The memories of an SX-KN5000 that hold something when it is switched on, and a user's dumps of them."""
