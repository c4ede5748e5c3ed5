"""`python -m tests.simulation`: the long run."""

import sys

from tests.simulation.soak import main

if __name__ == "__main__":
    sys.exit(main())
