"""Run the keeper: ``python traceobject/embedded VAR``. :mod:`.users` starts it."""

import os
import sys
from pathlib import Path

# As a script, this folder is the package ``embedded``: importing ``traceobject`` would load Celery.
sys.path[0] = str(Path(__file__).resolve().parent.parent)
from embedded.keeper import Keeper  # noqa: E402

del sys.path[0]
os.umask(0o077)
Keeper(Path(sys.argv[1])).run()
