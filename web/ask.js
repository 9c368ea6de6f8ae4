// Asks the service and reads its server-sent events as they come.

/**
 * Posts a question (a Blob of sound, or a string) and calls handlers[event](data) for every event. `followUp` is what the
 * last answer gave to be brought back, or null. Throws when the connection is lost before `done` or `error` came.
 */
export async function ask(question, followUp, handlers, signal) {
  const isText = typeof question === "string";
  const isJson = isText || followUp;
  const response = await fetch("/api/ask", {
    method: "POST",
    headers: { "Content-Type": isJson ? "application/json" : question.type || "application/octet-stream" },
    body: isText ? JSON.stringify({ ...followUp, text: question })
      : followUp ? JSON.stringify({ ...followUp, sound: await base64(question) })
      : question,
    signal,
  });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    handlers.error({ code: problem.code ?? `http_${response.status}`, message: problem.message });
    return;
  }
  let ended = false;
  const ending = (name) => (data) => {
    ended = true;
    handlers[name](data);
  };
  const all = { ...handlers, done: ending("done"), error: ending("error") };
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done && !ended) throw new Error("the stream ended before the answer did");
    if (done) return;
    buffer += value;
    let end;
    while ((end = buffer.indexOf("\n\n")) >= 0) {
      dispatch(buffer.slice(0, end), all);
      buffer = buffer.slice(end + 2);
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

function dispatch(block, handlers) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
  }
  if (data.length > 0) handlers[name]?.(JSON.parse(data.join("\n")));
}
