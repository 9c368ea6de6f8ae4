// The page: joins the button, the microphone, the conversation, the player and what is shown.

import { clearAnswer, currentAnswer, render, share, showAnswer } from "./answer.js";
import { askConsent, hasConsent, showConsent, showQuestion, withdrawConsent } from "./consent.js";
import { Conversation } from "./conversation.js";
import { $, memory, show } from "./dom.js";
import { offerFeedback, renderFeedback } from "./feedback.js";
import { renderNotices, showNotices } from "./notices.js";
import { Player } from "./player.js";
import { announce, closeCorrection, heard, openCorrection, problem, retell, state } from "./screen.js";
import { currentLanguage, setLanguage, t, translatePage } from "./strings.js";
import { talkButton } from "./talk-button.js";
import { Talk } from "./talk.js";
import { BrowserVoice } from "./voice.js";

const SLOW = 0.75;

/** What is going on: idle, listening, hearing, finding, speaking. */
let phase = "idle";
/** Whether the answer has come in full. */
let complete = true;
let answered = false;
/** Whether the service has a voice and ears; null until it is known. */
let service = { speaking: null, hearing: null };
let said = null;

const pace = () => (memory.get("pace") === "slow" ? SLOW : 1);
const voice = new BrowserVoice(() => renderControls());
const player = new Player(() => playerChanged());
const conversation = new Conversation((type, data) => events[type]?.(data), pace);
const talk = new Talk(player, conversation, {
  change: renderButton,
  level: (value) => $("speak").style.setProperty("--level", value.toFixed(2)),
  problem: microphoneProblem,
  lull: () => phase === "hearing" && rest(),
  silence: (mode) => {
    $("free").checked = false;
    enter("idle");
    if (mode === "free") problem("idle");
    else nothingHeard();
  },
});
window.hoidap = { player, talk, conversation };

// States -----------------------------------------------------------------------------------------------------------

function enter(next, key) {
  phase = next;
  document.body.dataset.phase = next;
  state(key ?? {
    idle: null,
    listening: "state_listening",
    hearing: "state_hearing",
    finding: "state_finding",
    speaking: talk.mode === "free" ? "state_speaking_free" : "state_speaking",
  }[next]);
  renderButton();
}

/** What comes when nothing else does. */
const rest = () => enter(talk.mode ? "listening" : "idle");

function renderButton() {
  const { mode } = talk;
  const look = mode && !talk.isOpen ? "opening" : mode ?? (player.playing || voice.speaking ? "answer" : "idle");
  const button = $("speak");
  button.dataset.phase = look;
  button.dataset.on = String(Boolean(mode && talk.isOpen));
  $("speak-label").textContent = t(`speak_${look}`);
  $("speak-hint").textContent = look === "opening" ? "" : t(`speak_${look}_hint`);
  renderControls();
}

function renderControls() {
  $("stop").disabled = !player.playing && !player.paused && !voice.speaking;
  $("again").disabled = player.empty;
  $("slower").setAttribute("aria-pressed", String(pace() !== 1));
  const isMute = Boolean(currentAnswer()) && complete && player.empty && service.speaking === false;
  show("mute", isMute);
  show("browser-voice", voice.isThere);
}

function playerChanged() {
  if (phase === "speaking" && complete && !player.playing && !player.paused) rest();
  else renderButton();
}

// Asking -----------------------------------------------------------------------------------------------------------

/** Leaves whatever is being said or asked. */
function quiet() {
  conversation.interrupt();
  player.clear();
  voice.stop();
  problem(null);
  closeCorrection();
}

function begin(mode) {
  quiet();
  clearAnswer();
  heard("", false);
  announce("");
  said = null;
  talk.begin(mode).then(() => talk.isOpen && phase === "idle" && enter("listening"));
  enter("idle");
}

