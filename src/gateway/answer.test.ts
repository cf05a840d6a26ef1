import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, it, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '../kernel/secret.ts';
import { rewriteJsonLinks } from '../vendors/shared/link-rewrite.ts';
import { answerVendor } from './answer.ts';
import { createAnswerRoom } from './answer-room.ts';
import type { AppAnswer, AppRequest } from './app-request.ts';
import type { PermittedRequest } from './decide.ts';
import type { LiveAccount } from './parts.ts';
import { createScrubber } from './scrub.ts';

const HOST = 'api.acme.example';
const SECRET = 'f00dfeedf00dfeed';
/** Signed for the request. */
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl';
const JSON_TYPE = { 'content-type': 'application/json' };
const NEXT = `https://${HOST}/next?page=2`;
const HERE = `http://gateway/${HOST}/next?page=2`;

const request = {
  host: HOST,
  vendor: {
    facts: { hosts: [HOST, 'media.acme.example'] },
    rewriteLinks: (body: string, toGateway: (host: string) => string) =>
      rewriteJsonLinks(body, {
        isLinkKey: (key) => key === 'next',
        isVendorHost: (host) => host === HOST,
        toGateway,
      }),
  },
  toGateway: (host: string) => `http://gateway/${host}`,
} as unknown as AppRequest;
const account = {
  scrubber: createScrubber({ fields: {}, secrets: { token: new Secret(SECRET) } }, []),
} as unknown as LiveAccount;

/** A page of a list, as large as it is told to be. */
const page = (size: number): Buffer =>
  Buffer.from(JSON.stringify({ token: SECRET, items: 'x'.repeat(size), next: NEXT }));

function give(
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  rest: Readable | null = null,
  { status = 200, backward = null as PermittedRequest['backward'], patience = 10_000 } = {},
): Promise<AppAnswer | null> {
  const outcome = {
    kind: 'answered',
    status,
    headers: { ...headers },
    body,
    rest,
    token: TOKEN,
  } as const;
  const permitted = { request, account, backward } as PermittedRequest;
  return answerVendor(createAnswerRoom({ patience }), permitted, outcome, 'allowed');
}

async function answer(...given: Parameters<typeof give>): Promise<AppAnswer> {
  const found = await give(...given);
  assert.ok(found !== null);
  return found;
}

async function textOf({ body, rest }: AppAnswer): Promise<string> {
  return rest === null ? body : (await buffer(rest)).toString();
}

/** The bytes, and then blanks without end. */
async function* dripsOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
  for (;;) yield await sleep(1, Buffer.from(' '));
}

function inParts(bytes: Buffer): Readable {
  const parts = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, index) =>
    bytes.subarray(index * 65_536, (index + 1) * 65_536),
  );
  return Readable.from(parts, { objectMode: false });
}

describe('links of an answer in base-URL mode', () => {
  it('point back at the gateway, in a page that was not held whole as well', async () => {
    for (const size of [10, 1024 * 1024]) {
      const bytes = page(size);
      const small = await answer(JSON_TYPE, bytes);
      const large = await answer(JSON_TYPE, bytes.subarray(0, 8), inParts(bytes.subarray(8)));
      for (const one of [small, large]) {
        const text = await textOf(one);
        assert.ok(text.endsWith(`"next":"${HERE}"}`), text.slice(-80));
        assert.ok(!text.includes(SECRET));
      }
    }
  });

  it('stay in what is too large to be held at all, which comes whole and scrubbed', async () => {
    const bytes = page(4 * 1024 * 1024);
    const text = await textOf(await answer(JSON_TYPE, Buffer.alloc(0), inParts(bytes)));
    assert.equal(text, bytes.toString().replace(SECRET, '[sealed]'));
  });

  it('stay in what comes too slowly to be held, of which the app gets what there is', async () => {
    const dripping = Readable.from(dripsOf(page(1000)), { objectMode: false }).on('error', () => {});
    const closed = new Promise((resolve) => dripping.once('close', resolve));
    const { rest } = await answer(JSON_TYPE, Buffer.alloc(0), dripping, { patience: 0 });
    assert.ok(rest !== null);
    await once(rest, 'data');
    rest.destroy();
    await closed;
  });

  it('do not hide that the answer broke off', async () => {
    const broken = Readable.from(
      (async function* () {
        yield page(1000);
        await Promise.reject(new Error('other side closed'));
      })(),
      { objectMode: false },
    );
    await assert.rejects(textOf(await answer(JSON_TYPE, Buffer.alloc(0), broken)));
  });

  it('point back in a redirection to the vendor too, and in no other', async () => {
    const locationOf = async (location: string): Promise<string | undefined> =>
      (await answer({ location }, Buffer.alloc(0))).headers['location'];
    assert.equal(await locationOf(NEXT), HERE);
    assert.equal(await locationOf('https://MEDIA.acme.example:443/a'), 'http://gateway/media.acme.example/a');
    for (const other of ['/next', 'https://bucket.example/a', `https://${HOST}.evil.example/`])
      assert.equal(await locationOf(other), other);
  });
});

