# Python loads this at its start, before the app's code. It makes vendor hosts resolve to the gateway, which answers there
# under their names: for clients that obey no proxy variable (aiohttp, http.client, urllib3 by itself). Clients that do
# resolve nothing but the proxy. Other hosts, and other ports than 443, are not touched.
import importlib.machinery
import importlib.util
import os
import socket
import sys
from urllib.parse import urlsplit


def install(gateway, hosts):
    resolve = socket.getaddrinfo

    def getaddrinfo(host, port, *parameters, **options):
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if isinstance(name, str) and port in (443, "443", "https") and is_vendor(name.lower().rstrip("."), hosts):
            return resolve(gateway.hostname, gateway.port, *parameters, **options)
        return resolve(host, port, *parameters, **options)

    socket.getaddrinfo = getaddrinfo


def is_vendor(host, hosts):
    return host in hosts or "*." + host.partition(".")[2] in hosts


def load_hidden():
    """The `sitecustomize` that Python would have loaded without this one."""
    here = os.path.dirname(os.path.abspath(__file__))
    others = [path for path in sys.path if os.path.abspath(path) != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


if os.environ.get("RINGFENCE_TLS"):
    install(urlsplit(os.environ["RINGFENCE_TLS"]), set(os.environ.get("RINGFENCE_HOSTS", "").split(",")))
load_hidden()
