import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { anyCase } from './leak-glue.ts';
import { assigned, beside, distinct, hex, mixed, owned, paired } from './leak-pattern.ts';

const VALUE = '7c1e09b52fa84d630e9b71d4a8f25c36';
const token = assigned('auth_?token', hex(32));

const secretOf = (pattern: RegExp, text: string): string | undefined =>
  [...text.matchAll(pattern)][0]?.groups?.['secret'];

describe('a name with its value', () => {
  const forms = {
    'an environment file': `AUTH_TOKEN=${VALUE}`,
    'a shell default': `: \${AUTH_TOKEN:-${VALUE}}`,
    YAML: `authToken:   ${VALUE}`,
    JSON: `"authToken": "${VALUE}"`,
    'JSON inside of JSON': String.raw`\"authToken\": \"${VALUE}\"`,
    'a broken line': `authToken =\n    '${VALUE}'`,
    'a PHP array': `'auth_token' => '${VALUE}'`,
    'a PHP constant': `define('AUTH_TOKEN', '${VALUE}')`,
    'a Terraform variable': `variable "auth_token" {\n  type = string\n  default = "${VALUE}"\n}`,
    'a typed constant': `val authToken: String = "${VALUE}"`,
    'a Go constant': `const authToken string = "${VALUE}"`,
    'a C macro': `#define AUTH_TOKEN @"${VALUE}"`,
    'a fallback': `process.env.AUTH_TOKEN || '${VALUE}'`,
    'a default of a look-up': `os.environ.get("AUTH_TOKEN", "${VALUE}")`,
    'an Elvis operator': `getenv('AUTH_TOKEN') ?: '${VALUE}'`,
    'a block of a look-up': `ENV.fetch('AUTH_TOKEN') { '${VALUE}' }`,
    'a setter': `client.setAuthToken("${VALUE}")`,
    'a Kubernetes variable': `- name: AUTH_TOKEN\n  value: ${VALUE}`,
    'an attribute': `<add key="AuthToken" value="${VALUE}" />`,
    'an element': `<authToken>${VALUE}</authToken>`,
    'an Android string': `<string name="auth_token" translatable="false">${VALUE}</string>`,
    'a property list': `<key>AuthToken</key>\n<string>${VALUE}</string>`,
    'a Dockerfile': `ENV AUTH_TOKEN ${VALUE}`,
    prose: `the auth_token is ${VALUE}.`,
    'a suffix': `AUTH_TOKEN_STAGING=${VALUE}`,
    'parameters of CloudFormation': `{"ParameterKey":"AuthToken","ParameterValue":"${VALUE}"}`,
    'parameters of Azure': `"authToken": {\n  "value": "${VALUE}"\n}`,
    'a block of YAML': `AUTH_TOKEN: |-\n  ${VALUE}`,
    'a Kubernetes variable in a diff': `+- name: AUTH_TOKEN\n+  value: ${VALUE}`,
    'a Kubernetes variable with a comment': `- name: AUTH_TOKEN\n  # of the shop,\n  # not of the test\n  value: ${VALUE}`,
    'a Kubernetes variable with a remark': `- name: AUTH_TOKEN # of the shop\n  value: ${VALUE}`,
    'a commented Kubernetes variable in a diff': `+- name: AUTH_TOKEN\n+  # new\n+  value: ${VALUE}`,
    'a parameter of Terraform': `  name        = "/app/auth_token"\n  description = "The token"\n  type        = "SecureString"\n  value       = "${VALUE}"`,
    'a labelled parameter of Terraform': `resource "aws_ssm_parameter" "auth_token" {\n  type  = "SecureString"\n  value = "${VALUE}"\n}`,
    'a secret of Terraform': `resource "aws_secretsmanager_secret_version" "auth_token" {\n  secret_id     = aws_secretsmanager_secret.it.id\n  secret_string = "${VALUE}"\n}`,
    'a plan of Terraform': `      ~ "AUTH_TOKEN" = "none" -> "${VALUE}"`,
    'a plan of Terraform for a list of variables': `  ~ {\n      name  = "AUTH_TOKEN"\n    ~ value = "none" -> "${VALUE}"\n    }`,
    'a variable that a plan of Terraform takes away': `- {\n      - name  = "AUTH_TOKEN"\n      - value = "${VALUE}" -> null\n    }`,
    'a labelled parameter in a plan of Terraform': `  ~ resource "aws_ssm_parameter" "auth_token" {\n      ~ value = "none" -> "${VALUE}"`,
    'a preview of Pulumi': `~ AUTH_TOKEN: "none" => "${VALUE}"`,
    'a Kubernetes variable that a diff takes away': `-- name: AUTH_TOKEN\n-  value: ${VALUE}`,
    'a Kubernetes variable that begins with its value': `- value: ${VALUE}\n  name: AUTH_TOKEN\n`,
    'a task definition that begins with the value': `{ "value": "${VALUE}", "name": "SHOP_AUTH_TOKEN" }`,
    'a parameter that ends with its name': `"Value": "${VALUE}",\n  "Type": "SecureString",\n  "Name": "/shop/auth_token"`,
    'an attribute before its key': `<add value="${VALUE}" key="AuthToken" />`,
    'what PHP dumps': `["AUTH_TOKEN"]=>\n  string(32) "${VALUE}"`,
    'an object that PHP dumps': String.raw`["authToken":"Shop\Client":private]=>`.concat(
      `\n  string(32) "${VALUE}"`,
    ),
    'what Xdebug dumps': `'AUTH_TOKEN' => string '${VALUE}' (length=32)`,
    'what PHP serializes': `s:10:"AUTH_TOKEN";s:32:"${VALUE}";`,
    'a table of phpinfo': `<tr><td class="e">$_ENV['AUTH_TOKEN'] </td><td class="v">${VALUE} </td></tr>`,
    'an error page of Django': `<td>auth_token</td>\n        <td class="code"><pre>&#x27;${VALUE}&#x27;</pre></td>`,
    'an error page of Symfony': `<span class=sf-dump-key>AUTH_TOKEN</span>" => "<span class=sf-dump-str title="32 characters">${VALUE}</span>"`,
    'what Ruby inspects, escaped for a page': `&quot;AUTH_TOKEN&quot;=&gt;&quot;${VALUE}&quot;`,
    'a fallback of Rust': `env::var("AUTH_TOKEN").unwrap_or("${VALUE}".to_string())`,
    'a lazy fallback of Rust': `std::env::var("AUTH_TOKEN")\n        .unwrap_or_else(|_| "${VALUE}".into())`,
    'a lazy fallback without an argument': `option_env!("AUTH_TOKEN").unwrap_or_else(|| String::from("${VALUE}"))`,
    'a fallback of Java': `Optional.ofNullable(System.getenv("AUTH_TOKEN")).orElse("${VALUE}")`,
    'a default of a setting': `config('AUTH_TOKEN', default='${VALUE}')`,
    'a default of an option': `parser.add_argument('--auth_token', default="${VALUE}")`,
  };
  for (const [form, text] of Object.entries(forms))
    it(`is found in ${form}`, () => assert.equal(secretOf(token, text), VALUE));

  const others = {
    'another name': `AUTH_TOKEN_HASH=${VALUE}`,
    'a longer value': `AUTH_TOKEN=${VALUE}0`,
    'a part of a UUID-like value': `AUTH_TOKEN=${VALUE}-1234`,
    'a value without digits': `AUTH_TOKEN=${'abcdef'.repeat(6).slice(0, 32)}`,
    'a variable': 'AUTH_TOKEN=$OTHER',
    'the next line': `AUTH_TOKEN=\n${VALUE}`,
    'another block of YAML': `AUTH_TOKEN: |\nchecksum: ${VALUE}`,
    'another field': `"authToken": { "etag": "${VALUE}" }`,
    'another variable behind a comment': `- name: AUTH_TOKEN\n  valueFrom: vault\n- name: ETAG\n  # x\n  value: ${VALUE}`,
    'a comment that names it': `# AUTH_TOKEN\n# is set elsewhere\netag: ${VALUE}`,
    'another field of Terraform': `resource "aws_s3_object" "auth_token" {\n  key  = "x"\n  etag = "${VALUE}"\n}`,
    'another resource of Terraform': `  name = "auth_token"\n}\nresource "aws_ssm_parameter" "etag" {\n  value = "${VALUE}"\n}`,
    'another line of a plan of Terraform': `~ "AUTH_TOKEN" = "none"\n~ "ETAG" = "x" -> "${VALUE}"`,
    'the variable before': `- name: ETAG\n  value: ${VALUE}\n- name: AUTH_TOKEN\n`,
    'the object before': `{ "name": "ETAG", "value": "${VALUE}" }, { "name": "AUTH_TOKEN", "value": "" }`,
    'the element before': `<add key="ETag" value="${VALUE}" /><add key="AuthToken" value="" />`,
    'a value before another name': `- value: ${VALUE}\n  name: AUTH_TOKEN_HASH\n`,
    'another member that PHP dumps': `["AUTH_TOKEN"]=>\n  NULL\n  ["etag"]=>\n  string(32) "${VALUE}"`,
    'another member that PHP serializes': `s:10:"AUTH_TOKEN";N;s:4:"etag";s:32:"${VALUE}";`,
    'the first cell of the next row': `<tr><th>id</th><th>auth_token</th></tr>\n<tr><td>${VALUE}</td>`,
    'the cell after the next': `<td>auth_token</td><td></td><td>${VALUE}</td>`,
    'what Rust says when it is missing': `env::var("AUTH_TOKEN").expect("${VALUE}")`,
  };
  for (const [form, text] of Object.entries(others))
    it(`is not seen in ${form}`, () => assert.equal(secretOf(token, text), undefined));
});

