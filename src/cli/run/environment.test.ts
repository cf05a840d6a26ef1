import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepareEnvironment, type EnvironmentOptions } from './environment.ts';

const options: EnvironmentOptions = {
  proxy: 'http://127.0.0.1:4801',
  tls: 'https://127.0.0.1:4802',
  python: '/opt/ring fence/python',
  hosts: ['api.acme.example', '*.cloud.example'],
  trust: {
    authority: '/run/authority.pem',
    javaStore: '/run it/java.p12',
    variables: { SSL_CERT_FILE: '/run/bundle.pem' },
  },
  preload: 'file:///opt/ring%20fence/preload.mjs',
  baseUrls: { ACME_BASE_URL: 'http://127.0.0.1:4801/api.acme.example/v2' },
  scope: 'all',
  base: { PATH: '/bin', EMPTY: undefined },
};

test('the program gets proxy, trust and base-URL variables beside its own', () => {
  const environment = prepareEnvironment(options);
  assert.equal(environment['PATH'], '/bin');
  assert.ok(!('EMPTY' in environment));
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'RINGFENCE_PROXY'])
    assert.equal(environment[name], 'http://127.0.0.1:4801', name);
  assert.equal(environment['NODE_USE_ENV_PROXY'], '1');
  assert.equal(environment['SSL_CERT_FILE'], '/run/bundle.pem');
  assert.equal(environment['RINGFENCE_CA'], '/run/authority.pem');
  assert.equal(environment['RINGFENCE_HOSTS'], 'api.acme.example,*.cloud.example');
  assert.equal(environment['ACME_BASE_URL'], 'http://127.0.0.1:4801/api.acme.example/v2');
});

test('the program does not get what only the operator may have', () => {
  const base = {
    RINGFENCE_TOKEN: 'rfa_x',
    RINGFENCE_KEY_RING: 'ring',
    RINGFENCE_DATABASE_URL: 'postgres://user:password@db/ringfence',
  };
  const environment = prepareEnvironment({ ...options, base });
  for (const name of Object.keys(base)) assert.ok(!(name in environment), name);
});

test('proxy variables of the operator are replaced, because they lead past the gateway', () => {
  const base = { HTTPS_PROXY: 'http://corporate:1', https_proxy: 'http://corporate:1' };
  const environment = prepareEnvironment({ ...options, base });
  assert.equal(environment['HTTPS_PROXY'], options.proxy);
  assert.equal(environment['https_proxy'], options.proxy);
});

test('exceptions of the operator stay, except those that let a vendor host past the gateway', () => {
  const kept = ['db.internal', '.corp.example', '10.0.0.0/8', 'example'.concat('.net')];
  const dropped = [
    '*',
    '.acme.example',
    'acme.example',
    'API.acme.example:443',
    'example',
    'mine.cloud.example',
    '*.cloud.example',
  ];
  const base = { NO_PROXY: kept.slice(0, 2).join(', '), no_proxy: [...kept.slice(2), ...dropped].join(',') };
  const environment = prepareEnvironment({ ...options, base });
  const expected = ['localhost', '127.0.0.1', '::1', ...kept].join(',');
  assert.equal(environment['NO_PROXY'], expected);
  assert.equal(environment['no_proxy'], expected);
});

test('requests to the gateway itself do not go through the gateway as proxy', () => {
  const environment = prepareEnvironment({ ...options, proxy: 'http://gateway.internal:4801' });
  assert.ok(environment['NO_PROXY']?.split(',').includes('gateway.internal'));
});

test('the preload is added to the Node options that are there, once', () => {
  const preload = '--import=file:///opt/ring%20fence/preload.mjs';
  const nodeOptions = (NODE_OPTIONS: string | undefined) =>
    prepareEnvironment({ ...options, base: { NODE_OPTIONS } })['NODE_OPTIONS'];
  assert.equal(nodeOptions(undefined), preload);
  assert.equal(nodeOptions(' '), preload);
  assert.equal(nodeOptions('--max-old-space-size=512'), `--max-old-space-size=512 ${preload}`);
  assert.equal(nodeOptions(`${preload} --enable-source-maps`), `${preload} --enable-source-maps`);
});

test('with scope `vendors` the program keeps its own proxy settings, which vendor hosts are excepted from', () => {
  const base = { HTTPS_PROXY: 'http://corporate:1', no_proxy: 'db.internal' };
  const environment = prepareEnvironment({ ...options, base, scope: 'vendors' });
  assert.equal(environment['HTTPS_PROXY'], 'http://corporate:1');
  assert.ok(!('NODE_USE_ENV_PROXY' in environment));
  for (const name of ['NO_PROXY', 'no_proxy'])
    assert.equal(environment[name], 'db.internal,api.acme.example,.cloud.example');
  assert.ok(environment['NODE_OPTIONS']?.includes('preload.mjs'));
});

