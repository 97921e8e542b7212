"""What goes into a site's pages and programs, with the platform's real ids."""

from __future__ import annotations

import json

_HTML = """\
<script>
  window.whosthereConfig = { platformId: %(platform)s }; // step 3 adds who is signed in
  window.Whosthere = window.Whosthere || function () { (Whosthere.q = Whosthere.q || []).push(arguments); };
</script>
<script async id="whosthere-embed" src="%(site)s/embed.js"></script>"""

_WSGI = """\
from whosthere import ChatMiddleware

app.wsgi_app = ChatMiddleware(app.wsgi_app, mount="/support", platform_id=%(platform)s)

# in every request of somebody who is signed in:
environ["whosthere.user"] = {"userId": str(user.id), "userEmail": user.email, "userName": user.name}"""

_LOAD = """\
load({
  src: "%(site)s/embed.js",
  config: { platformId: %(platform)s, getToken: () => fetch("/chat-token").then((answer) => answer.json()) },
})"""

_REACT = """\
import { useEffect } from "react";
import { load } from "whosthere";

useEffect(() => {
  LOAD;
}, []);"""

_VUE = """\
import { onMounted } from "vue";
import { load } from "whosthere";

onMounted(() => {
  LOAD;
});"""

_CONFIG = """\
window.whosthereConfig = {
  platformId: %(platform)s,
  userId: "42",
  userEmail: "ada@example.com",
  userName: "Ada Lovelace",
  userAuthToken: "…", // made by the call above
};"""


def snippets(platform_id: str, site: str) -> dict[str, str]:
    """Return what to paste, by the way a site's pages are made.

    Args:
        site: where browsers reach this installation, without a slash at the end.
    """
    # An address is part of the markup and of strings in it: what could end either is no part of an address.
    fill = {"platform": json.dumps(platform_id), "site": "".join(one for one in site if one not in "<>\"'&\\ ")}
    load = (_LOAD % fill).replace("\n", "\n  ")
    return {
        "html": _HTML % fill,
        "wsgi": _WSGI % fill,
        "react": _REACT.replace("LOAD", load),
        "vue": _VUE.replace("LOAD", load),
        "config": _CONFIG % fill,
    }
