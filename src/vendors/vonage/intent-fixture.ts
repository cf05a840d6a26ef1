import assert from 'node:assert/strict';
import type { Intent } from '../../intent/intent.ts';
import { plan, type RequestParts, wire } from '../shared/wire-fixture.ts';
import type { Reading } from '../vendor.ts';
import { operations } from './facts.ts';
import { vonage } from './index.ts';

/** Help for tests: reads a request as the gateway would. Not used in production. */
export function read(host: string, parts: RequestParts): Reading {
  const request = wire(host, parts);
  const operation = operations.match(request.method, host, request.segments);
  assert.ok(operation, `${request.method} ${request.path}`);
  return vonage.readIntent(operation, request, plan);
}

export function intent(host: string, parts: RequestParts): Intent {
  const reading = read(host, parts);
  assert.ok(reading.kind === 'intent', JSON.stringify(reading));
  return reading.intent;
}

export function problem(host: string, parts: RequestParts): string {
  const reading = read(host, parts);
  assert.ok(reading.kind === 'malformed', 'readable');
  return reading.problem;
}

export const REST = 'rest.nexmo.com';
export const API = 'api.nexmo.com';
export const VIDEO = 'video.api.vonage.com';
export const to = (one: Intent) => one.destinations.map(({ address }) => address);
