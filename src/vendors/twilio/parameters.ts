import { type Form, formParameters, formValue, parseForm, parseFormText } from '../shared/form.ts';
import type { JsonObject } from '../shared/json-body.ts';
import { parametersOf } from '../shared/parameters.ts';
import { checkPlain, checkPlainName, jsonOf } from '../shared/plain-request.ts';
import { Unreadable } from '../shared/reading.ts';
import { hasMediaType } from '../shared/requests.ts';
import { urlsIn } from '../shared/urls.ts';
import type { Operation, WireRequest } from '../wire.ts';

/** What a request says besides its path. */
export interface Parameters {
  readonly form: Form;
  /** Null when the body is a form. */
  readonly json: JsonObject | null;
  readonly map: ReadonlyMap<string, string>;
}

const FORM_TYPE = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
const NONE: Form = { kind: 'form', entries: [] };

/** Arrays of the API, which are sent as repeated parameters (from the requests of the Node SDK 6.2.0). */
const REPEATABLE: ReadonlySet<string> = new Set(
  (
    'AddOns AssetVersions AssignmentStatus AudioSources AudioSourcesExcluded AutoCreation.WebhookFilters BindingType ' +
    'CategorySid CcEmails ChannelEligibility Codec ConferenceRecordingStatusCallbackEvent ' +
    'ConferenceStatusCallbackEvent Configuration.Filters Configuration.Triggers ContentType ' +
    'DequeueStatusCallbackEvent Details.Fields EventTypes Fields Filters FunctionVersions GroupingSid HelpKeywords ' +
    'HostedNumberOrderSids Identity InternationalRoaming Items Language MediaUrl MessageSamples Networks ' +
    'OptInImageUrls OptInKeywords OptOutKeywords Participant Participants Permission Permissions PersistentAction ' +
    'Plugins QuestionSids RecordingStatusCallbackEvent ReservationId RoomType Segment StatusCallbackEvent Tag ' +
    'TestUsers ToBinding TrustProductSid Type Types UseCaseCategories VideoCodecs WebhookFilters ccEmails channels ' +
    'intelligenceConfigurationIds operatorIds status'
  ).split(' '),
);

/** Parameters that decide about money or safety: another spelling of them is refused, in case the vendor takes it. */
const SPELLING: ReadonlyMap<string, string> = new Map(
  (
    'AccountSid AddOns AnnounceUrl ApplicationSid AreaCode Body CallerId CallRecord CallTo Channel ConferenceRecord ContentSid ' +
    'Definition DequeueRecord DequeueTo EmergencyStatus FallbackFrom FallbackUrl Fields From HoldUrl Identifier Identity Instruction MachineDetection ' +
    'MediaUrl MessagingBinding.Address MessagingServiceSid Participant Participants PhoneNumber Record RiskCheck ' +
    'RecordingConfigurationId Segment SendAsMms SendAt ShortenUrls SinkConfiguration Status Tag TimeLimit To ToBinding Twiml ' +
    'Type Url WaitUrl'
  )
    .split(' ')
    .map((name) => [name.toLowerCase(), name]),
);

/** Operations of newer APIs, which spell their parameters with a small letter first (requests of the Node SDK 6.2.0). */
const SMALL_LETTERS: ReadonlySet<string> = new Set([
  'CreateTypingIndicator',
  'ListQueryJob',
  'conversations.v2.ListConversation',
  'intelligence.v3.ListConversation',
  'numbers.v3.CreateHostedNumbersHostedNumberOrder',
  'studio.v2.ListExecution',
  'voice.v3.ListTranscription',
]);
const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** Reads query and body. What costs money must have all its parameters in one place. Throws `Unreadable`. */
export function readParameters(operation: Operation, request: WireRequest): Parameters {
  checkPlain(request);
  const query = formOf(parseFormText(request.query));
  // Even without a body: we write the call's time limit there, and the vendor would then see parameters in two places.
  if (query.entries.length > 0 && mayCost(operation) && request.method !== 'GET')
    throw new Unreadable('Send the parameters in the body, not in the query.');
  if (request.body.length === 0) return ofForm(operation, query);
  if (operation.body === 'json') return ofJson(operation, request, query);
  if (!hasMediaType(request, FORM_TYPE))
    throw new Unreadable(`Send the body as ${FORM_TYPE}, which is what ${operation.id} takes.`);
  return ofForm(operation, join(query, formOf(parseForm(request.body))));
}

function ofForm(operation: Operation, form: Form): Parameters {
  checkNames(operation, form);
  return { form, json: null, map: formParameters(form) };
}

function ofJson(operation: Operation, request: WireRequest, query: Form): Parameters {
  if (!hasMediaType(request, JSON_TYPE)) throw new Unreadable(`Send the body as ${JSON_TYPE}.`);
  checkNames(operation, query);
  const json = jsonOf(request.body);
  return { form: NONE, json, map: new Map([...parametersOf(json), ...formParameters(query)]) };
}

/** The form, or `Unreadable` with what is wrong with it. */
export function formOf(reading: ReturnType<typeof parseForm>): Form {
  if (reading.kind === 'malformed') throw new Unreadable(reading.problem);
  return reading;
}

function join(first: Form, second: Form): Form {
  return first.entries.length === 0
    ? second
    : { kind: 'form', entries: [...first.entries, ...second.entries] };
}

function mayCost({ effects }: Operation): boolean {
  return effects.includes('spend') || effects.includes('buy') || effects.includes('indirect');
}

function checkNames({ id }: Operation, { entries }: Form): void {
  const spelling = SMALL_LETTERS.has(id) ? NO_NAMES : SPELLING;
  const seen = new Map<string, string>();
  for (const [name] of entries) {
    checkPlainName(name);
    // Some servers take `to` for `To`.
    const folded = name.toLowerCase();
    const known = spelling.get(folded) ?? seen.get(folded);
    if (known !== undefined && known !== name)
      throw new Unreadable(`A parameter is spelled almost like \`${known}\`; spell it exactly so.`);
    if (seen.has(folded) && !REPEATABLE.has(name))
      throw new Unreadable('A parameter is given twice; which one counts is not clear.');
    seen.set(folded, name);
  }
}

/** A parameter, or null when it is absent or empty: the vendor takes both for the same. */
export function textParameter({ form }: Parameters, name: string): string | null {
  const value = formValue(form, name);
  return value === '' ? null : value;
}

/** A parameter that must be given. Throws `Unreadable`. */
export function requiredParameter(parameters: Parameters, name: string): string {
  const value = textParameter(parameters, name);
  if (value === null) throw new Unreadable(`\`${name}\` is missing.`);
  return value;
}

/** True unless the parameter is absent or clearly off. */
export function isOnParameter(parameters: Parameters, name: string): boolean {
  const value = textParameter(parameters, name);
  return value !== null && !/^(?:false|do-not-record)$/i.test(value);
}

/** Parameters whose JSON text says where the vendor sends data: event sinks, and the widgets of a flow. */
const JSON_TEXTS = ['SinkConfiguration', 'Definition'] as const;

/** URLs that the vendor will call or fetch: parameters are named after what they hold. */
export function callbacksOf({ map, json, form }: Parameters): readonly string[] {
  const found: string[] = json === null ? [] : [...urlsIn(json)];
  for (const [name, value] of map)
    if (/(?:Ur[il]s?|Callback|webhooks?)(?:\.\d+)?$/i.test(name) && value !== '')
      found.push(...value.split('\n'));
  for (const name of JSON_TEXTS) {
    const text = formValue(form, name);
    if (text !== null && text !== '') found.push(...urlsIn(jsonOf(Buffer.from(text))));
  }
  return found;
}
