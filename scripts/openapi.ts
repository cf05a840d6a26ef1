import { z } from 'zod';
import { ROUTES } from '../src/api/contract.ts';
import { pathOf, PATHS, type RouteId, type RoutePath } from '../src/api/paths.ts';
import { sizeText, SMALL_BODY, type RouteSpec } from '../src/api/schema.ts';

type Schema = Record<string, unknown>;

const LATE = `An answer that takes longer than a second is given in lines to a client that accepts
\`application/x-ndjson\`: each second \`{"progress": …}\`, and at the end \`{"result": …}\`, which is the answer, or
\`{"problem": …}\`. Lists that are lines anyway hold empty lines then, and may end with a problem.`.replaceAll(
  '\n',
  ' ',
);

/** The admin API as an OpenAPI 3.1 document. */
export function createOpenApi(version: string): Schema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const id of Object.keys(PATHS) as RouteId[]) {
    const route = pathOf(id);
    const place = route.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[place] ??= {})[route.method.toLowerCase()] = describeRoute(id, route, ROUTES[id]);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Ringfence admin API', version, description: LATE },
    servers: [{ url: 'http://127.0.0.1:4613' }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: problem },
    },
  };
}

const problem: Schema = {
  type: 'object',
  description: 'RFC 9457; `code` is a row of errors.md',
  properties: Object.fromEntries(
    ['type', 'title', 'code', 'category', 'detail', 'hint']
      .map((name): [string, Schema] => [name, { type: 'string' }])
      .concat([['status', { type: 'integer' }]]),
  ),
  required: ['type', 'title', 'status', 'code', 'category', 'detail', 'hint'],
};

function describeRoute(id: RouteId, route: RoutePath, spec: RouteSpec): Schema {
  const input = toSchema(spec.input, 'input');
  const members = (input['properties'] ?? {}) as Record<string, Schema>;
  const required = (input['required'] ?? []) as readonly string[];
  const hasBody = route.method === 'POST' || route.method === 'PUT';
  const elsewhere = hasBody ? 'body' : 'query';
  const place = (name: string) => (route.parameters.includes(name) ? 'path' : elsewhere);
  const parameters = Object.entries(members).filter(([name]) => place(name) !== 'body');
  const body = Object.entries(members).filter(([name]) => place(name) === 'body');
  return {
    operationId: id,
    summary: spec.summary,
    ...(spec.isOpen === true ? { security: [] } : {}),
    parameters: parameters.map(([name, schema]) => ({
      name,
      in: place(name),
      required: required.includes(name),
      schema,
    })),
    ...(body.length > 0 ? { requestBody: describeBody(body, required) } : {}),
    responses: {
      [spec.status ?? 200]: { description: 'Done', content: describeAnswer(spec) },
      ...(body.length > 0 ? { 413: describeProblem(`The body is larger than ${limitOf(spec)}`) } : {}),
      default: describeProblem('A problem'),
    },
  };
}

const limitOf = ({ maxBody = SMALL_BODY }: RouteSpec): string => sizeText(maxBody);

function describeProblem(description: string): Schema {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description, content: { 'application/problem+json': { schema } } };
}

function describeBody(body: readonly (readonly [string, Schema])[], required: readonly string[]): Schema {
  const schema = {
    type: 'object',
    properties: Object.fromEntries(body),
    required: body.map(([name]) => name).filter((name) => required.includes(name)),
    additionalProperties: false,
  };
  return { required: schema.required.length > 0, content: { 'application/json': { schema } } };
}

const MEDIA = { json: 'application/json', lines: 'application/x-ndjson', text: 'text/plain' } as const;

function describeAnswer(spec: RouteSpec): Schema {
  return { [MEDIA[spec.format ?? 'json']]: { schema: toSchema(spec.output, 'output') } };
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io }) as Schema;
  return rest;
}
