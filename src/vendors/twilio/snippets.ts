import type { Snippet } from '../custody-adapter.ts';

/** `gateway` is the base URL of the apps listener, for example `http://127.0.0.1:4000`. */
export function snippets(parts: Readonly<Record<string, string>>, gateway: string): readonly Snippet[] {
  const { accountSid = '', authToken = '', apiKeySid, apiKeySecret = '' } = parts;
  if (apiKeySid !== undefined) return [tokenSnippet({ accountSid, apiKeySid, apiKeySecret })];
  return [
    node(accountSid, authToken, gateway),
    python(accountSid, authToken),
    go(accountSid, authToken),
    java(accountSid, authToken),
    curl(accountSid, authToken, gateway),
  ];
}

function node(accountSid: string, authToken: string, gateway: string): Snippet {
  const products = ['api', 'verify', 'lookups', 'messaging', 'conversations', 'studio'];
  const code = [
    `import twilio from 'twilio';`,
    ``,
    `const client = twilio('${accountSid}', '${authToken}');`,
    `// The SDK has no option for this: every product that you use needs its line.`,
    `for (const product of [${products.map((name) => `'${name}'`).join(', ')}])`,
    `  client[product].baseUrl = \`${gateway}/\${product}.twilio.com\`;`,
  ];
  return { sdk: 'twilio (Node)', language: 'javascript', code: code.join('\n') };
}

function python(accountSid: string, authToken: string): Snippet {
  const code = [
    `from twilio.rest import Client`,
    ``,
    `# Start the app with \`ringfence run -- python app.py\`: it sets the proxy and the certificate.`,
    `client = Client("${accountSid}", "${authToken}")`,
  ];
  return { sdk: 'twilio (Python)', language: 'python', code: code.join('\n') };
}

function go(accountSid: string, authToken: string): Snippet {
  const code = [
    `// Start the app with \`ringfence run -- ./app\`: it sets the proxy and the certificate.`,
    `client := twilio.NewRestClientWithParams(twilio.ClientParams{Username: "${accountSid}", Password: "${authToken}"})`,
  ];
  return { sdk: 'twilio (Go)', language: 'go', code: code.join('\n') };
}

function java(accountSid: string, authToken: string): Snippet {
  const code = [
    `// Start the app with \`ringfence run -- java -jar app.jar\`: it sets the proxy and the certificate.`,
    `com.twilio.Twilio.init("${accountSid}", "${authToken}");`,
  ];
  return { sdk: 'twilio (Java)', language: 'java', code: code.join('\n') };
}

function curl(accountSid: string, authToken: string, gateway: string): Snippet {
  const code = [
    `export TWILIO_ACCOUNT_SID=${accountSid}`,
    `export TWILIO_AUTH_TOKEN=${authToken}`,
    `curl -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" \\`,
    `  "${gateway}/api.twilio.com/2010-04-01/Accounts/$TWILIO_ACCOUNT_SID/Messages.json?PageSize=1"`,
  ];
  return { sdk: 'environment', language: 'shell', code: code.join('\n') };
}

interface KeyParts {
  readonly accountSid: string;
  readonly apiKeySid: string;
  readonly apiKeySecret: string;
}

function tokenSnippet({ accountSid, apiKeySid, apiKeySecret }: KeyParts): Snippet {
  const code = [
    `import twilio from 'twilio';`,
    ``,
    `// Signed with the virtual secret; the gateway exchanges it for one that the vendor takes.`,
    `const { AccessToken } = twilio.jwt;`,
    `const token = new AccessToken('${accountSid}', '${apiKeySid}', '${apiKeySecret}', { identity: 'alice', ttl: 600 });`,
    `token.addGrant(new AccessToken.VideoGrant({ room: 'lobby' }));`,
    `const virtualToken = token.toJwt();`,
  ];
  return { sdk: 'twilio (Node), client tokens', language: 'javascript', code: code.join('\n') };
}
