"""Who keeps an eye on it."""
