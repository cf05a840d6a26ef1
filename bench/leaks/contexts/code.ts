import { camel, filled, pascal, quoted, screaming, type Context, type Scene } from './context.ts';

const hasId = ({ format }: Scene): boolean => format.idField !== undefined;
const idOf = (scene: Scene, write: (name: string, id: string) => string): string =>
  hasId(scene) ? write(scene.format.idField ?? '', scene.value.id) : '';

/** Statements of programs. */
export const CODE: readonly Context[] = [
  {
    name: 'JavaScript of the guide',
    plant(scene) {
      if (scene.format.javascript === undefined) return null;
      const text = `const express = require('express');\n\n${filled(scene.format.javascript, scene)}\n\nmodule.exports = (app) => app.listen(3000);\n`;
      return { path: `src/${scene.format.block}.js`, text: withImport(scene, text, '//') };
    },
  },
  {
    name: 'Python of the guide',
    plant(scene) {
      if (scene.format.python === undefined) return null;
      const text = `import os\n\n${filled(scene.format.python, scene)}\n\n\ndef send(to, body):\n    pass\n`;
      return { path: `app/${scene.format.block}.py`, text: withImport(scene, text, '#') };
    },
  },
  {
    name: 'PHP array',
    plant(scene) {
      const { format, value, random } = scene;
      const id = idOf(scene, (name, text) => `        '${name}' => '${text}',\n`);
      const secret = random.pick([`'${quoted(value)}'`, `env('${format.env}', '${quoted(value)}')`]);
      const text = `<?php\n\nreturn [\n    '${format.block}' => [\n${id}        '${format.field}' => ${secret},\n    ],\n    'timeout' => 30,\n];\n`;
      return { path: 'config/services.php', text };
    },
  },
  {
    name: 'PHP constant',
    plant({ format, value }) {
      return {
        path: 'config.php',
        text: `<?php\ndefine('DEBUG', false);\ndefine('${format.env}', '${quoted(value)}');\n`,
      };
    },
  },
  {
    name: 'Python arguments',
    plant(scene) {
      const { format, value } = scene;
      const id = idOf(scene, (name, text) => `    ${name}="${text}",\n`);
      const text = `from notifications import ${pascal(format.block)}Sender\n\nsender = ${pascal(format.block)}Sender(\n${id}    ${format.field}="${quoted(value)}",\n    timeout=30,\n)\n`;
      return { path: 'app/senders.py', text };
    },
  },
  {
    name: 'Python settings',
    plant({ format, value, random }) {
      const line = random.pick([
        `${format.env} = '${quoted(value)}'`,
        `${format.env} = os.environ.get("${format.env}", "${quoted(value)}")`,
        `os.environ["${format.env}"] = "${quoted(value)}"`,
      ]);
      return { path: 'shop/settings.py', text: `import os\n\nDEBUG = False\nALLOWED_HOSTS = []\n${line}\n` };
    },
  },
  {
    name: 'Kotlin constants',
    plant(scene) {
      const { format, value } = scene;
      const id = idOf(scene, (name, text) => `    const val ${screaming(name)} = "${text}"\n`);
      const text = `package shop\n\nobject ${pascal(format.block)}Config {\n${id}    const val ${screaming(format.field)} = "${quoted(value)}"\n    const val TIMEOUT = 30L\n}\n`;
      return { path: `src/main/kotlin/${pascal(format.block)}Config.kt`, text };
    },
  },
  {
    name: 'Swift constants',
    plant(scene) {
      const { format, value } = scene;
      const id = idOf(scene, (name, text) => `    static let ${camel(name)} = "${text}"\n`);
      const text = `import Foundation\n\nenum ${pascal(format.block)} {\n${id}    static let ${camel(format.field)}: String = "${quoted(value)}"\n}\n`;
      return { path: `Sources/${pascal(format.block)}.swift`, text };
    },
  },
  {
    name: 'Java or C# constant',
    plant({ format, value, random }) {
      const text = random.pick([
        `public class Notifier {\n    private static final String ${format.env} = "${quoted(value)}";\n}\n`,
        `class Notifier\n{\n    private const string ${pascal(format.env)} = "${quoted(value)}";\n}\n`,
      ]);
      return { path: 'src/Notifier.java', text };
    },
  },
  {
    name: 'Go',
    plant({ format, value, random }) {
      const name = camel(format.env);
      const text = random.pick([
        `package notify\n\nconst ${name} = "${quoted(value)}"\n`,
        `package notify\n\nfunc init() {\n\t${name} := "${quoted(value)}"\n\tuse(${name})\n}\n`,
        `package notify\n\nfunc init() {\n\tos.Setenv("${format.env}", "${quoted(value)}")\n}\n`,
      ]);
      return { path: 'internal/notify/notify.go', text };
    },
  },
  {
    name: 'Ruby initializer',
    plant(scene) {
      const { format, value } = scene;
      const id = idOf(scene, (name, text) => `  config.${name} = '${text}'\n`);
      const text = `${pascal(format.block)}.configure do |config|\n${id}  config.${format.field} = '${quoted(value)}'\nend\n`;
      return { path: `config/initializers/${format.block}.rb`, text };
    },
  },
  {
    name: 'fallback of a variable',
    plant({ format, value, random }) {
      const operator = random.pick(['||', '??']);
      const text = `export const settings = {\n  port: Number(process.env.PORT ?? 3000),\n  ${camel(format.env)}: process.env.${format.env} ${operator} '${quoted(value)}',\n};\n`;
      return { path: 'src/settings.ts', text };
    },
  },
  {
    name: 'commented out',
    plant(scene) {
      const { format, value, random } = scene;
      const javascript = format.javascript === undefined ? null : filled(format.javascript, scene);
      const text = random.pick([
        `// ${javascript ?? `const ${camel(format.env)} = '${quoted(value)}';`}\nexport const ready = true; // ${format.block}\n`,
        `# ${format.env}=${quoted(value)}\nexport ${format.env}="$(vault read ${format.block})"\n`,
      ]);
      return { path: 'src/old.js', text };
    },
  },
  {
    name: 'minified JavaScript',
    plant(scene) {
      const { format, value, random } = scene;
      const id = idOf(scene, (name, text) => `${camel(name)}:"${text}",`);
      const noise = random.fill(
        '!function(e,t){"use strict";var n=t({lower:3}),r=e.{lower:6};function i(e){return e&&e.__esModule?e:{default:e}}',
      );
      const text = `${noise.repeat(4)}n.${camel(format.block)}={${id}${camel(format.field)}:"${quoted(value)}",retries:3};${noise.repeat(4)}\n`;
      return { path: 'public/app.min.js', text };
    },
  },
];

/** The guides import the vendor's package above their statement. */
function withImport({ format }: Scene, text: string, comment: string): string {
  return isMentioned(text, format.block) ? text : `${comment} ${format.block}\n${text}`;
}

const isMentioned = (text: string, block: string): boolean =>
  text.toLowerCase().includes(block.toLowerCase());