test('scope `vendors` excepts vendor hosts in settings of npm too, which axios obeys before NO_PROXY', () => {
  for (const name of ['npm_config_no_proxy', 'NPM_CONFIG_NO_PROXY', 'npm_config_noproxy']) {
    const base = { npm_config_https_proxy: 'http://corporate:1', [name]: 'db.internal' };
    const environment = prepareEnvironment({ ...options, base, scope: 'vendors' });
    assert.equal(environment['npm_config_https_proxy'], 'http://corporate:1');
    assert.equal(environment[name], 'db.internal,api.acme.example,.cloud.example');
    assert.equal(environment['NO_PROXY'], 'api.acme.example,.cloud.example');
  }
});

test('proxy settings that npm hands on, which some clients obey before all others, name the gateway', () => {
  const base = { npm_config_http_proxy: 'http://corporate:1', npm_config_no_proxy: '*' };
  const environment = prepareEnvironment({ ...options, base });
  for (const name of ['npm_config_proxy', 'npm_config_https_proxy'])
    assert.equal(environment[name], options.proxy);
  for (const name of Object.keys(base)) assert.ok(!(name in environment), name);
});

test('Java gets the same as properties, behind the options that are there', () => {
  const own = '-Xmx1g -Dhttps.proxyHost=corporate';
  const base = { JAVA_TOOL_OPTIONS: own, NO_PROXY: '.corp.example,db.internal,10.0.0.0/8' };
  const java = (scope: 'all' | 'vendors') =>
    prepareEnvironment({ ...options, base, scope })['JAVA_TOOL_OPTIONS'];
  assert.equal(
    java('all'),
    `${own} -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=4801 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=4801 ` +
      '-Dhttp.nonProxyHosts=localhost|*.localhost|127.0.0.1|*.127.0.0.1|[::1]|*.corp.example|db.internal|*.db.internal ' +
      '-Djavax.net.ssl.trustStore="/run it/java.p12" -Djavax.net.ssl.trustStoreType=PKCS12',
  );
  assert.equal(java('vendors'), own);
  const onSix = prepareEnvironment({ ...options, proxy: 'http://[fd00::1]:4801' })['JAVA_TOOL_OPTIONS'] ?? '';
  assert.match(onSix, /https\.proxyHost=fd00::1 .*\|\[fd00::1\] /);
});

test('hosts that the operator excepted from proxies of Java stay excepted, but for vendor hosts', () => {
  const exceptions = (own: string) => {
    const base = { JAVA_TOOL_OPTIONS: `-Xmx1g -Dhttp.nonProxyHosts=${own}` };
    const java = prepareEnvironment({ ...options, base })['JAVA_TOOL_OPTIONS'] ?? '';
    return /.*-Dhttp\.nonProxyHosts=(\S+)/.exec(java)?.[1]?.split('|').slice(5);
  };
  assert.deepEqual(exceptions('*.corp.example|db.internal|10.*'), ['*.corp.example', 'db.internal', '10.*']);
  assert.deepEqual(exceptions('"*.corp.example|db.internal"'), ['*.corp.example', 'db.internal']);
  assert.deepEqual(exceptions('*|*.acme.example|api.*|api.acme.example|*.example|a*'), []);
});

test('a trust store that the operator gave Java stays', () => {
  const base = { JAVA_TOOL_OPTIONS: '-Djavax.net.ssl.trustStore=/etc/corporate.jks' };
  const java = prepareEnvironment({ ...options, base })['JAVA_TOOL_OPTIONS'] ?? '';
  assert.equal(java.match(/trustStore/g)?.length, 1);
});

test('Python resolves vendor hosts by a module that is found before its own', () => {
  const python = (tls: string | null, PYTHONPATH?: string) =>
    prepareEnvironment({ ...options, tls, base: { PYTHONPATH } })['PYTHONPATH'];
  assert.equal(python(options.tls), options.python);
  assert.equal(python(options.tls, '/app/lib'), `${options.python}:/app/lib`);
  assert.equal(python(options.tls, `${options.python}:/app/lib`), `${options.python}:/app/lib`, 'once');
  assert.equal(
    python(options.tls, '/app/lib:'),
    `${options.python}:/app/lib:`,
    'an empty entry is the working folder',
  );
  assert.equal(python(options.tls, ''), options.python, 'no entry');
  assert.equal(python(null, '/app/lib'), '/app/lib');
});