/** Asks typed words, or a file; of typed words nothing was heard. */
function send(question, isCorrection = false) {
  quiet();
  if (talk.mode && talk.mode !== "free") talk.cancel();
  talk.muffle(false);
  clearAnswer();
  complete = answered = false;
  player.wake();
  if (typeof question === "string") {
    if (isCorrection) heard(question, true);
    else heard("", false);
    said = question;
    conversation.ask(question);
    enter("finding");
  } else {
    heard("", false);
    said = null;
    conversation.upload(question);
    enter("finding", "state_uploading");
  }
}

const events = {
  speech_started() {
    talk.noticed();
    player.stop();
    voice.stop();
    problem(null);
    if (talk.mode) enter("hearing");
  },
  partial({ text }) {
    talk.noticed();
    if (text) heard(text, false);
  },
  speech_ended() {
    if (talk.mode && talk.mode !== "free") talk.end(false);
    player.clear();
    clearAnswer();
    complete = answered = false;
    enter("finding");
  },
  interrupted() {
    talk.noticed();
    player.stop();
  },
  transcript({ text }) {
    complete = answered = false;
    said = text;
    heard(text, true);
    if (text) announce(`${t("heard")} ${text}`);
    enter("finding");
  },
  searching() {
    enter("finding");
  },
  answer(report) {
    answered = true;
    player.clear();
    problem(null);
    showAnswer(report, send);
    offerFeedback(report.intent === "dossier" ? null : report, said);
    enter("speaking");
  },
  audio(sentence) {
    player.add({ samples: sentence.samples, rate: sentence.sample_rate, pace: sentence.pace });
  },
  audio_end({ timings_ms: timings }) {
    complete = true;
    if (!answered) {
      rest();
      nothingHeard();
      return;
    }
    if (timings?.first_sound) {
      const seconds = (timings.first_sound / 1000).toLocaleString(currentLanguage(), { maximumFractionDigits: 1 });
      $("timings").textContent = t("timing", { seconds });
    }
    playerChanged();
  },
  nothing() {
    complete = true;
    rest();
    nothingHeard();
  },
  error({ code, message, waiting }) {
    complete = true;
    const again = [["retry", retry], ["type_instead", type]];
    if (code === "busy") {
      stopTalking();
      problem(waiting ? "busy_waiting" : "busy", { values: { n: waiting }, actions: again });
    } else if (code === "speech_not_set_up") {
      stopTalking();
      problem("deaf", { actions: [["type_instead", type]] });
    } else if (code === "speaking_failed") {
      service.speaking = false;
    } else {
      problem(code, { told: message, actions: again });
    }
    rest();
  },
  lost() {
    problem("lost", { actions: [["retry", () => conversation.retryNow()]] });
    enter(phase);
  },
  restored() {
    problem(null);
    enter(phase, "state_restored");
  },
  cut() {
    complete = true;
    problem("cut");
    playerChanged();
  },
};

function retry() {
  problem(null);
  if (conversation.retry()) {
    complete = answered = false;
    enter("finding", "state_again");
  } else if (said) send(said);
}

function nothingHeard() {
  heard("", false);
  problem("nothing", { actions: [["type_instead", type]] });
}

function type() {
  $("question").focus();
}

function stopTalking() {
  if (!talk.mode) return;
  $("free").checked = false;
  talk.cancel();
}

function microphoneProblem(reason) {
  $("free").checked = false;
  enter("idle");
  const again = reason === "insecure" || reason === "unsupported" ? [] : [["retry", () => pressed()]];
  problem(reason, { actions: [...again, ["type_instead", type]] });
}

// The button -------------------------------------------------------------------------------------------------------

const mode = () => ($("free").checked ? "free" : "tap");

async function pressed() {
  if (talk.mode === "free") {
    stopTalking();
    player.stop();
    conversation.interrupt();
    enter("idle");
  } else if (talk.mode && !talk.isOpen) {
    talk.cancel();
    enter("idle");
  } else if (talk.mode) {
    talk.end(true);
    complete = answered = false;
    enter("finding");
  } else if (await askConsent()) begin(mode());
  else {
    $("free").checked = false;
    type();
  }
}

