// Runs in the environment of the app, as its Node does: asks each URL in the ways in which SDKs ask, and prints one
// JSON line for each answer. Arguments: the header to read, URLs for every client, `--`, and URLs for the first one.
import https from 'node:https';

const [header, ...urls] = process.argv.slice(2);
const end = urls.indexOf('--');
const TIMEOUT = 8000;
const AT_ONCE = 6;

const clients = {
  fetch: async (url) => {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT) });
    return { status: response.status, value: response.headers.get(header) };
  },
  'https.request': (url) => request(url, https.globalAgent),
  'https.Agent of its own': (url) => request(url, new https.Agent({ keepAlive: true })),
};

function request(url, agent) {
  return new Promise((resolve, reject) => {
    const call = https.get(url, { agent, timeout: TIMEOUT }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, value: response.headers[header] ?? null });
    });
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', reject);
  });
}

function describe(error) {
  const cause = error.cause ?? error;
  return `${cause.code ?? cause.name}: ${cause.message}`;
}

async function probe([client, url]) {
  const answer = await clients[client](url).catch((error) => ({ error: describe(error) }));
  console.log(JSON.stringify({ client, url, ...answer }));
}

const waiting = Object.keys(clients).flatMap((client, index) =>
  (index === 0 ? [...urls.slice(0, end), ...urls.slice(end + 1)] : urls.slice(0, end)).map((url) => [
    client,
    url,
  ]),
);
const worker = async () => {
  for (let one = waiting.shift(); one; one = waiting.shift()) await probe(one);
};
await Promise.all(Array.from({ length: AT_ONCE }, worker));
process.exit();