describe('many large answers whose links are rewritten', () => {
  const large = page(1024 * 1024);
  const outcome = { kind: 'answered', status: 200, headers: JSON_TYPE, token: null } as const;
  const permitted = { request, account, backward: null } as PermittedRequest;

  it('leave the process time for its other work in between, however they came', async () => {
    const room = createAnswerRoom();
    let [done, mostInTurn, doneBefore] = [0, 0, 0];
    const countTurn = (): void => {
      mostInTurn = Math.max(mostInTurn, done - doneBefore);
      doneBefore = done;
      if (done < 12) setImmediate(countTurn);
    };
    setImmediate(countTurn);
    const all = Array.from({ length: 12 }, async (_, index) => {
      const [body, rest] =
        index % 2 === 0 ? [large, null] : [large.subarray(0, 8), Readable.from([large.subarray(8)])];
      await answerVendor(room, permitted, { ...outcome, body, rest }, 'allowed');
      done += 1;
    });
    await Promise.all(all);
    assert.equal(mostInTurn, 1);
  });

  it('are read from the vendor few at a time', async () => {
    const room = createAnswerRoom({ slots: 2 });
    let [coming, most] = [0, 0];
    const all = Array.from({ length: 8 }, () => {
      const rest = Readable.from(
        (async function* () {
          most = Math.max(most, (coming += 1));
          yield await sleep(5, large);
          coming -= 1;
        })(),
        { objectMode: false, highWaterMark: 0 },
      );
      return answerVendor(room, permitted, { ...outcome, body: Buffer.alloc(0), rest }, 'allowed');
    });
    for (const one of await Promise.all(all)) assert.ok(one?.body.includes(HERE));
    assert.equal(most, 2);
  });
});

test('a token that was signed for the request is masked where the vendor echoes it', async () => {
  const echo = Buffer.from(`{"authorization":"Bearer ${TOKEN}"}`);
  const whole = await answer({ 'x-echo': TOKEN }, echo);
  assert.equal(whole.headers['x-echo'], '[sealed]');
  for (const one of [whole, await answer({}, echo.subarray(0, 40), inParts(echo.subarray(40)))])
    assert.equal(await textOf(one), '{"authorization":"Bearer [sealed]"}');
});

describe('an answer that is translated for the app', () => {
  const backward = {
    type: 'application/acme',
    answer: (body: Buffer) => (body.includes('"token"') ? Buffer.concat([Buffer.from([0xff]), body]) : null),
  };

  it('is scrubbed first, and whole however it comes', async () => {
    const bytes = page(1024 * 1024);
    const small = await answer(JSON_TYPE, page(10), null, { backward });
    const large = await answer(JSON_TYPE, bytes.subarray(0, 8), inParts(bytes.subarray(8)), { backward });
    for (const { headers, body, rest } of [small, large]) {
      assert.equal(rest, null);
      assert.equal(headers['content-type'], 'application/acme');
      assert.match(body, /^\xff\{"token":"\[sealed\]"/);
    }
  });

  it('stays as it is where the vendor says no', async () => {
    const { headers, body } = await answer(JSON_TYPE, page(10), null, { status: 404, backward });
    assert.equal(headers['content-type'], 'application/json');
    assert.match(body, /^\{/);
  });

  it('is none when it cannot be translated, or is too large to be held', async () => {
    assert.equal(await give(JSON_TYPE, Buffer.from('{}'), null, { backward }), null);
    const endless = inParts(page(3 * 1024 * 1024));
    assert.equal(await give(JSON_TYPE, Buffer.alloc(0), endless, { backward }), null);
    assert.ok(endless.destroyed);
  });
});
