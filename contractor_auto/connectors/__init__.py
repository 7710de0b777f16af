"""Whom we talk to. Each connector is the only place that knows its outside system."""
