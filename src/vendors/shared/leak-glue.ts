/** Pieces of patterns for what stands between the name of a secret and its value. Every repetition is bounded. */

/** Makes letters outside of escapes and classes match in either case. Not by the modifier `(?i:)`, with which V8 misses optional groups. */
export function anyCase(source: string): string {
  return source.replace(/\\.|\[(?:\\.|[^\]\\])*\]|[A-Za-z]/g, (part) =>
    part.length === 1 ? `[${part.toUpperCase()}${part.toLowerCase()}]` : part,
  );
}

/** What closes a name: quotes and brackets. */
export const CLOSING = String.raw`(?:["'\x60\\\])*]|&quot;){0,4}`;
/** The old value in a plan of Terraform or Pulumi, which shows a change as `"old" -> "new"`. */
const FORMER = String.raw`(?:(?<=")[^"\n]{0,100}"[ ](?:->|=>)[ ]")?`;
/** What opens a value. */
export const OPENING = String.raw`(?:["'\x60\\@(\[]|&quot;|\$\{){0,4}${FORMER}`;
const OPERATOR = String.raw`(?::=|=>|=&gt;|->|==|\|\|?=?|\?\?=?|\?[:=]|:-|[=:,{(])`;

/** Words after a name that make it the name of something else: `secret_name`, `token_url`. */
export const NOT_THE_VALUE = `(?![_.-]?(?:${anyCase('sid|ids?|name|url|uri|path|file|hash|sha\\d*|md5|checksum|digest|version|length|label|type')})(?![A-Za-z]))`;

/** A member of a JSON object with a word for its value: `"type": "SecureString",`. */
export const MEMBER = String.raw`["'\\]{1,3}\w{1,24}["'\\]{1,3}[ \t]{0,4}:[ \t]{0,4}(?:["'\\]{1,3}[\w. /:\-]{0,40}["'\\]{1,3}|\w{1,12}),\s{0,32}`;

/** White space, and up to three lines or members between name and value: comments, or other attributes of the same thing (Terraform). */
const LINES_BETWEEN = String.raw`(?:[ \t]{1,4}#[^\n]{0,80})?[\s,;+~\-]{1,32}(?:(?:(?:#[^\n]{0,80}|\w{1,16}[ \t]{0,12}=[^\n={}]{1,80})\n[ \t+~\-]{0,24}){0,3}|(?:${MEMBER}){1,3})`;

/** In a command that puts a secret into a store: other words, then the option for the value, or a text for standard input. */
const STORED = String.raw`(?:[ \t]{1,4}[\w./=\-]{1,40}){0,4}[ \t]{1,4}(?:\\\r?\n[ \t]{0,12})?(?:--(?:value|body|data|secret-string|plaintext)[ =]|-b[ =]?|<<<[ ]?)`;

/** From one HTML element to the next in the same table row: `</td><td class="v">`, also with `=>` between them. */
const NEXT_ELEMENT =
  String.raw`[ \t]{0,2}(?:</(?!tr)\w{1,12}>){1,2}\s{0,24}(?:(?:"|&quot;)?[ ]{0,2}=(?:>|&gt;)[ ]{0,2}(?:"|&quot;)?)?` +
  String.raw`(?:<(?!tr)\w{1,12}(?:[ ][\w\-]{1,16}=(?:"[\w \-]{0,24}"|[\w\-]{1,24})){0,3}>\s{0,24}){1,3}(?:&#(?:x27|39|34);|&quot;|["'])?`;

/** The name of a field for values. */
export const VALUE = String.raw`["'\\]{0,3}(?:(?:default_?|string_?|[pP]arameter)?[vV]alue|val)["'\\]{0,3}[ \t]{0,12}[:=][ \t]{0,4}`;

/** The ways to give a name a value in the languages that people keep credentials in. */
const BETWEEN = [
  // NAME=value, name: "value", 'name' => 'value', getenv("NAME") ?: "value", set_name("value")
  String.raw`[ \t]{0,12}${OPERATOR}\*{0,2}(?:[ \t]{0,12}|\s{0,32}(?=["'\x60@\\]))${OPENING}`,
  // name: String = "value", const name string = "value"
  String.raw`[ \t]?(?::[ \t]?[&A-Za-z][\w&'<>?.\[\]| ]{0,24}|[ \t]str(?:ing)?[ \t]?)=[ \t]{0,4}${OPENING}`,
  // name: NAME, then value: "value" on a line that follows, also of a diff; key="name" value="value"
  String.raw`${LINES_BETWEEN}${VALUE}${OPENING}`,
  // variable "name" { … default = "value", resource "kind" "name" { … secret_string = "value"
  String.raw`[ \t]{0,4}\{[^{}]{0,120}?\b(?:default|value|secret_string|secret_data)[ \t]{0,12}=[ \t]{0,4}"${FORMER}`,
  // name: |, then the value on the next line
  String.raw`:[ \t]{1,4}[|>][+\-]?[ \t]{0,4}\r?\n[ \t]{1,24}`,
  // "name": { "value": "value"
  String.raw`[ \t]{0,4}:\s{0,24}\{[^{}]{0,120}?["'](?:default)?[vV]alue["'][ \t]{0,4}:[ \t]{0,4}"`,
  // config('NAME', default='value'), add_argument('--name', default='value')
  String.raw`[ \t]{0,4},[ \t]{0,4}default[ \t]{0,2}=[ \t]{0,2}["']`,
  // var("NAME").unwrap_or_else(|_| "value"), get("NAME").orElse("value")
  String.raw`\s{0,32}\.(?:unwrap_or(?:_else)?|(?:or|getOr)Else)\(\s{0,24}(?:\|\w{0,8}\|[ \t]{0,4})?(?:String::from\()?["']`,
  // <name>value, <string name="name">value, <key>name</key><string>value
  String.raw`[^<>\n]{0,30}(?<![=\-])>\s{0,8}|${NEXT_ELEMENT}`,
  // ["name"]=> string(32) "value", 'name' => string 'value', s:4:"name";s:32:"value"
  String.raw`(?::(?:protected|(?:"[\w\\]{1,60}":)?private)\])?[ \t]{0,12}=>\s{1,32}string(?:\(\d{1,4}\)[ ]"|[ ]')|;s:\d{1,4}:\\{0,3}"`,
  // set --name NAME --value "value", set NAME <<< "value"
  `${STORED}${OPENING}`,
  // ENV NAME value, --name value, the name is value, name - 'value'
  String.raw`[ \t]{1,4}(?:(?:is|was|to|or|-)[ \t]{1,4})?${OPENING}`,
].join('|');

/** Not a file name such as `TokenTest.php`: the value after it would be its checksum. */
const NOT_A_FILE =
  '(?![\\w\\-]{0,12}\\.(?:php|phpt|[cm]?[jt]sx?|vue|py|rb|java|kt|go|rs|cs|swift|exs?|json|ya?ml|xml|html?|s?css|md|txt|png|svg|lock)(?![A-Za-z]))';

/** All that stands between the last letter of a name and the first of its value. */
export const GLUE = `${NOT_THE_VALUE}${NOT_A_FILE}[\\w.\\-]{0,12}?${CLOSING}(?:${BETWEEN})`;