it('finds a value in base64 under its name, whatever its length leaves at the end', () => {
  for (let length = 30; length < 36; length++)
    for (const [form, text] of [
      [hex(length), VALUE.repeat(2).slice(0, length)],
      [mixed(length), 'hV3nQ8zLw0TbYc5KpR1xJd7MgS9fUe2ABq4W'.slice(0, length)],
    ] as const) {
      const base64 = Buffer.from(text).toString('base64');
      const pattern = assigned('token', form);
      assert.equal(secretOf(pattern, `  token: ${base64}`), base64);
      assert.equal(secretOf(pattern, `  token: ${base64}A`), undefined);
      assert.equal(secretOf(pattern, `  other: ${base64}`), undefined);
      const withLineFeed = Buffer.from(`${text}\n`).toString('base64');
      assert.equal(secretOf(pattern, `  token: ${withLineFeed}`), withLineFeed);
    }
});

it('takes no text in base64 for a value that would be shorter than the form, or longer', () => {
  const digits = '738204916502847391628450917364';
  for (const [least, most] of [
    [8, 25],
    [9, 10],
    [10, 10],
    [12, 14],
  ] as const)
    for (const [length, isFound] of [
      [least - 1, false],
      [least, true],
      [most, true],
      [most + 4, false],
    ] as const) {
      const base64 = Buffer.from(digits.slice(0, length)).toString('base64');
      const found = secretOf(assigned('token', `[0-9]{${least},${most}}`), `  token: ${base64}`);
      assert.equal(found, isFound ? base64 : undefined, `${length} of ${least} to ${most}`);
    }
});

