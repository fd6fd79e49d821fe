"""WsgiDAV serves a directory, which the test names, to everybody."""

import os

from wsgidav.wsgidav_app import WsgiDAVApp

application = WsgiDAVApp(
    {
        "provider_mapping": {"/": os.environ["DAV_FOLDER"]},
        "mount_path": os.environ["DAV_MOUNT"],
        "simple_dc": {"user_mapping": {"*": True}},
        "property_manager": True,
        "lock_storage": True,
        "logging": {"enable": False},
        "verbose": 1,
    }
)
