import { camel, filled, isOneLine, quoted, screaming, type Context } from './context.ts';

/** Commands, logs, notebooks and texts. */
export const PROSE: readonly Context[] = [
  {
    name: 'curl',
    plant(scene) {
      if (scene.format.curl === undefined) return null;
      return { path: 'scripts/try.sh', text: `#!/bin/sh\nset -e\n${filled(scene.format.curl, scene)}\n` };
    },
  },
  {
    name: 'URL with user and password',
    plant(scene) {
      const { format, value } = scene;
      const host = /https:\/\/([\w.<>-]+)/.exec(format.curl ?? '')?.[1];
      if (host === undefined || !/<id>:<secret>/.test(format.curl ?? '')) return null;
      const url = `https://${value.id}:${encodeURIComponent(value.secret)}@${filled(host, scene)}/`;
      return { path: 'app/urls.py', text: `# outgoing messages\nBASE = "${url}"\n` };
    },
  },
  {
    name: 'shell',
    plant({ format, value }) {
      const text = `#!/bin/bash\nexport STAGE=prod\nexport ${format.env}='${quoted(value)}'\nexec node app.js\n`;
      return { path: 'scripts/start.sh', text };
    },
  },
  {
    name: 'command line',
    plant(scene) {
      if (!isOneLine(scene)) return null;
      const { format, value, random } = scene;
      const text = random.pick([
        `heroku config:set ${format.env}=${value.written} --app shop\n`,
        `docker run -d -p 80:3000 -e ${format.env}=${value.written} shop/web\n`,
        `fly secrets set ${format.env}="${value.written}"\n`,
      ]);
      return { path: 'docs/deploy.md', text: `# Deployment\n\n\`\`\`\n${text}\`\`\`\n` };
    },
  },
  {
    name: 'CI workflow',
    plant(scene) {
      if (!isOneLine(scene)) return null;
      const { format, value } = scene;
      const text = `name: test\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    env:\n      CI: true\n      ${format.env}: ${value.written}\n    steps:\n      - uses: actions/checkout@v4\n`;
      return { path: '.github/workflows/test.yml', text };
    },
  },
  {
    name: 'log line',
    plant(scene) {
      if (!isOneLine(scene)) return null;
      const { format, value, random } = scene;
      const id = format.idField === undefined ? '' : `${format.idField}=${value.id} `;
      const line = random.pick([
        `2026-03-04T10:11:12.345Z INFO  [${format.block}] client ready ${id}${format.field}=${value.written} retries=3`,
        `[2026-03-04 10:11:12] local.DEBUG: ${format.block} config {"${format.field}":"${value.written}","timeout":30}`,
        `10:11:12.345 [main] DEBUG shop.Env - ${format.env}: ${value.written}`,
      ]);
      return { path: 'logs/app.txt', text: `server started\n${line}\nGET /health 200 1ms\n` };
    },
  },
  {
    name: 'notebook',
    plant(scene) {
      const { format, value, random } = scene;
      const python = format.python === undefined ? null : filled(format.python, scene);
      const line = random.pick([
        `os.environ["${format.env}"] = "${quoted(value)}"`,
        python ?? `${format.env} = '${quoted(value)}'`,
      ]);
      const source = [`# ${format.block} demo\n`, 'import os\n', `${line}\n`, 'print("ok")'];
      const cell = { cell_type: 'code', execution_count: 1, metadata: {}, outputs: [], source };
      const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
      return { path: 'notebooks/demo.ipynb', text: `${JSON.stringify(notebook, null, 1)}\n` };
    },
  },
  {
    name: 'prose',
    plant(scene) {
      if (!isOneLine(scene)) return null;
      const { format, value, random } = scene;
      const field = format.field.replaceAll('_', ' ');
      const text = random.pick([
        `The ${format.vendor} ${field} is ${value.written}, please do not share it.\n`,
        `- ${format.vendor} ${field}: ${value.written}\n`,
        `| ${format.env} | ${value.written} |\n`,
      ]);
      return { path: 'NOTES.md', text: `# Notes\n\n${text}` };
    },
  },
  {
    name: 'test fixture',
    plant(scene) {
      const { format, value } = scene;
      const id = format.idField === undefined ? '' : `${camel(format.idField)}: '${value.id}', `;
      const text = `describe('${format.block}', () => {\n  it('sends', async () => {\n    const sender = create${camel(format.block)}({ ${id}${camel(format.field)}: '${quoted(value)}' });\n    await sender.send('hi');\n  });\n});\n`;
      return { path: 'test/sender.spec.js', text };
    },
  },
  {
    name: 'made-up names',
    plant(scene) {
      if (!isOneLine(scene)) return null;
      const { format, value, random } = scene;
      const name = random.pick([
        'key',
        'secret',
        'token',
        'password',
        'access_token',
        'credential',
        'api_secret',
      ]);
      const { block } = format;
      const text = random.pick([
        `${screaming(`${block}_${name}`)}=${value.written}\n`,
        `const ${camel(`${block}_${name}`)} = '${value.written}';\nsend(${camel(`${block}_${name}`)});\n`,
        `providers:\n  ${block}:\n    credentials:\n      ${name}: "${value.written}"\n`,
        `{"providers":[{"name":"${block}","type":"sms","settings":{"${camel(name)}":"${value.written}"}}]}\n`,
        `// ${format.vendor}\nlet ${camel(name)} = "${value.written}"\n`,
      ]);
      return { path: 'src/providers.txt', text };
    },
  },
];
