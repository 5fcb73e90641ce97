/** Clicks become points, points become a camera: the server solves after each change, the page draws its answer. */

const SVG = "http://www.w3.org/2000/svg";
const GRAB_PX = 14; // on the screen: what lies nearer is taken hold of
const SNAP_FLOORS = 0.6; // of a cell: a click this near to a drawn crossing means that crossing
const LOUPE_ZOOM = 4;
const NAMES = { bottom: "底部 bottom", middle: "中部 middle", top: "顶部 top" };

const byId = (id) => document.getElementById(id);
const [picture, still, overlay, loupe] = ["picture", "still", "overlay", "loupe"].map(byId);
const [list, verdict, numbers, save, plan] = ["points", "verdict", "numbers", "save", "plan"].map(byId);

/** The document as it is saved: points and polygons in pixels of the picture. */
const state = { size: [16, 9], points: [], ignore: [], drawing: null, mode: "points", chosen: -1, answer: null, ended: false };
let asked = 0;

const begin = await (await fetch("/begin")).json();
state.size = begin.size;
state.ignore = begin.ignore ?? [];
state.points = (begin.facade?.points ?? []).map((point) => ({ ...point }));
for (const input of plan.querySelectorAll("input")) {
  const value = begin.facade?.[input.name] ?? { floor_height_m: 3, bay_width_m: 3.6 }[input.name] ?? "";
  input.value = Array.isArray(value) ? value.join(", ") : value;
}
picture.style.setProperty("--ratio", `${state.size[0]} / ${state.size[1]}`);
picture.style.setProperty("--shape", state.size[0] / state.size[1]);
overlay.setAttribute("viewBox", `0 0 ${state.size[0]} ${state.size[1]}`);

function facade() {
  const found = { points: state.points };
  for (const { name, value } of plan.querySelectorAll("input")) {
    if (value.trim() === "") continue;
    found[name] = name === "flats" ? value.split(/[,，、\s]+/).filter(Boolean) : Number(value);
  }
  return found;
}

function documentNow() {
  const { picture: _size, facade: _facade, size: _s, ...rest } = begin;
  return { ...rest, ignore: state.ignore, facade: facade() };
}

async function ask(path) {
  const body = JSON.stringify(documentNow());
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  return answer.json();
}

/** After every change: draw at once, solve, draw again unless something newer has been asked. */
async function changed() {
  draw();
  const mine = ++asked;
  const answer = state.points.length < 4 ? { few: true } : await ask("/solve").catch(() => ({ error: "没有连接 no connection" }));
  if (mine !== asked || state.ended) return;
  state.answer = answer;
  draw();
}

/** Where on the picture, in its pixels. @param {PointerEvent} event */
function placeOf(event) {
  const box = picture.getBoundingClientRect();
  const at = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  return at.map((share, i) => Math.round(Math.min(Math.max(share, 0), 1) * (state.size[i] - 1) * 10) / 10);
}

/** Which crossing is meant: the drawn one nearby, else one step on from the last point. */
function guess(at) {
  const near = nearest(state.answer?.crossings ?? [], at, ([, , x, y]) => [x, y]);
  if (near !== null) {
    const next = nearest(state.answer.crossings.filter((c) => c !== near.item), [near.item[2], near.item[3]], ([, , x, y]) => [x, y]);
    if (near.distance < SNAP_FLOORS * (next?.distance ?? 0)) return { floor_line: near.item[0], bay_edge: near.item[1] };
  }
  const last = state.points.at(-1);
  return { floor_line: last?.floor_line ?? 1, bay_edge: last?.bay_edge ?? 0 };
}

function nearest(items, [x, y], where) {
  let best = null;
  for (const item of items) {
    const [px, py] = where(item);
    const distance = Math.hypot(px - x, py - y);
    if (best === null || distance < best.distance) best = { item, distance };
  }
  return best;
}

/* The pointer */

