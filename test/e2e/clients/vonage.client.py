from report import ALLOWED, FROM, PARTS, REFUSED, step
from vonage import Auth, Vonage
from vonage_messages import Sms
from vonage_sms import SmsMessage
from vonage_verify import SmsChannel, VerifyRequest
from vonage_voice import CreateCallRequest, Talk

def connect(secret=PARTS["apiSecret"]):
    return Vonage(
        Auth(
            api_key=PARTS["apiKey"],
            api_secret=secret,
            application_id=PARTS["applicationId"],
            private_key=PARTS["privateKey"],
        )
    )


client = connect()
state = {}


def call(to):
    return client.voice.create_call(
        CreateCallRequest(
            to=[{"type": "phone", "number": to[1:]}],
            from_={"type": "phone", "number": FROM[1:]},
            ncco=[Talk(text="Hello")],
            length_timer=60,
        )
    )


def verify(to):
    request = VerifyRequest(brand="B", workflow=[SmsChannel(to=to[1:])])
    state["request"] = client.verify.start_verification(request).request_id
    return "started"


def sms(to, secret=PARTS["apiSecret"]):
    return (client if secret == PARTS["apiSecret"] else connect(secret)).sms.send(SmsMessage(to=to[1:], from_="R", text="x")).messages[0].status


def wrong_key():
    return sms(ALLOWED, "f" * 16)


step("sms", lambda: sms(ALLOWED))
step("send", lambda: bool(client.messages.send(Sms(to=ALLOWED[1:], from_=FROM[1:], text="x")).message_uuid))
step("call", lambda: call(ALLOWED).status)
step("verify", lambda: verify(ALLOWED))
step("check", lambda: client.verify.check_code(state["request"], ALLOWED[-6:]).status)
# The SDK keeps the content type of its JSON requests for this form; the vendor itself answers that with an error.
step("sms labelled JSON", lambda: sms(ALLOWED))
step("list", lambda: len(client.voice.list_calls()[0]) > 0)
step("refused sms", lambda: sms(REFUSED))
step("refused message", lambda: client.messages.send(Sms(to=REFUSED[1:], from_=FROM[1:], text="x")).message_uuid)
step("refused call", lambda: call(REFUSED).status)
step("refused verification", lambda: verify(REFUSED))
step("wrong key", wrong_key)
