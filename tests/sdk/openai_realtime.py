"""OpenAI's own Python client on the realtime socket: python3 openai_realtime.py BASE_URL PCM WORD

PCM is a question, 16-bit samples at 24 kHz. Prints nothing and ends with 0 where everything is as the client expects it.
"""

import base64
import sys

import openai

base_url, recording, word = sys.argv[1:4]
client = openai.OpenAI(base_url=base_url, api_key="unused", max_retries=0, timeout=120)
with open(recording, "rb") as file:
    sound = file.read()
silence = bytes(48_000 * 2)


def until(connection, kind):
    """Every event up to one of this type."""
    events = []
    while not events or events[-1].type != kind:
        events.append(connection.recv())
        assert kind == "error" or events[-1].type != "error", events[-1]
    return events


def of(events, kind):
    return [event for event in events if event.type == kind]


def append(connection, pcm):
    for start in range(0, len(pcm), 9_600):
        connection.input_audio_buffer.append(audio=base64.b64encode(pcm[start : start + 9_600]).decode())


# Somebody speaks: the service tells the turn's end, and answers in speech.
with client.realtime.connect(model="gpt-realtime") as connection:
    assert connection.recv().type == "session.created"
    connection.session.update(session={"type": "realtime", "audio": {"output": {"speed": 1.2}}})
    assert connection.recv().session.audio.output.speed == 1.2
    append(connection, sound + silence)
    events = until(connection, "response.done")
    types = [event.type for event in events]
    order = [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.input_audio_transcription.completed",
        "response.created",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_item.done",
        "response.done",
    ]
    assert [types.index(kind) for kind in order] == sorted(types.index(kind) for kind in order), types
    heard = of(events, "conversation.item.input_audio_transcription.completed")[0]
    assert word in heard.transcript.lower(), heard
    done = events[-1].response
    assert done.status == "completed" and done.output[0].content[0].transcript, done
    spoken = b"".join(base64.b64decode(event.delta) for event in of(events, "response.output_audio.delta"))
    assert len(spoken) > 48_000 and max(spoken) > 0, len(spoken)

    # Words are asked; two answers at a time are not given.
    connection.conversation.item.create(
        item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Đăng ký kết hôn ở đâu?"}]}
    )
    # Both at once: an answer as short as this may be over before its first sound has been read here.
    connection.response.create()
    connection.response.create()
    error = until(connection, "error")[-1].error
    assert error.code == "conversation_already_has_active_response", error
    assert of(until(connection, "response.done"), "response.output_audio.delta")

# The client commits, and asks for text.
with client.realtime.connect(model="gpt-realtime") as connection:
    connection.recv()
    connection.session.update(
        session={
            "type": "realtime",
            "output_modalities": ["text"],
            "audio": {"input": {"turn_detection": None}},
        }
    )
    assert connection.recv().type == "session.updated"
    append(connection, sound)
    connection.input_audio_buffer.commit()
    connection.response.create()
    events = until(connection, "response.done")
    assert of(events, "response.output_text.done")[0].text == events[-1].response.output[0].content[0].text
    assert not of(events, "response.output_audio.delta")
    # Words, and an answer broken off.
    connection.conversation.item.create(
        item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Đăng ký khai sinh cần giấy tờ gì?"}]}
    )
    connection.response.create(response={"output_modalities": ["audio"]})
    until(connection, "response.output_audio.delta")
    connection.response.cancel(event_id="mine")
    last = until(connection, "response.done")[-1].response
    # It may have been over before the cancellation came.
    assert last.status == "completed" or last.status_details.reason == "client_cancelled", last
    if last.status == "completed":
        assert until(connection, "error")[-1].error.event_id == "mine"
    assert "status" in last.metadata, last
    # What cannot be is told, and harms nothing.
    for wrong, code in [
        (lambda: connection.input_audio_buffer.commit(), "input_audio_buffer_commit_empty"),
        (lambda: connection.input_audio_buffer.append(audio="§"), None),
        (lambda: connection.response.create(), "no_user_message"),
        (lambda: connection.send({"type": "session.dance"}), None),
        (lambda: connection.session.update(session={"type": "realtime", "output_modalities": ["smell"]}), None),
    ]:
        wrong()
        error = until(connection, "error")[-1].error
        assert error.type == "invalid_request_error" and error.code == code, error
    connection.input_audio_buffer.clear()
    until(connection, "input_audio_buffer.cleared")

try:
    with client.realtime.connect(model="nothing-of-the-kind") as connection:
        raise AssertionError("an unknown model was found")
except AssertionError:
    raise
except Exception as error:  # the socket library's own: the handshake was refused
    assert "404" in str(error), error
