"""A pretend world in which the whole appliance can run."""
