"""The Wyoming project's own client against the running service: describe, ping, hear, speak, speak a stream, answer.

usage: wyoming_client.py URI RECORDING.wav WORD   (WORD must be in the transcript; empty where nothing is sure to be heard)
"""

import array
import asyncio
import sys
import wave

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop, wav_to_chunks
from wyoming.client import AsyncClient
from wyoming.error import Error
from wyoming.event import Event
from wyoming.handle import Handled, NotHandled
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeVoice,
)


def connect(uri: str) -> AsyncClient:
    return AsyncClient.from_uri(uri, connect_timeout=5, read_timeout=120)


async def read(client: AsyncClient) -> Event:
    event = await client.read_event()
    assert event is not None, "the service closed the connection"
    assert not Error.is_type(event.type), Error.from_event(event)
    return event


async def describe(uri: str) -> Info:
    async with connect(uri) as client:
        await client.write_event(Ping(text="có ai không?").event())
        assert Pong.from_event(await read(client)).text == "có ai không?"
        await client.write_event(Describe().event())
        info = Info.from_event(await read(client))
    assert info.asr[0].models[0].languages == ["vi"], info.asr
    assert info.asr[0].models[0].installed and info.asr[0].models[0].attribution.name
    assert info.asr[0].requires_external_vad and not info.asr[0].supports_transcript_streaming
    assert info.tts[0].supports_synthesize_streaming and info.tts[0].voices[0].languages == ["vi"], info.tts
    assert info.handle[0].models[0].languages == ["vi"] and not info.handle[0].supports_home_control
    return info


async def transcribe(uri: str, path: str, word: str, model: str) -> None:
    with wave.open(path, "rb") as recording:
        events = list(wav_to_chunks(recording, 1024, start_event=True, stop_event=True))
    async with connect(uri) as client:
        await client.write_event(Transcribe(name=model, language="vi-VN").event())
        for event in events:
            if isinstance(event, AudioChunk):  # as many satellites send it: both channels the same
                mono = array.array("h", event.audio)
                stereo = array.array("h", (sample for pair in zip(mono, mono) for sample in pair))
                event.audio = stereo.tobytes()
            if not isinstance(event, AudioStop):
                event.channels = 2
            await client.write_event(event.event())
        transcript = Transcript.from_event(await read(client))
        assert transcript.language == "vi"
        assert word in transcript.text.lower(), transcript
        # The connection serves for the next one.
        await client.write_event(Describe().event())
        assert Info.is_type((await read(client)).type)
        print("heard:", transcript.text)


async def sound(client: AsyncClient) -> tuple[float, int]:
    """Seconds of a sound, and its loudest sample."""
    start = AudioStart.from_event(await read(client))
    assert (start.width, start.channels) == (2, 1) and start.rate >= 8_000, start
    seconds, loudest = 0.0, 0
    while not AudioStop.is_type((event := await read(client)).type):
        chunk = AudioChunk.from_event(event)
        assert (chunk.rate, chunk.width, chunk.channels) == (start.rate, 2, 1)
        assert abs(chunk.timestamp - seconds * 1_000) < 2, (chunk.timestamp, seconds)
        seconds += chunk.seconds
        loudest = max(loudest, *(abs(sample) for sample in array.array("h", chunk.audio)))
    return seconds, loudest


async def synthesize(uri: str, voice: str) -> None:
    async with connect(uri) as client:
        text = "Theo khoản 1 Điều 35, phải báo trước 45 ngày."
        await client.write_event(Synthesize(text=text, voice=SynthesizeVoice(name=voice)).event())
        seconds, loudest = await sound(client)
        assert 2 < seconds < 15 and loudest > 2_000, (seconds, loudest)
        print("spoken:", round(seconds, 2), "s")
        await client.write_event(Synthesize(text=" … ").event())
        assert await sound(client) == (0.0, 0)


async def synthesize_stream(uri: str, voice: str) -> None:
    pieces = ["Đăng ký khai ", "sinh ở Ủy ban nhân dân cấp xã. ", "Thời hạn là 60", " ngày"]
    async with connect(uri) as client:
        await client.write_event(SynthesizeStart(voice=SynthesizeVoice(name=voice)).event())
        for piece in pieces[:3]:
            await client.write_event(SynthesizeChunk(text=piece).event())
        # The first sentence is heard before the second is whole.
        first, loudest = await sound(client)
        assert first > 1 and loudest > 2_000, (first, loudest)
        await client.write_event(SynthesizeChunk(text=pieces[3]).event())
        await client.write_event(Synthesize(text="".join(pieces)).event())  # as the protocol asks of clients
        await client.write_event(SynthesizeStop().event())
        second, loudest = await sound(client)
        assert second > 0.5 and loudest > 2_000, (second, loudest)
        assert SynthesizeStopped.is_type((await read(client)).type)
        print("spoken:", round(first, 2), "s and", round(second, 2), "s")


async def handle(uri: str) -> None:
    async def ask(client: AsyncClient, text: str, context=None) -> Event:
        await client.write_event(Transcript(text=text, language="vi", context=context).event())
        return await read(client)

    async with connect(uri) as client:
        answer = await ask(client, "Đăng ký khai sinh ở đâu?", {"conversation_id": "01"})
        assert Handled.is_type(answer.type), answer
        text = Handled.from_event(answer).text
        assert "Ủy ban nhân dân cấp xã" in text and "Luật Hộ tịch" in text, text
        assert not any(letter.isdigit() for letter in text), text  # ready to be spoken
        refusal = await ask(client, "Hôm nay thời tiết Hà Nội thế nào?")
        assert NotHandled.is_type(refusal.type) and NotHandled.from_event(refusal).text, refusal
        # What an answer gives along leads to the next.
        back = Handled.from_event(await ask(client, "Xin giấy phép cần gì?"))
        assert back.context, back
        chosen = await ask(client, "cái thứ hai", back.context)
        assert Handled.is_type(chosen.type), chosen
        print("answered:", text)


async def main(uri: str, path: str, word: str) -> None:
    info = await describe(uri)
    await synthesize(uri, info.tts[0].voices[0].name)
    await synthesize_stream(uri, info.tts[0].voices[0].name)
    await handle(uri)
    await transcribe(uri, path, word, info.asr[0].models[0].name)


asyncio.run(main(*sys.argv[1:]))
