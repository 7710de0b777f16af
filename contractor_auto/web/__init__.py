"""What people see, and what the outside world posts to."""
