"""`python -m server` is `gatehouse-server`."""

import sys

from server.web import main

sys.exit(main())