talkButton($("speak"), {
  press() {
    player.wake();
    if (talk.mode || !hasConsent()) return false;
    begin(mode());
    return true;
  },
  tap() {
    player.wake();
    pressed();
  },
  held: () => talk.hold(),
  release() {
    if (talk.mode !== "hold") return;
    talk.end(true);
    if (!talk.mode) enter("finding");
  },
});

$("free").addEventListener("change", async () => {
  player.wake();
  if (!$("free").checked) {
    stopTalking();
    enter("idle");
  } else if (!(await askConsent())) {
    $("free").checked = false;
  } else if (conversation.findsTurns) {
    talk.cancel();
    begin("free");
  } else {
    $("free").checked = false;
    problem("no_free");
  }
});

// Everything else that can be pressed ---------------------------------------------------------------------------------

$("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = $("question").value.trim();
  if (!question) return;
  send(question);
  $("question").value = "";
  $("question").blur();
});
$("file").addEventListener("change", () => {
  const file = $("file").files[0];
  if (file) send(file);
  $("file").value = "";
});
$("upload").addEventListener("submit", (event) => event.preventDefault());
$("edit").addEventListener("click", () => {
  conversation.interrupt();
  player.stop();
  if (talk.mode === "free") talk.muffle(true);
  else talk.cancel();
  openCorrection();
  rest();
});
$("cancel").addEventListener("click", () => {
  talk.muffle(false);
  closeCorrection();
  $("edit").focus();
});
$("correct").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = $("correction").value.trim();
  if (question) send(question, true);
});
$("correction").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("correct").requestSubmit();
  } else if (event.key === "Escape") $("cancel").click();
});
$("more").addEventListener("click", () => send("nghe tiếp"));
$("again").addEventListener("click", () => {
  voice.stop();
  player.wake();
  player.again();
  enter("speaking");
});
$("slower").addEventListener("click", () => {
  memory.set("pace", pace() === 1 ? "slow" : null);
  player.pace = pace();
  renderControls();
});
$("stop").addEventListener("click", () => {
  conversation.interrupt();
  complete = true;
  player.stop();
  voice.stop();
  talk.muffle(false);
  rest();
  state("state_stopped");
});
$("browser-voice").addEventListener("click", () => {
  if (talk.mode) talk.muffle(true);
  voice.say(currentAnswer().answer.spoken, pace());
});
$("share").addEventListener("click", async () => {
  const told = await share();
  if (told) state(...told);
});
$("print").addEventListener("click", () => window.print());
$("fresh").addEventListener("click", () => {
  if (talk.mode !== "free") talk.cancel();
  quiet();
  conversation.fresh();
  if (talk.mode === "free") conversation.beginSpeech(true);
  clearAnswer();
  heard("", false);
  rest();
  if (!talk.mode) type();
});
$("withdraw").addEventListener("click", () => {
  stopTalking();
  withdrawConsent();
  enter("idle", "consent_gone");
  $("privacy").focus();
});
$("privacy").addEventListener("click", async () => {
  const had = hasConsent();
  if (had && !(await showQuestion())) {
    stopTalking();
    enter("idle", "consent_gone");
  } else if (!had) showQuestion();
});

// Begin --------------------------------------------------------------------------------------------------------------

function renderLanguage() {
  const other = currentLanguage() === "vi" ? ["en", "English"] : ["vi", "Tiếng Việt"];
  $("language").lang = other[0];
  $("language").textContent = other[1];
}

$("language").addEventListener("click", () => {
  setLanguage(currentLanguage() === "vi" ? "en" : "vi");
  renderLanguage();
  render();
  renderFeedback();
  renderNotices($("notices"));
  retell();
  enter(phase);
});

async function lookAtService() {
  try {
    const response = await fetch("readyz");
    const { speaking, hearing } = await response.json();
    service = { speaking: speaking !== null, hearing: hearing !== null };
    renderControls();
  } catch {
    // It is found out when somebody asks.
  }
}

translatePage();
renderLanguage();
showConsent();
enter("idle");
showNotices($("notices"));
lookAtService();
player.pace = pace();
