"""`python -m syndicator` is the same program as `syndicator`."""

import sys

from syndicator.cli import main

sys.exit(main())
