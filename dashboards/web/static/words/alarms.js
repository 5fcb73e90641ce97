/** Words of an alert's life: who has it, what was done, why it is urgent, and how a shift hands over. */

import { nameOf, wordsFrom } from "../lib/i18n.js";

export const say = wordsFrom({
  confirmed: { zh: "已到场处置", en: "Dealt with on site" },
  confirmed_by: { zh: "{who} 已到场处置", en: "Dealt with on site: {who}" },
  shelved_until: { zh: "搁置到 {time}", en: "Shelved until {time}" },
  waits_for: { zh: "待确认 · 交给 {who}", en: "Waiting for {who}" },
  confirm: { zh: "到场处置了", en: "Dealt with on site" },
  assign: { zh: "交给…", en: "Give to…" },
  note: { zh: "记一笔", en: "Add a note" },
  shelve: { zh: "搁置…", en: "Shelve…" },
  unshelve: { zh: "取消搁置", en: "Take up again" },
  reopen: { zh: "重新打开…", en: "Open again…" },
  ask_confirm: { zh: "现场怎么处置的？", en: "What was done on site?" },
  ask_assign: { zh: "交给谁？", en: "Give it to whom?" },
  ask_note: { zh: "记一笔", en: "Note" },
  ask_shelve: { zh: "搁置多久？到时会自己回来", en: "Shelve for how long? It comes back by itself" },
  ask_shelve_why: { zh: "搁置 {span}，为什么？", en: "Shelve for {span}: why?" },
  ask_reopen: { zh: "为什么重新打开？", en: "Why was it not over?" },
  optional: { zh: "可不填", en: "optional" },
  save: { zh: "保存", en: "Save" },
  myself: { zh: "我自己", en: "Myself" },
  did_confirmed: { zh: "到场处置了", en: "dealt with it on site" },
  did_assigned: { zh: "交给 {who}", en: "gave it to {who}" },
  did_note: { zh: "记一笔", en: "noted" },
  did_shelved: { zh: "搁置到 {time}", en: "shelved it until {time}" },
  did_unshelved: { zh: "取消搁置", en: "took it up again" },
  did_shelf_ended: { zh: "搁置到时，回到队列", en: "shelf ended, back in the queue" },
  did_reopened: { zh: "重新打开", en: "opened it again" },
  did_severity: { zh: "紧急程度改为 {severity}", en: "now {severity}" },
  why: { zh: "为什么这样排", en: "Why it stands here" },
  priority: { zh: "紧急程度", en: "Priority" },
  points: { zh: "{n} 分", en: "{n} points" },
  of_thousand: { zh: "{n} / 1000", en: "{n} / 1000" },
  because_score: { zh: "有多确定 {score}", en: "how sure: {score}" },
  below_playground: { zh: "下方是儿童游乐场", en: "a playground below" },
  below_entrance: { zh: "下方是单元入口", en: "an entrance below" },
  below_path: { zh: "下方是人行道", en: "a path below" },
  below_parking: { zh: "下方是停车位", en: "parking below" },
  below_green: { zh: "下方是绿化带", en: "greenery below" },
  below_closed: { zh: "下方已封闭", en: "closed ground below" },
  below_unknown: { zh: "下方情况没有登记，按有人经过算", en: "ground below not registered, taken as walked on" },
  height: { zh: "从 {floor} 层落下，{mass} 公斤起可致命", en: "from floor {floor}, deadly from {mass} kg on" },
  height_unknown: { zh: "高度未知", en: "height unknown" },
  size: { zh: "宽约 {size} 米", en: "about {size} m wide" },
  joined: { zh: "，", en: ", " },
  handover: { zh: "交班", en: "Hand over" },
  handover_to: { zh: "交给", en: "To" },
  handover_note: { zh: "这一班要说的", en: "About this shift" },
  handover_items: { zh: "未结的警情，{n} 件都会交过去", en: "Open alerts: all {n} go along" },
  handover_none: { zh: "没有未结的警情。", en: "No alert is open." },
  handover_nobody: { zh: "值班台没有别的同事，先请管理员建账号。", en: "Nobody else works at this desk." },
  handover_item_note: { zh: "接班的人该知道什么", en: "What the next one should know" },
  handover_offer: { zh: "提交交班", en: "Offer" },
  handover_from: { zh: "{who} 交班给你", en: "{who} hands over to you" },
  handover_waits: { zh: "等 {who} 接班", en: "Waiting for {who} to take over" },
  handover_accept: { zh: "我已阅读，接班", en: "Read; I take over" },
  handover_withdraw: { zh: "撤回", en: "Take back" },
  handover_done: { zh: "{time} {from} 交班给 {to}，{n} 件", en: "{time} {from} handed over to {to}, {n} items" },
});

/** @typedef {"playground" | "entrance" | "path" | "parking" | "green" | "closed"} Below */

/** Why an alert is as urgent as it is, without the score, in one sentence. @param {import("../lib/types.js").Alert} alert */
export function whyInShort(alert) {
  return alert.priority_reasons.filter((reason) => reason.because !== "score").map(sayBecause).join(say("joined"));
}

/** @param {import("../lib/types.js").PriorityReason} reason */
export function sayBecause({ because, value, mass_kg }) {
  if (because === "score") return say("because_score", { score: Number(value).toFixed(2) });
  if (because === "below") return value === null ? say("below_unknown") : say(`below_${/** @type {Below} */ (value)}`);
  if (because === "size") return say("size", { size: Number(value).toFixed(2) });
  return value === null ? say("height_unknown") : say("height", { floor: value, mass: mass_kg ?? "" });
}

/** For so long something can be shelved. */
export const SHELVE_MINUTES = [30, 60, 120, 240, 480];

/** How long something is shelved. @param {number} minutes */
export function sayMinutes(minutes) {
  const hours = { zh: `${minutes / 60} 小时`, en: `${minutes / 60} h` };
  return nameOf(minutes < 60 ? { zh: `${minutes} 分钟`, en: `${minutes} min` } : hours);
}
