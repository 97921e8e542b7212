"""The application that a server runs: the club's site with the chat in front of it."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from whosthere import ChatMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "app.settings")

application = ChatMiddleware(get_wsgi_application(), mount="/support")
