# Runs in the environment of the app, as its Python does: asks each URL in the ways in which SDKs ask, and prints one
# JSON line for each answer. Arguments: the header to read, URLs for every client, `--`, and URLs for the first one.
import asyncio
import http.client
import importlib.util
import json
import os
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

TIMEOUT = 8
HEADER, URLS = sys.argv[1], sys.argv[2:]
END = URLS.index("--")
FIRST, OTHERS = URLS[:END], URLS[END + 1 :]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


# The context that urllib makes for each connection: once, because reading the roots takes longest.
opener = urllib.request.build_opener(NoRedirect, urllib.request.HTTPSHandler(context=ssl.create_default_context()))


def ask_urllib(url):
    try:
        answer = opener.open(url, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers.get(HEADER)


clients = {"urllib": ask_urllib}
try:
    import requests

    def ask_requests(url):
        answer = requests.get(url, timeout=TIMEOUT, allow_redirects=False)
        return answer.status_code, answer.headers.get(HEADER)

    clients["requests"] = ask_requests
except ImportError:
    pass
try:
    import httpx

    def ask_httpx(url):
        answer = httpx.get(url, timeout=TIMEOUT)
        return answer.status_code, answer.headers.get(HEADER)

    clients["httpx"] = ask_httpx
except ImportError:
    pass



def ask_plainly(url):
    """As urllib3 by itself asks: no proxy variable is obeyed."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPSConnection(parts.hostname, timeout=TIMEOUT)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    return answer.status, answer.getheader(HEADER)


def ask_aiohttp(url):
    import aiohttp

    async def ask():
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(TIMEOUT)) as session:
            async with session.get(url, allow_redirects=False) as answer:
                return answer.status, answer.headers.get(HEADER)

    return asyncio.run(ask())


def has(name):
    return importlib.util.find_spec(name) is not None


# To try what obeys no variable is to send past the gateway, unless vendor hosts resolve to it. That they do is seen by
# `socket.getaddrinfo` alone: these two resolve names by themselves.
untried = []
if os.environ.get("RINGFENCE_TLS"):
    clients["http.client"] = ask_plainly
else:
    untried.append("http.client")
if has("aiohttp"):
    if os.environ.get("RINGFENCE_TLS") and not has("aiodns") and not has("uvloop"):
        clients["aiohttp"] = ask_aiohttp
    else:
        untried.append("aiohttp")


def probe(job):
    client, url = job
    try:
        status, value = clients[client](url)
        answer = {"status": status, "value": value}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    return json.dumps({"client": client, "url": url, **answer})


with ThreadPoolExecutor(6) as pool:
    more = {"urllib": OTHERS}
    # One thread prints: unbuffered, a line and its end are two writes, between which another line would fit.
    for line in pool.map(probe, [(client, url) for client in clients for url in FIRST + more.get(client, [])]):
        print(line, flush=True)

for name in untried:
    print(json.dumps({"client": name, "url": ""}), flush=True)
