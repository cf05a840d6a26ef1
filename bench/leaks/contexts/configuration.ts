import {
  camel,
  isOneLine,
  kebab,
  otherSettings,
  pascal,
  quoted,
  type Context,
  type Scene,
} from './context.ts';

const idLine = ({ format, value }: Scene, write: (name: string, id: string) => string): string[] =>
  format.idField === undefined ? [] : [write(format.idField, value.id)];

const envLines = ({ format, value }: Scene, quote: string): string[] => [
  ...(format.idEnv === undefined ? [] : [`${format.idEnv}=${value.id}`]),
  `${format.env}=${quote}${quoted(value)}${quote}`,
];

/** Files of settings. */
export const CONFIGURATION: readonly Context[] = [
  {
    name: '.env',
    plant(scene) {
      const { random } = scene;
      const quote = isOneLine(scene) ? random.pick(['', '', '"', "'"]) : '"';
      const lines = [...otherSettings(random, 4), '', ...envLines(scene, quote), ...otherSettings(random, 3)];
      return { path: '.env', text: `${lines.join('\n')}\n` };
    },
  },
  {
    name: 'YAML block',
    plant(scene) {
      const { format, value, random } = scene;
      const name = random.pick([(text: string) => text, camel]);
      const quote = random.pick(['', '"', "'"]);
      const text = isOneLine(scene)
        ? ` ${quote}${value.written}${quote}`
        : ` |\n${value.written.replaceAll(/^(?=.)/gm, '    ')}`;
      const lines = [
        'server:',
        '  port: 8080',
        `${format.block}:`,
        '  enabled: true',
        `  region: ${random.pick(['eu1', 'us-east-1', 'ap1'])}`,
        ...idLine(scene, (idName, id) => `  ${name(idName)}: ${id}`),
        `  ${name(format.field)}:${text}`,
        'logging:',
        '  level: info',
      ];
      return { path: 'config/application.yml', text: `${lines.join('\n')}\n` };
    },
  },
  {
    name: 'JSON',
    plant(scene) {
      const { format, value, random } = scene;
      const name = random.pick([camel, pascal, (text: string) => text]);
      const block = {
        [name('enabled')]: true,
        ...(format.idField === undefined ? {} : { [name(format.idField)]: value.id }),
        [name(format.field)]: value.written,
      };
      const all = { logging: { level: 'info' }, [name(format.block)]: block, timeout: 30 };
      return { path: 'appsettings.json', text: `${JSON.stringify(all, null, 2)}\n` };
    },
  },
  {
    name: 'Terraform',
    plant(scene) {
      const { format, value, random } = scene;
      const lower = format.env.toLowerCase();
      const text = random.pick([
        `region = "eu-west-1"\n\n${lower} = "${quoted(value)}"\n`,
        `variable "${lower}" {\n  type        = string\n  description = "for notifications"\n  default     = "${quoted(value)}"\n}\n`,
        `resource "aws_lambda_function" "notify" {\n  environment {\n    variables = {\n      STAGE = "prod"\n      ${format.env} = "${quoted(value)}"\n    }\n  }\n}\n`,
      ]);
      return { path: 'infra/main.tf', text };
    },
  },
  {
    name: 'Java properties',
    plant(scene) {
      const { format, value, random } = scene;
      const name = random.pick([kebab, camel, (text: string) => text.replaceAll('_', '.')]);
      const lines = [
        'server.port=8080',
        'spring.datasource.url=jdbc:postgresql://localhost/app',
        ...idLine(scene, (idName, id) => `${format.block}.${name(idName)}=${id}`),
        `${format.block}.${name(format.field)}=${quoted(value)}`,
        'management.endpoints.enabled=false',
      ];
      return { path: 'src/main/resources/application.properties', text: `${lines.join('\n')}\n` };
    },
  },
  {
    name: 'docker-compose',
    plant({ format, value }) {
      if (value.written.includes('\n')) return null;
      const text = `services:\n  web:\n    image: shop/web:1.4\n    environment:\n      - NODE_ENV=production\n      - ${format.env}=${value.written}\n    ports:\n      - 80:3000\n`;
      return { path: 'docker-compose.yml', text };
    },
  },
  {
    name: 'Kubernetes variable',
    plant({ format, value }) {
      const text = `apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          env:\n            - name: LOG_LEVEL\n              value: info\n            - name: ${format.env}\n              value: "${quoted(value)}"\n`;
      return { path: 'deploy/web.yaml', text };
    },
  },
  {
    name: 'Kubernetes secret in base64',
    plant({ format, value }) {
      const base64 = Buffer.from(value.written).toString('base64');
      const text = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${format.block.replaceAll('_', '-')}-credentials\ntype: Opaque\ndata:\n  ${format.env}: ${base64}\n`;
      return { path: 'deploy/secret.yaml', text };
    },
  },
  {
    name: 'Dockerfile',
    plant(scene) {
      if (!isOneLine(scene)) return null;
      const { format, value, random } = scene;
      const line = random.pick([`ENV ${format.env} ${value.written}`, `ENV ${format.env}=${value.written}`]);
      return { path: 'Dockerfile', text: `FROM node:24\nWORKDIR /app\n${line}\nCMD ["node", "app.js"]\n` };
    },
  },
  {
    name: 'XML',
    plant({ format, value, random }) {
      const name = pascal(format.env);
      const attribute = value.written.replaceAll('&', '&amp;');
      const text = random.pick([
        `<configuration>\n  <appSettings>\n    <add key="PageSize" value="20" />\n    <add key="${name}" value="${attribute}" />\n  </appSettings>\n</configuration>\n`,
        `<resources>\n    <string name="app_name">Shop</string>\n    <string name="${format.env.toLowerCase()}" translatable="false">${attribute}</string>\n</resources>\n`,
        `<plist version="1.0">\n<dict>\n\t<key>${name}</key>\n\t<string>${attribute}</string>\n</dict>\n</plist>\n`,
      ]);
      return { path: 'res/values/settings.xml', text };
    },
  },
  {
    name: 'UTF-16',
    plant(scene) {
      if (!isOneLine(scene)) return null;
      const { format, value } = scene;
      const lines = [
        '# settings of the till',
        `$env:${format.env} = "${value.written}"`,
        'Start-Service Shop',
      ];
      return { path: 'scripts/settings.ps1', text: `\uFEFF${lines.join('\r\n')}\r\n`, encoding: 'utf16le' };
    },
  },
];
