/** Words of the chain of custody: why somebody looks at a video, and who had the evidence in hand. */

import { wordsFrom } from "../lib/i18n.js";

export const PURPOSES = /** @type {const} */ (["handling", "police", "owner", "review", "other"]);
/** @typedef {typeof PURPOSES[number]} Purpose */

export const say = wordsFrom({
  ask: { zh: "录像里有人，请先说明为什么看", en: "The video shows people: say first why you look" },
  ask_hint: {
    zh: "接手处理的警情不用再问。每次观看都记入审计日志，不可更改。",
    en: "Whoever has an alert in hand is not asked. Each viewing is entered in a log that nobody can change.",
  },
  handling: { zh: "研判此警", en: "Judge this alert" },
  police: { zh: "警方调取", en: "Police request" },
  owner: { zh: "业主查询", en: "Resident's request" },
  review: { zh: "复核", en: "Second look" },
  other: { zh: "其他", en: "Other" },
  note: { zh: "案号、姓名或说明", en: "Case number, name or words" },
  watch: { zh: "观看", en: "Watch" },
  cancel: { zh: "取消", en: "Cancel" },
  custody: { zh: "证据流转", en: "Chain of custody" },
  none_yet: { zh: "还没有人看过或取走。", en: "Nobody has looked at it or taken it out yet." },
  sealed: { zh: "封存录像，签了清单", en: "sealed the clip, signed its manifest" },
  received: { zh: "收齐并核对", en: "received and checked" },
  asked_to_view: { zh: "申请观看", en: "asked to view" },
  played: { zh: "观看录像", en: "played the video" },
  exported: { zh: "导出证据", en: "exported the evidence" },
  shared: { zh: "提供给他人", en: "shared it" },
  found_damaged: { zh: "巡检发现损坏或丢失", en: "a check found it damaged or missing" },
  found_whole: { zh: "巡检确认已恢复", en: "a check found it whole again" },
  held: { zh: "依法保留", en: "put on legal hold" },
  released: { zh: "解除保留", en: "released from hold" },
  pruned: { zh: "到期删除", en: "deleted when its time was over" },
  entry: { zh: "日志第 {n} 条", en: "log entry {n}" },
  waits: { zh: "正在入日志", en: "being sealed" },
  system: { zh: "系统", en: "System" },
});

const DEEDS = /** @type {const} */ (["asked_to_view", "played", "exported", "shared", "found_damaged", "found_whole", "held", "released", "pruned"]);

/** @param {string} action */
export function sayDeed(action) {
  const known = DEEDS.find((one) => one === action);
  return known ? say(known) : action;
}

/** A purpose as it is kept, `police: case 7`, in the reader's words. @param {string} purpose */
export function sayPurpose(purpose) {
  const [kind, ...words] = purpose.split(": ");
  const known = PURPOSES.find((one) => one === kind);
  return known ? [say(known), ...words].join(" · ") : purpose;
}
