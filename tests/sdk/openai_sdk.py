"""OpenAI's own Python client against the service: python3 openai_sdk.py BASE_URL RECORDING WORD

Prints nothing and ends with 0 where everything is as the client expects it.
"""

import io
import sys
import wave

import openai

base_url, recording, word = sys.argv[1:4]
client = openai.OpenAI(base_url=base_url, api_key="unused", max_retries=0, timeout=120)

# Models.
models = [model.id for model in client.models.list()]
assert "whisper-1" in models and "tts-1" in models, models
assert client.models.retrieve("whisper-1").id == "whisper-1"
try:
    client.models.retrieve("nothing-of-the-kind")
    raise AssertionError("an unknown model was found")
except openai.NotFoundError as error:
    assert error.code == "model_not_found", error


def transcribe(**options):
    with open(recording, "rb") as file:
        return client.audio.transcriptions.create(model="whisper-1", file=file, **options)


# Transcriptions, in every format.
heard = transcribe(language="vi")
assert word in heard.text.lower(), heard
assert word in transcribe(response_format="text").lower()
verbose = transcribe(response_format="verbose_json", prompt="Luật Xây dựng")
assert verbose.duration > 1 and word in verbose.text.lower(), verbose
assert verbose.segments[0].end > verbose.segments[0].start >= 0, verbose
assert " --> " in transcribe(response_format="srt")
assert transcribe(response_format="vtt").startswith("WEBVTT")
events = list(transcribe(stream=True))
assert events[-1].type == "transcript.text.done" and word in events[-1].text.lower(), events
assert "".join(e.delta for e in events if e.type == "transcript.text.delta") == events[-1].text
for wrong in ({"language": "en"}, {"response_format": "diarized_json"}):
    try:
        transcribe(**wrong)
        raise AssertionError(f"{wrong} was accepted")
    except openai.BadRequestError as error:
        assert error.param in wrong, error
try:
    client.audio.transcriptions.create(model="whisper-1", file=("x.wav", b"no sound at all"))
    raise AssertionError("a file that is no sound was accepted")
except openai.BadRequestError as error:
    assert error.param == "file", error

# Speech, in every format.
text = "Theo khoản 2 Điều 35 Bộ luật Lao động, người lao động có quyền đơn phương chấm dứt hợp đồng."
beginnings = {"mp3": (b"\xff",), "opus": (b"OggS",), "flac": (b"fLaC",), "wav": (b"RIFF",), "pcm": (b"",)}
for name, beginning in beginnings.items():
    spoken = client.audio.speech.create(model="tts-1", voice="alloy", input=text, response_format=name).content
    assert spoken.startswith(beginning) and len(spoken) > 5_000, (name, spoken[:8])
assert client.audio.speech.create(model="tts-1", voice="alloy", input=text).content[:1] == b"\xff"
slow, fast = (
    len(client.audio.speech.create(model="tts-1", voice="alloy", input=text, response_format="pcm", speed=speed).content)
    for speed in (0.8, 1.5)
)
assert slow > 1.3 * fast, (slow, fast)
with client.audio.speech.with_streaming_response.create(
    model="gpt-4o-mini-tts", voice="alloy", input=text * 4, response_format="pcm"
) as response:
    sizes = [len(chunk) for chunk in response.iter_bytes()]
assert len(sizes) > 1, sizes
for wrong in ({"speed": 9.0}, {"input": ""}, {"input": "a" * 5_000}, {"response_format": "aac"}):
    options = {"model": "tts-1", "voice": "alloy", "input": text, **wrong}
    try:
        client.audio.speech.create(**options)
        raise AssertionError(f"{list(wrong)} was accepted")
    except openai.BadRequestError as error:
        assert error.param in wrong, error

# What is spoken is a sound that others can read.
spoken = client.audio.speech.create(model="tts-1", voice="alloy", input="Xin chào.", response_format="wav").content
with wave.open(io.BytesIO(spoken)) as file:
    assert file.getframerate() >= 16_000 and file.getnchannels() == 1
