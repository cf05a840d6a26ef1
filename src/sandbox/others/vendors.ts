import type { OtherVendor } from './other-vendor.ts';
import { ably } from './vendors/ably.ts';
import { agora } from './vendors/agora.ts';
import { apifonica } from './vendors/apifonica.ts';
import { brevo } from './vendors/brevo.ts';
import { bulksms } from './vendors/bulksms.ts';
import { clicksend } from './vendors/clicksend.ts';
import { courier } from './vendors/courier.ts';
import { d7 } from './vendors/d7.ts';
import { daily } from './vendors/daily.ts';
import { deepgram } from './vendors/deepgram.ts';
import { discord } from './vendors/discord.ts';
import { discordWebhook } from './vendors/discord-webhook.ts';
import { elevenlabs } from './vendors/elevenlabs.ts';
import { elks46 } from './vendors/46elks.ts';
import { gcNotify } from './vendors/gc-notify.ts';
import { line } from './vendors/line.ts';
import { mailersend } from './vendors/mailersend.ts';
import { mailgun } from './vendors/mailgun.ts';
import { mailjet } from './vendors/mailjet.ts';
import { messagebird } from './vendors/messagebird.ts';
import { opentok } from './vendors/opentok.ts';
import { plivo } from './vendors/plivo.ts';
import { postmark } from './vendors/postmark.ts';
import { resend } from './vendors/resend.ts';
import { retell } from './vendors/retell.ts';
import { sendgrid } from './vendors/sendgrid.ts';
import { slack } from './vendors/slack.ts';
import { sparkpost } from './vendors/sparkpost.ts';
import { telegram } from './vendors/telegram.ts';
import { tyntec } from './vendors/tyntec.ts';
import { ultravox } from './vendors/ultravox.ts';
import { voodoosms } from './vendors/voodoosms.ts';
import { webex } from './vendors/webex.ts';

/** One file each; two of one host are told apart by what they ask for. */
export const OTHER_VENDORS: readonly OtherVendor[] = [
  sendgrid,
  plivo,
  messagebird,
  mailgun,
  brevo,
  mailersend,
  resend,
  postmark,
  mailjet,
  sparkpost,
  courier,
  clicksend,
  bulksms,
  tyntec,
  voodoosms,
  d7,
  apifonica,
  elks46,
  ultravox,
  elevenlabs,
  deepgram,
  daily,
  agora,
  slack,
  telegram,
  line,
  discord,
  opentok,
  discordWebhook,
  ably,
  gcNotify,
  retell,
  webex,
];
