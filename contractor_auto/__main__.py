"""`python -m contractor_auto` is the same as `contractor-auto`."""

import sys

if __name__ == "__main__":
    try:
        from contractor_auto.cli import main

        sys.exit(main())
    except KeyboardInterrupt:
        # Ctrl-C while the program was still being read in.
        sys.exit(130)
