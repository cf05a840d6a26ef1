import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';

const loadTopics = () => import('../commands/topics.ts');
const loadCompletion = () => import('../commands/completion.ts');

export const help = buildRouteMap({
  routes: {
    exitCodes: buildCommand({
      loader: async () => bind((await loadTopics()).exitCodes),
      parameters: {},
      docs: { brief: 'Exit codes' },
    }),
    environment: buildCommand({
      loader: async () => bind((await loadTopics()).environment),
      parameters: {},
      docs: { brief: 'Environment variables' },
    }),
  },
  docs: { brief: 'Topics' },
});

export const completion = buildRouteMap({
  routes: {
    bash: buildCommand({
      loader: async () => bind((await loadCompletion()).bash),
      parameters: {},
      docs: { brief: 'For bash' },
    }),
    zsh: buildCommand({
      loader: async () => bind((await loadCompletion()).zsh),
      parameters: {},
      docs: { brief: 'For zsh' },
    }),
    fish: buildCommand({
      loader: async () => bind((await loadCompletion()).fish),
      parameters: {},
      docs: { brief: 'For fish' },
    }),
  },
  docs: { brief: 'Print a completion script for a shell' },
});

export const complete = buildCommand({
  loader: async () => bind((await loadCompletion()).complete),
  parameters: {
    positional: {
      kind: 'array',
      parameter: { parse: String, placeholder: 'word', brief: 'Words of the command line' },
    },
  },
  docs: { brief: 'Candidates for the unfinished last word' },
});
