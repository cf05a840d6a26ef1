import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { isJsonObject, type JsonObject } from '../shared/json-body.ts';
import { createNameCheck, exactField, isOn, objectOf, optionalText } from '../shared/fields.ts';
import { parametersOf } from '../shared/parameters.ts';
import { type IntentDetails, Unreadable } from '../shared/reading.ts';
import type { Operation } from '../wire.ts';
import { endpointsOf } from './ncco.ts';

type Read = (parameters: JsonObject, operation: Operation, plan: NumberingPlan) => IntentDetails;

/** Members and recordings last as long as the conversation, which has no limit. A day is assumed as the worst case. */
const A_DAY = 86_400;

/** Conversations, their members and events, and users, of the older API and the newer one. */
export const CONVERSATIONS: Readonly<Record<string, Read>> = {
  'conversations.create': readConversation,
  'conversations.update': readConversation,
  'conversation.createConversation': readConversation,
  'conversation.replaceConversation': readConversation,
  'conversations.create_member': readMember,
  'conversations.update_member': readMember,
  'conversation.createMember': readMember,
  'conversation.updateMember': readMember,
  'conversations.create_event': readEvent,
  'conversation.createEvent': readEvent,
  'users.create_user': readUser,
  'users.update_user': readUser,
  'conversation.createUser': readUser,
  'conversation.updateUser': readUser,
};

const checkMember = createNameCheck(['channel']);
const checkChannel = createNameCheck(['type', 'to', 'number', 'uri', 'user', 'extension']);

/** Adds a member. Unless it joins by an app that is a call, even if a later request says how it joins. */
function readMember(body: JsonObject, { effects }: Operation, plan: NumberingPlan): IntentDetails {
  checkMember(body);
  const channel = objectOf(body, 'channel') ?? {};
  checkChannel(channel);
  const endpoint = objectOf(channel, 'to') ?? channel;
  checkChannel(endpoint);
  const parameters = parametersOf(body);
  const type = optionalText(channel, 'type') ?? 'app';
  if ((optionalText(endpoint, 'type') ?? type) !== type)
    throw new Unreadable('`channel.type` and `channel.to.type` must be the same.');
  if (type === 'app') return { effects: effects.filter((one) => one !== 'spend'), parameters };
  return {
    action: 'call.create',
    channel: 'voice',
    destinations: endpointsOf([{ type, ...endpoint }], 'channel', plan),
    callSeconds: A_DAY,
    fixedSeconds: true,
    parameters,
  };
}

const checkConversation = createNameCheck(['callback', 'numbers', 'properties']);

/** Changes a conversation; the request may set who receives its events, and which script its calls follow. */
function readConversation(body: JsonObject, { effects }: Operation): IntentDetails {
  checkConversation(body);
  const properties = objectOf(body, 'properties') ?? {};
  checkConversation(properties);
  const parameters = parametersOf(body);
  const isRouted = ['callback', 'numbers'].some((name) => isOn(body, name) || isOn(properties, name));
  return isRouted ? { effects: [...effects, 'routing', 'indirect'], parameters } : { parameters };
}

const checkUser = createNameCheck(['channels']);

/** Changes a user; its channels say at which address the user is reached. */
function readUser(body: JsonObject, { effects }: Operation): IntentDetails {
  checkUser(body);
  const parameters = parametersOf(body);
  return isOn(body, 'channels') ? { effects: [...effects, 'routing'], parameters } : { parameters };
}

/** Free types of events: those that stay within the conversation, and some commands to its calls. */
const FREE =
  /^(?:custom|ephemeral|text|image|audio:(?:play|say|dtmf|mute|earmuff|speaking|record:stop))(?::|$)/;

/** Sends an event. A `message` may leave as SMS or to a chat network; commands that are not known to be free count as charged. */
function readEvent(body: JsonObject, { effects }: Operation): IntentDetails {
  const parameters = parametersOf(body);
  const type = optionalText(body, 'type') ?? '';
  const inner = exactField(body, 'body');
  const options = isJsonObject(inner) ? inner : {};
  if (type.startsWith('message')) return { action: 'message.send', channel: 'chat', parameters };
  if (type === 'audio:record') {
    const extras = isOn(options, 'transcription') ? ['transcription'] : [];
    return { action: 'recording.start', callSeconds: A_DAY, fixedSeconds: true, extras, parameters };
  }
  const isFree = FREE.test(type) && !(type === 'audio:say' && isOn(options, 'premium'));
  return isFree ? { effects: effects.filter((one) => one !== 'spend'), parameters } : { parameters };
}
