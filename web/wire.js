// One WebSocket to the service: sound and words go up, events come down.

/** A connection that is not there after this time is not to be had, in milliseconds. */
const PATIENCE = 6_000;

export class Wire {
  #socket = null;
  #waiting = [];
  #audio = null;
  #closedByUs = false;

  /** `onEvent(type, data)`; `onClosed()` when it closes without having been asked to, after it had been open. */
  constructor(onEvent, onClosed) {
    this.onEvent = onEvent;
    this.onClosed = onClosed;
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Opens it and says how answers shall be spoken; rejects when the service cannot be reached so. */
  open(start) {
    const address = new URL("ws/ask", document.baseURI);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(address);
      socket.binaryType = "arraybuffer";
      this.#socket = socket;
      const late = setTimeout(() => socket.close(), PATIENCE);
      let opened = false;
      socket.onopen = () => {
        opened = true;
        clearTimeout(late);
        socket.send(JSON.stringify({ type: "start", format: "pcm_s16le", sample_rate: 16_000, ...start }));
        for (const message of this.#waiting) socket.send(message);
        this.#waiting = [];
        resolve();
      };
      socket.onmessage = ({ data }) => this.#take(data);
      socket.onclose = () => {
        clearTimeout(late);
        if (opened && !this.#closedByUs) this.onClosed();
        else if (!opened) reject(new Error("the WebSocket could not be opened"));
      };
    });
  }

  /** Sound (an Int16Array) or an object with a `type`; what comes before it is open waits for that. */
  send(message) {
    const data = message instanceof Int16Array ? message : JSON.stringify(message);
    if (this.isOpen) this.#socket.send(data);
    else if (!this.#closedByUs) this.#waiting.push(data);
  }

  close() {
    this.#closedByUs = true;
    this.#socket?.close();
  }

  #take(data) {
    if (this.#closedByUs) return;
    if (typeof data !== "string") {
      if (this.#audio) this.onEvent("audio", { ...this.#audio, samples: samples(data) });
      this.#audio = null;
      return;
    }
    let event;
    try {
      event = JSON.parse(data);
    } catch {
      return;
    }
    if (event.type === "audio") this.#audio = event;
    else this.onEvent(event.type, event);
  }
}

/** Little-endian 16-bit samples as numbers from -1 to 1. */
export function samples(bytes) {
  const view = new DataView(bytes);
  return Float32Array.from({ length: bytes.byteLength >> 1 }, (_, n) => view.getInt16(2 * n, true) / 32_768);
}
