"""The application that ``gangway run pinboard.wsgi:application`` loads. PINBOARD_DATA names the directory of its data."""

import os
from pathlib import Path

from pinboard import create_app

application = create_app(Path(os.environ.get("PINBOARD_DATA") or Path(__file__).parent.parent / "target" / "data"))