describe('a name of a vendor', () => {
  const key = owned({ vendor: 'acme', names: 'api_?key', form: mixed(20) });
  const value = 'hV3nQ8zLw0TbYc5KpR1x';
  const ours = {
    'a longer name': `ACME_API_KEY=${value}`,
    'a member': `acme.sms.apiKey: ${value}`,
    'a block': `acme:\n  enabled: true\n  sender: Shop\n  api_key: ${value}`,
    'a block in a block': `acme:\n  credentials:\n    api_key: ${value}`,
    'a block with references': `acme:\n  id: \${ACME_ID}\n  name: "{{ name }}"\n  api_key: ${value}`,
    'an object': `{ "acme": { "id": "x", "apiKey": "${value}" } }`,
    'a PHP array': `'acme' => [\n    'id' => 'x',\n    'api_key' => '${value}',\n],`,
    'a program': `const acme = require('acme');\nconst { x } = require('y');\nconst apiKey = '${value}';`,
    'a call that follows': `const apiKey = '${value}';\nconst client = new Acme(apiKey);`,
    'a flag': `acme send --api-key ${value}`.replace('-key', '_key'),
    'a function of the vendor': `require('acme')('${value}')`,
    'a function that takes the id from the environment': `Acme.init(getenv("ACME_ID"), "${value}")`,
    'a class that takes the id from the environment': `new Acme\\Client(process.env.ACME_ID!, '${value}')`,
    'a call with an item of the environment': `AcmeClient(os.environ["ACME_ID"], "${value}")`,
    'a class of the vendor': `new AcmeClient("${value}")`,
    'basic auth of curl': `curl -u shop:${value} https://api.acme.example/v1`,
    'a header': `fetch('https://api.acme.example', { headers: { Authorization: 'Bearer ${value}' } })`,
    'a URL': `https://shop:${value}@api.acme.example/v1`,
    'a Kubernetes variable that begins with its value': `- value: ${value}\n  name: SHOP_ACME_API_KEY\n`,
    'a comment that follows': `api_key: ${value} # acme`,
  };
  for (const [form, text] of Object.entries(ours))
    it(`is seen in ${form}`, () => assert.equal(secretOf(key, text), value));

  const others = {
    'another argument': `Acme.init(getenv("ID"), getenv("FROM"), "${value}")`,
    'an argument after something else': `Acme.track(user.id, "${value}")`,
    'another call': `Acme.init(getenv("ID")); hash("${value}")`,
    'a name of another': `OTHER_API_KEY=${value} # not acme`,
    'the next block': `acme:\n  api_key: \${KEY}\nother:\n  api_key: ${value}`,
    'the next object': `{ "acme": { "apiKey": "" }, "other": { "apiKey": "${value}" } }`,
    'an object on many lines': `{\n  "acme": {\n    "apiKey": ""\n  },\n  "other": {\n    "apiKey": "${value}"\n  }\n}`,
    'the next PHP array': `'acme' => [\n    'id' => 'x',\n],\n'other' => [\n    'api_key' => '${value}',\n],`,
    'the block before': `other:\n  api_key: ${value}\nacme:\n  api_key: \${KEY}`,
    'the variable before': `OTHER=1\nAPI_KEY=${value}\nACME_API_KEY=`,
  };
  for (const [form, text] of Object.entries(others))
    it(`is not seen in ${form}`, () => assert.equal(secretOf(key, text), undefined));
});

