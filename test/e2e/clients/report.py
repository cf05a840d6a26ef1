"""What an app does with a vendor's Python SDK, told step by step as lines of JSON; see report.mjs."""

import json
import os

GATEWAY = os.environ.get("GATEWAY", "")
ALLOWED, REFUSED, FROM = (os.environ[name] for name in ("ALLOWED", "REFUSED", "FROM"))
PARTS = json.loads(os.environ["PARTS"])
IDS = json.loads(os.environ["IDS"])


def step(name, work):
    try:
        print(json.dumps({"name": name, "value": work()}))
    except Exception as error:
        print(json.dumps({"name": name, "error": type(error).__name__, "message": str(error)}))
