from report import ALLOWED, FROM, IDS, PARTS, REFUSED, step
from twilio.rest import Client

client = Client(PARTS["accountSid"], PARTS["authToken"])
service = client.verify.v2.services(IDS["verifyServiceSid"])
TWIML = "<Response><Say>Hello</Say></Response>"

step("send", lambda: client.messages.create(to=ALLOWED, from_=FROM, body="x").status)
step("call", lambda: client.calls.create(to=ALLOWED, from_=FROM, twiml=TWIML).status)
step("verify", lambda: service.verifications.create(to=ALLOWED, channel="sms").status)
step("check", lambda: service.verification_checks.create(to=ALLOWED, code=ALLOWED[-6:]).status)
step("lookup", lambda: client.lookups.v2.phone_numbers(ALLOWED).fetch().country_code)
step("send again", lambda: client.messages.create(to=ALLOWED, from_=FROM, body="y").status)
step("list", lambda: ",".join(one.body for one in client.messages.list(page_size=1, limit=2)))
step("refused message", lambda: client.messages.create(to=REFUSED, from_=FROM, body="x").status)
step("refused call", lambda: client.calls.create(to=REFUSED, from_=FROM, twiml=TWIML).status)
step("wrong key", lambda: Client(PARTS["accountSid"], "f" * 32).messages.list(limit=1))
