import { generateHelpTextForAllCommands, type Application, type CommandContext } from '@stricli/core';
import { createApplication } from '../src/cli/application.ts';
import { routes } from '../src/cli/routes.ts';
import { layHelp } from '../src/cli/terminal/help-text.ts';
import { ENVIRONMENT, EXIT_CODES } from '../src/cli/topics.ts';

/** `docs/reference/cli.md` below its title: exit codes, environment, and the help of every command. */
export function cliSections(version: string): readonly string[] {
  const application = createApplication(routes, version, { json: false, verbose: false });
  const commands = generateHelpTextForAllCommands(application as unknown as Application<CommandContext>)
    .filter(([route]) => !route.includes('__'))
    .map(([route, help]) => `## ${route}\n\n${block(layHelp(help, null))}`);
  return [block(EXIT_CODES), block(ENVIRONMENT), ...commands];
}

function block(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}
