from report import ALLOWED, FROM, GATEWAY, IDS, PARTS, REFUSED, step
from telnyx import Telnyx

PLACE = {} if GATEWAY == "" else {"base_url": GATEWAY + "/api.telnyx.com/v2"}
client = Telnyx(api_key=PARTS["apiKey"], **PLACE)
PROFILE = IDS["verifyProfileId"]


def call(to):
    return client.calls.dial(to=to, from_=FROM, connection_id="1", time_limit_secs=60).data.call_control_id


def verify(to):
    return client.verifications.trigger_sms(phone_number=to, verify_profile_id=PROFILE).data.id


def check():
    actions = client.verifications.by_phone_number.actions
    return actions.verify(ALLOWED, code=ALLOWED[-6:], verify_profile_id=PROFILE).data.response_code


def send(to):
    return client.messages.send(to=to, from_=FROM, text="x").data.id


step("send", lambda: bool(send(ALLOWED)))
step("call", lambda: bool(call(ALLOWED)))
step("verify", lambda: bool(verify(ALLOWED)))
step("check", check)
step("lookup", lambda: client.number_lookup.retrieve(ALLOWED, type="carrier").data.carrier.name)
step("refused message", lambda: send(REFUSED))
step("refused call", lambda: call(REFUSED))
step("refused verification", lambda: verify(REFUSED))
step("wrong key", lambda: Telnyx(api_key="KEY" + "f" * 32, **PLACE).balance.retrieve())
