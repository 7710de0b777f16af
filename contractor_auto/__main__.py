"""`python -m contractor_auto` is the same as `contractor-auto`."""

import sys

from contractor_auto.cli import main

if __name__ == "__main__":
    sys.exit(main())
