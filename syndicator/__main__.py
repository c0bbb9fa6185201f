"""`python -m syndicator` is the same program as `syndicator`."""

import sys

from syndicator.cli import main

if __name__ == "__main__":  # a helper process imports this module, too
    sys.exit(main())
