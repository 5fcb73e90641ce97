/**
 * The alarm: two falling tones every two seconds while an alert waits for somebody. Browsers keep quiet until the
 * page was touched once; that is a state which the page must show, for a desk that believes in its ears.
 */

const KEY = "fallwatch.muted";
const PERIOD_MS = 2000;

/** @type {AudioContext | null} */
let context = null;
/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;
let isMuted = read();

function read() {
  try {
    return localStorage.getItem(KEY) === "yes";
  } catch {
    return false; // storage may be forbidden; then the choice lives as long as the page
  }
}

/** What the ears can rely on. @returns {"on" | "muted" | "blocked"} */
export function soundState() {
  if (isMuted) return "muted";
  return context?.state === "running" ? "on" : "blocked";
}

/**
 * Makes the sound possible: at once where the browser allows it, else at the first touch or key.
 *
 * @param {() => void} onChange
 */
export function prepareSound(onChange) {
  context = new AudioContext();
  context.addEventListener("statechange", onChange);
  const wake = () => void context?.resume();
  addEventListener("pointerdown", wake);
  addEventListener("keydown", wake);
}

/** Mutes, unmutes, or wakes a blocked sound. */
export function toggleSound() {
  if (soundState() === "blocked") {
    void context?.resume();
    return;
  }
  isMuted = !isMuted;
  try {
    localStorage.setItem(KEY, isMuted ? "yes" : "no");
  } catch {
    // see read()
  }
}

/** Sounds while `wanted`. @param {boolean} wanted */
export function alarm(wanted) {
  if (wanted === (timer !== undefined)) return;
  clearInterval(timer);
  timer = undefined;
  if (!wanted) return;
  chime();
  timer = setInterval(chime, PERIOD_MS);
}

function chime() {
  if (context === null || soundState() !== "on") return;
  for (const [begin_s, hertz] of /** @type {const} */ ([[0, 988], [0.22, 740]])) {
    const at = context.currentTime + begin_s;
    const tone = new OscillatorNode(context, { type: "triangle", frequency: hertz });
    const loudness = new GainNode(context, { gain: 0 });
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.35, at + 0.015);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
    tone.connect(loudness).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.42);
  }
}
