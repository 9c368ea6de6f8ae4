// Asks by one request (`POST api/ask`): uploads, and everything where a WebSocket cannot be had.

import { samples } from "./wire.js";

/**
 * Posts a question (a Blob of sound, or a string) and tells the events of the answer by `onEvent(type, data)`, named as
 * the WebSocket names them. `followUp` is what the last answer gave to be brought back, or null. Throws when the
 * connection is lost before the end.
 */
export async function post(question, followUp, onEvent, signal) {
  const isText = typeof question === "string";
  const isJson = isText || followUp;
  const response = await fetch("api/ask", {
    method: "POST",
    headers: { "Content-Type": isJson ? "application/json" : question.type || "application/octet-stream" },
    body: isText ? JSON.stringify({ ...followUp, text: question })
      : followUp ? JSON.stringify({ ...followUp, sound: await base64(question) })
      : question,
    signal,
  });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    onEvent("error", { ...problem, code: problem.code ?? `http_${response.status}` });
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  let ended = false;
  for (;;) {
    const { value, done } = await reader.read();
    if (done && !ended) throw new Error("the stream ended before the answer did");
    if (done) return;
    buffer += value;
    let end;
    while ((end = buffer.indexOf("\n\n")) >= 0) {
      const event = read(buffer.slice(0, end));
      buffer = buffer.slice(end + 2);
      if (!event) continue;
      ended ||= event.type === "audio_end" || event.type === "error";
      onEvent(event.type, event.data);
    }
  }
}

async function base64(blob) {
  const reader = new FileReader();
  await new Promise((resolve, reject) => {
    reader.onload = resolve;
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
  return reader.result.slice(reader.result.indexOf(",") + 1);
}

function read(block) {
  let type = "message";
  const lines = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) type = line.slice(6).trim();
    else if (line.startsWith("data:")) lines.push(line.slice(5).trimStart());
  }
  if (lines.length === 0) return null;
  const data = JSON.parse(lines.join("\n"));
  if (type === "done") type = "audio_end";
  if (type === "audio") data.samples = samples(Uint8Array.from(atob(data.data), (c) => c.charCodeAt(0)).buffer);
  return { type, data };
}

/** A WAV file of 16-bit frames at 16 kHz. */
export function wav(frames) {
  const bytes = frames.reduce((sum, frame) => sum + frame.byteLength, 0);
  const head = new DataView(new ArrayBuffer(44));
  const word = (at, text) => [...text].forEach((c, n) => head.setUint8(at + n, c.charCodeAt(0)));
  word(0, "RIFF");
  head.setUint32(4, 36 + bytes, true);
  word(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, 16_000, true);
  head.setUint32(28, 32_000, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  word(36, "data");
  head.setUint32(40, bytes, true);
  return new Blob([head, ...frames], { type: "audio/wav" });
}
