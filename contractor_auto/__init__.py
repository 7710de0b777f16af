"""An appliance that answers for a trade business when nobody can."""

__version__ = "0.1.0"
