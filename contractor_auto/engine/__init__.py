"""What runs, and when. Knows jobs and time, never a carrier."""
