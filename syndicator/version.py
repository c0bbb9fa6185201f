"""The number of this version, which `--version` prints and the User-Agent names."""

__version__ = "0.1.0"