let held = -1;
picture.addEventListener("pointerdown", (event) => {
  if (state.ended) return;
  event.preventDefault();
  const at = placeOf(event);
  if (state.mode === "ignore") return corner(at);
  const reach = (GRAB_PX * state.size[0]) / picture.clientWidth;
  const near = nearest(state.points, at, (point) => point.at);
  if (near !== null && near.distance < reach) {
    held = state.points.indexOf(near.item);
  } else {
    state.points.push({ at, ...guess(at) });
    held = state.points.length - 1;
  }
  state.chosen = held;
  picture.setPointerCapture(event.pointerId);
  void changed();
});
picture.addEventListener("pointermove", (event) => {
  const at = placeOf(event);
  magnify(at, event);
  if (held < 0) return;
  state.points[held].at = at;
  void changed();
});
for (const name of ["pointerup", "pointercancel"]) {
  picture.addEventListener(name, (event) => {
    held = -1;
    if (event.pointerType !== "mouse") loupe.hidden = true;
  });
}
picture.addEventListener("pointerleave", () => (loupe.hidden = true));

/** A polygon corner by corner; the first corner again closes it. */
function corner(at) {
  const reach = (GRAB_PX * state.size[0]) / picture.clientWidth;
  const drawing = state.drawing ?? [];
  const closes = drawing.length >= 3 && Math.hypot(drawing[0][0] - at[0], drawing[0][1] - at[1]) < reach;
  if (closes) state.ignore.push(drawing);
  state.drawing = closes ? null : [...drawing, at];
  void changed();
}

function magnify(at, event) {
  loupe.hidden = false;
  const box = picture.getBoundingClientRect();
  loupe.classList.toggle("aside", event.clientX < box.left + box.width / 2);
  const context = loupe.getContext("2d");
  const side = loupe.width / LOUPE_ZOOM;
  const scale = still.naturalWidth / state.size[0];
  context.fillStyle = "#000";
  context.fillRect(0, 0, loupe.width, loupe.height);
  context.imageSmoothingEnabled = false;
  context.drawImage(still, (at[0] - side / 2) * scale, (at[1] - side / 2) * scale, side * scale, side * scale, 0, 0, loupe.width, loupe.height);
  context.strokeStyle = "#ffd84a";
  const middle = loupe.width / 2;
  context.beginPath();
  for (const [x0, y0, x1, y1] of [[0, middle, middle - 8, middle], [middle + 8, middle, loupe.width, middle], [middle, 0, middle, middle - 8], [middle, middle + 8, middle, loupe.width]]) {
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
  }
  context.stroke();
}

/* Drawing */

function svg(name, attributes, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

function draw() {
  const answer = state.answer;
  const unit = state.size[0] / Math.max(picture.clientWidth, 1);
  const lines = (answer?.lines ?? []).map((line, i) =>
    svg("polyline", { class: i < answer.floors ? "floor-line" : "bay-line", points: line.map((at) => at.join(",")).join(" ") }));
  const labels = (answer?.lines ?? []).slice(0, answer?.floors ?? 0).flatMap((line, i) => {
    const at = line.find(([x, y]) => x > 4 * unit && y > 14 * unit && x < state.size[0] - 24 * unit && y < state.size[1]);
    return at && i % 2 === 0 ? [svg("text", { class: "tag", x: at[0] + 4 * unit, y: at[1] - 3 * unit, "font-size": 12 * unit }, `${i + 1}`)] : [];
  });
  const polygons = state.ignore.map((polygon) => svg("polygon", { class: "ignored", points: polygon.map((at) => at.join(",")).join(" ") }));
  if (state.drawing) polygons.push(svg("polyline", { class: "ignored", points: state.drawing.map((at) => at.join(",")).join(" ") }));
  const dots = state.points.flatMap(({ at: [x, y] }, i) => [
    svg("circle", { class: i === state.chosen ? "dot chosen" : "dot", cx: x, cy: y, r: 8 * unit }),
    svg("circle", { class: "cross", cx: x, cy: y, r: unit, fill: "#ffd84a" }),
    svg("text", { class: "tag", x: x + 11 * unit, y: y - 6 * unit, "font-size": 14 * unit }, `${i + 1}`),
  ]);
  overlay.replaceChildren(...polygons, ...lines, ...labels, ...dots);
  drawList(answer);
  drawVerdict(answer);
}

function drawList(answer) {
  byId("count").textContent = state.points.length;
  if (list.contains(document.activeElement) && list.children.length === state.points.length) {
    state.points.forEach((_, i) => offOf(list.children[i].querySelector(".off"), answer, i));
    return; // somebody is typing: only the residuals change
  }
  list.replaceChildren(...state.points.map((point, i) => row(point, i, answer)));
}

function offOf(element, answer, i) {
  const off = answer?.off_px?.[i];
  element.textContent = off === undefined ? "" : `${off} px`;
  element.classList.toggle("far", off !== undefined && off > 9);
}

function row(point, i, answer) {
  const item = document.createElement("li");
  item.classList.toggle("chosen", i === state.chosen);
  const number = Object.assign(document.createElement("span"), { className: "number", textContent: `${i + 1}` });
  const off = Object.assign(document.createElement("span"), { className: "off" });
  offOf(off, answer, i);
  const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "✕" });
  remove.setAttribute("aria-label", `删除点 ${i + 1} Remove point ${i + 1}`);
  remove.addEventListener("click", () => {
    state.points.splice(i, 1);
    state.chosen = -1;
    void changed();
  });
  item.append(number, field("线", "floor line", point, "floor_line", "up_m", 1), field("边", "bay edge", point, "bay_edge", "across_m", 0), off, remove);
  return item;
}

