"""What should happen. Pure: no clock, no disk, no network."""
