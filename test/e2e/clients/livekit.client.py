import asyncio

import aiohttp
from google.protobuf.duration_pb2 import Duration
from livekit import api
from report import ALLOWED, GATEWAY, IDS, PARTS, REFUSED, step

URL = f"https://{PARTS['host']}" if GATEWAY == "" else f"{GATEWAY}/{PARTS['host']}"


def ask(work, secret=PARTS["apiSecret"]):
    """One call with a client of its own. The SDK's own session heeds no proxy variable."""

    async def once():
        async with aiohttp.ClientSession(trust_env=True) as session:
            return await work(api.LiveKitAPI(URL, PARTS["apiKey"], secret, session=session))

    return asyncio.run(once())


def call(to):
    request = api.CreateSIPParticipantRequest(
        sip_trunk_id=IDS["sipTrunkId"], sip_call_to=to, room_name="r1", max_call_duration=Duration(seconds=60)
    )
    return ask(lambda livekit: livekit.sip.create_sip_participant(request)).room_name


def rooms(livekit):
    return livekit.room.list_rooms(api.ListRoomsRequest())


room = api.CreateRoomRequest(name="r1", empty_timeout=60)
step("room", lambda: ask(lambda livekit: livekit.room.create_room(room)).name)
step("call", lambda: call(ALLOWED))
step("list", lambda: ",".join(one.name for one in ask(rooms).rooms))
step("refused call", lambda: call(REFUSED))
step("delete", lambda: bool(ask(lambda livekit: livekit.room.delete_room(api.DeleteRoomRequest(room="r1")))))
step("wrong key", lambda: str(ask(rooms, "f" * 32)))