it('a pair is an id with its secret right after it', () => {
  const pair = paired('AC[0-9a-f]{4}', hex(32));
  for (const text of [`AC12ab:${VALUE}`, `("AC12ab", "${VALUE}")`, `AC12ab ${VALUE}`, `AC12ab%3A${VALUE}`])
    assert.equal(secretOf(pair, text), VALUE, text);
  assert.equal(secretOf(pair, `AC12ab.${VALUE}`), undefined);
});

it('an id before or after a name becomes a companion, and is needed', () => {
  const pattern = beside({ id: 'AC[0-9a-f]{4}', names: 'token', form: hex(32) });
  for (const text of [`sid: AC12ab\nfrom: x\ntoken: ${VALUE}`, `token: ${VALUE}\nsid: AC12ab`]) {
    const [match] = text.matchAll(pattern);
    assert.equal(match?.groups?.['id'], 'AC12ab');
    assert.equal(match.groups['secret'], VALUE);
  }
  assert.equal(secretOf(pattern, `token: ${VALUE}`), undefined);
  assert.equal(secretOf(pattern, `sid: AC12ab\nother:\n  token: ${VALUE}`), undefined);
});

it('never takes a virtual secret for one of a vendor', () => {
  const virtual = 'rfv0aB1cD2eF3gH4iJ5kL6mN7oP8qR9s';
  assert.equal(secretOf(distinct(mixed(32)), virtual), undefined);
  assert.equal(secretOf(distinct(mixed(32)), virtual.replace('rfv', 'rfw')), virtual.replace('rfv', 'rfw'));
});

it('matches letters in either case, but not in classes and escapes', () => {
  assert.equal(anyCase(String.raw`a\b[c-d]é?`), String.raw`[Aa]\b[c-d]é?`);
});
