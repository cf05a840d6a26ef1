# Runs in the environment of the app, as its Python does: asks each URL in the ways in which SDKs ask, and prints one
# JSON line for each answer. Arguments: the header to read, URLs for every client, `--`, and URLs for the first one.
import importlib.util
import json
import ssl
import sys
import urllib.error
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

# It obeys proxy variables only when the app asks for it, so it is told of and not tried.
if importlib.util.find_spec("aiohttp") is not None:
    print(json.dumps({"client": "aiohttp", "url": ""}), flush=True)
