"""Ctrl-C while the program is still loading."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import os, signal, sys

module = sys.argv.pop()
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)

sys.modules.pop(module, None)  # Python itself may have loaded it
sys.meta_path.insert(0, Interrupting())
from syndicator.__main__ import main
sys.exit(main())
"""


@pytest.mark.parametrize(
    "module", ["signal", "syndicator.cli", "argparse", "syndicator.cli.run", "syndicator.config"]
)
def test_ctrl_c_while_a_module_is_loaded(module: str, tmp_path: Path) -> None:
    """The program ends by the signal or with its status, without a traceback."""
    (tmp_path / "feeds.toml").write_text('[feed]\ntitle = "Planet"\n', "utf-8")
    command = [sys.executable, "-c", CODE, "run", module]
    done = subprocess.run(command, check=False, capture_output=True, cwd=tmp_path, text=True)
    assert "Traceback" not in done.stderr
    assert done.returncode in (-signal.SIGINT, 130)
