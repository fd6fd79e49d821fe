"""The application that ``gangway run pinboard.wsgi:application`` loads."""

from pathlib import Path

from pinboard import create_app

application = create_app(Path(__file__).parent.parent / "target" / "data")