/** A number of a point; one that was given in metres stays so. */
function field(zh, en, point, name, metres, min) {
  const key = point[metres] !== undefined ? metres : name;
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "number", value: point[key], step: "any" });
  if (key === name) input.min = min;
  input.setAttribute("aria-label", `${zh} ${en}`);
  input.addEventListener("input", () => {
    if (input.value === "") return;
    point[key] = Number(input.value);
    void changed();
  });
  label.append(key === metres ? `${zh} m` : zh, input);
  return label;
}

function drawVerdict(answer) {
  const left = 4 - state.points.length;
  verdict.className = answer?.error ? "bad" : answer?.camera ? "good" : "";
  verdict.textContent = left > 0 ? `还差 ${left} 个点 · ${left} more` : answer?.error ? `还不能算出 · ${answer.error}` : answer?.camera ? "已算出，请看网格是否贴合 · Solved: does the grid fit?" : "";
  save.disabled = !answer?.camera || state.ended || state.drawing !== null;
  const rows = answer?.camera ? numbersOf(answer) : [];
  numbers.replaceChildren(...rows.map(([term, value]) => {
    const line = document.createElement("div");
    line.append(Object.assign(document.createElement("dt"), { textContent: term }), Object.assign(document.createElement("dd"), { textContent: value }));
    return line;
  }));
}

function numbersOf({ camera, scales }) {
  return [
    ["离地 above the ground", `${camera.height_m} ± ${camera.height_spread_m} m`],
    ["离墙 before the wall", `${camera.distance_m} ± ${camera.distance_spread_m} m`],
    ["仰角 looks up by", `${camera.pitch_deg}°`],
    ["视角 view", `${camera.view_deg}° · ${camera.focal_px} px`],
    ...scales.map((scale) => [`${NAMES[scale.name]} ${scale.up_m} m`, `${scale.metre_px} px/m · ± ${scale.floor_spread} 层 floors`]),
  ];
}

/* Controls */

plan.addEventListener("input", () => void changed());
for (const button of document.querySelectorAll("[data-mode]")) {
  button.addEventListener("click", () => {
    state.mode = button.dataset.mode;
    state.drawing = null;
    for (const other of document.querySelectorAll("[data-mode]")) other.setAttribute("aria-pressed", String(other === button));
    byId("hint").firstChild.textContent = state.mode === "ignore" ? "逐点画出不看的区域，回到第一点闭合；退格键删去最后一个。" : "点击楼层线与开间边的交点，至少四个，越靠近画面四角越好。";
    byId("hint").lastChild.textContent = state.mode === "ignore" ? "Draw a region corner by corner, the first corner again closes it; Backspace takes the last away." : "Click where floor lines and bay edges cross: four at least, best near the corners.";
    void changed();
  });
}
document.addEventListener("keydown", (event) => {
  if (event.target instanceof HTMLInputElement || event.key !== "Backspace") return;
  if (state.mode !== "ignore") return;
  if (state.drawing) state.drawing = state.drawing.length > 1 ? state.drawing.slice(0, -1) : null;
  else state.ignore.pop();
  void changed();
});
save.addEventListener("click", async () => {
  const answer = await ask("/save");
  state.answer = answer;
  state.ended = answer.saved !== undefined;
  draw();
  if (state.ended) {
    verdict.className = "good";
    verdict.textContent = `已保存到 ${answer.saved}，可以关闭此页 · Saved, this page can be closed`;
  }
});
new ResizeObserver(draw).observe(picture);
void changed();
