// OpenAI's own JavaScript client against the service: node openai_sdk.mjs BASE_URL RECORDING WORD
//
// Prints nothing and ends with 0 where everything is as the client expects it.

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";

// The package lies where scripts/setup put it.
const require = createRequire(new URL("../../.deps/sdk/js/package.json", import.meta.url));
const { OpenAI } = require("openai");

const [baseURL, recording, word] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "unused", maxRetries: 0, timeout: 120_000 });

const models = [];
for await (const model of client.models.list()) models.push(model.id);
assert(models.includes("whisper-1") && models.includes("tts-1"), models.join());
await assert.rejects(client.models.retrieve("nothing-of-the-kind"), OpenAI.NotFoundError);

const file = () => fs.createReadStream(recording);
const heard = await client.audio.transcriptions.create({ model: "whisper-1", file: file() });
assert(heard.text.toLowerCase().includes(word), heard.text);
const subtitles = await client.audio.transcriptions.create({ model: "whisper-1", file: file(), response_format: "srt" });
assert(subtitles.includes(" --> "), subtitles);
let streamed = "";
const stream = await client.audio.transcriptions.create({ model: "whisper-1", file: file(), stream: true });
for await (const event of stream) if (event.type === "transcript.text.delta") streamed += event.delta;
assert(streamed.toLowerCase().includes(word), streamed);

const input = "Theo khoản 2 Điều 35 Bộ luật Lao động, người lao động có quyền đơn phương chấm dứt hợp đồng.";
const speech = await client.audio.speech.create({ model: "tts-1", voice: "alloy", input });
assert((await speech.arrayBuffer()).byteLength > 5_000);
const events = await client.audio.speech.create({ model: "tts-1", voice: "alloy", input, stream_format: "sse" });
assert((await events.text()).includes("speech.audio.done"));
await assert.rejects(
  client.audio.speech.create({ model: "tts-1", voice: "alloy", input: "" }),
  (error) => error instanceof OpenAI.BadRequestError && error.param === "input",
);

// The realtime socket: words in, speech out.
const { OpenAIRealtimeWS } = require("openai/realtime/ws");
const realtime = new OpenAIRealtimeWS({ model: "gpt-realtime" }, client);
const done = new Promise((resolve, reject) => {
  let sound = 0;
  realtime.on("error", reject);
  realtime.on("response.output_audio.delta", ({ delta }) => (sound += Buffer.from(delta, "base64").length));
  realtime.on("response.done", ({ response }) => resolve({ response, sound }));
});
realtime.socket.on("open", () => {
  const content = [{ type: "input_text", text: "Đăng ký khai sinh ở đâu?" }];
  realtime.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
  realtime.send({ type: "response.create" });
});
const { response, sound } = await done;
realtime.close();
assert.equal(response.status, "completed");
assert(response.output[0].content[0].transcript.includes("khai sinh"), JSON.stringify(response));
assert(sound > 48_000, `${sound} bytes of sound`);
