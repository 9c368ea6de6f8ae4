// The microphone, open only while it is used: frames of 20 ms at 16 kHz, each beside what was being played.

/** Why there is no microphone: `reason` is insecure, unsupported, denied, absent or in_use. */
export class MicrophoneProblem extends Error {
  constructor(reason) {
    super(`no microphone: ${reason}`);
    this.reason = reason;
  }
}

const REASONS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "absent",
  OverconstrainedError: "absent",
  NotReadableError: "in_use",
  AbortError: "in_use",
};

export class Microphone {
  #stream = null;
  #nodes = [];
  #opening = 0;
  #loaded = new WeakSet();

  /** `onFrame(frame, reference)` has 320 samples each; `onLost` is called when the microphone is pulled out. */
  constructor(onFrame, onLost) {
    this.onFrame = onFrame;
    this.onLost = onLost;
  }

  get isOpen() {
    return this.#stream !== null;
  }

  /** Opens it; false when it was closed again meanwhile. Throws a MicrophoneProblem. */
  async open(context, played) {
    if (this.#stream) return true;
    if (!window.isSecureContext) throw new MicrophoneProblem("insecure");
    if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) throw new MicrophoneProblem("unsupported");
    const mine = ++this.#opening;
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
      });
    } catch (failure) {
      throw new MicrophoneProblem(REASONS[failure.name] ?? "absent");
    }
    try {
      if (!this.#loaded.has(context)) {
        await context.audioWorklet.addModule("capture-worklet.js");
        this.#loaded.add(context);
      }
    } catch {
      release(stream);
      throw new MicrophoneProblem("unsupported");
    }
    if (mine !== this.#opening) {
      release(stream);
      return false;
    }
    const source = context.createMediaStreamSource(stream);
    const worklet = new AudioWorkletNode(context, "capture", {
      numberOfInputs: 2, numberOfOutputs: 1, channelCount: 1, channelCountMode: "explicit", outputChannelCount: [1],
    });
    worklet.port.onmessage = ({ data }) => this.#stream && this.onFrame(data.frame, data.reference);
    source.connect(worklet, 0, 0);
    played.connect(worklet, 0, 1);
    // It is silent, but what leads nowhere is not run.
    worklet.connect(context.destination);
    stream.getAudioTracks()[0].addEventListener("ended", () => {
      this.close();
      this.onLost();
    });
    this.#stream = stream;
    this.#nodes = [source, worklet, () => played.disconnect(worklet)];
    return true;
  }

  /** Closes it: the browser's sign that it is open goes out. */
  close() {
    this.#opening++;
    if (!this.#stream) return;
    const [source, worklet, unplug] = this.#nodes;
    unplug();
    source.disconnect();
    worklet.disconnect();
    worklet.port.postMessage("off");
    release(this.#stream);
    this.#stream = null;
  }
}

function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/** How loud a frame is, 0 (silence) to 1. */
export function level(frame) {
  const power = frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length;
  return Math.max(0, Math.min(1, 1 + Math.log10(power + 1e-7) / 5));
}

/** To 16 bits, as the service takes it. */
export function toPcm(frame) {
  return Int16Array.from(frame, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767))));
}
