// Runs in the page before anything else: a scripted talker in the place of the microphone, and a tape of the loudspeaker,
// both on the clock of the page's own AudioContext. An echo leads from the loudspeaker into the microphone where wanted.
(() => {
  const lab = (window.lab = { echo: { gain: 0, delay: 0.12 }, tape: [], marks: {} });
  const TAPE = `registerProcessor("tape", class extends AudioWorkletProcessor {
    blocks = [];
    process([[channel]]) {
      let peak = 0;
      for (const sample of channel ?? []) peak = Math.max(peak, Math.abs(sample));
      this.blocks.push([currentTime, peak]);
      if (this.blocks.length >= 16) this.port.postMessage(this.blocks.splice(0));
      return true;
    }
  });`;
  const OwnContext = window.AudioContext;
  const connect = AudioNode.prototype.connect;

  function prepare(context) {
    if (lab.context) return;
    lab.context = context;
    lab.microphone = context.createMediaStreamDestination();
    // A quiet room.
    const hiss = context.createBuffer(1, context.sampleRate, context.sampleRate);
    const noise = hiss.getChannelData(0);
    for (let n = 0; n < noise.length; n++) noise[n] = (Math.random() - 0.5) * 0.001;
    const room = context.createBufferSource();
    room.buffer = hiss;
    room.loop = true;
    connect.call(room, lab.microphone);
    room.start();
    // The echo: the direct way, and two walls.
    lab.loudspeaker = context.createGain();
    lab.echoes = [[0, 1], [0.019, 0.4], [0.047, -0.2]].map(([later, part]) => {
      const delay = context.createDelay(1);
      const gain = context.createGain();
      connect.call(lab.loudspeaker, delay);
      connect.call(delay, gain);
      connect.call(gain, lab.microphone);
      return { delay, gain, later, part };
    });
    lab.setEcho = ({ gain, delay }) => {
      for (const way of lab.echoes) {
        way.delay.delayTime.value = delay + way.later;
        way.gain.gain.value = gain * way.part;
      }
    };
    lab.setEcho(lab.echo);
    // The tape, in blocks of 128 samples: the time of the first, and the loudest.
    context.audioWorklet.addModule(URL.createObjectURL(new Blob([TAPE], { type: "text/javascript" }))).then(() => {
      const recorder = new AudioWorkletNode(context, "tape");
      recorder.port.onmessage = ({ data }) => lab.tape.push(...data);
      connect.call(lab.loudspeaker, recorder);
      connect.call(recorder, context.destination);
    });
  }

  window.AudioContext = class extends OwnContext {
    constructor(options) {
      super(options);
      prepare(this);
    }
  };
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to === lab.context?.destination) connect.call(this, lab.loudspeaker);
    return connect.call(this, to, ...rest);
  };
  navigator.mediaDevices.getUserMedia = async () => {
    const stream = lab.microphone.stream.clone();
    lab.tracks = stream.getTracks();
    return stream;
  };

  /** The talker begins to speak now, so loudly; resolves to the time of the first voiced sample. */
  lab.talk = async (loudness) => {
    const { context } = lab;
    const bytes = Uint8Array.from(atob(window.talkerWav), (c) => c.charCodeAt(0));
    const clip = await context.decodeAudioData(bytes.buffer);
    const samples = clip.getChannelData(0);
    const loudest = samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
    const first = samples.findIndex((sample) => Math.abs(sample) > 0.05 * loudest);
    const source = context.createBufferSource();
    const gain = context.createGain();
    gain.gain.value = loudness / loudest;
    source.buffer = clip;
    connect.call(source, gain);
    connect.call(gain, lab.microphone);
    const start = context.currentTime + 0.02;
    source.start(start, first / clip.sampleRate);
    lab.talking = source;
    return start;
  };

  /** Loudest sample of the last so many seconds. */
  lab.loudness = (seconds) =>
    lab.tape.filter(([time]) => time > lab.context.currentTime - seconds).reduce((peak, [, now]) => Math.max(peak, now), 0);

  /** When the last sound above -60 dB since `from` ended, in seconds after it. */
  lab.lastSound = (from) => {
    const last = lab.tape.filter(([time, peak]) => time >= from && peak > 0.001).at(-1);
    return last ? last[0] + 128 / lab.context.sampleRate - from : 0;
  };
})();
