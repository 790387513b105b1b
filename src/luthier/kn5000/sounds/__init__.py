"""What the engine plays: programs and drum kits as strikes, each of which takes one voice."""
