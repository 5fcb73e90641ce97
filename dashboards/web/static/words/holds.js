/** Words of legal holds. */

import { wordsFrom } from "../lib/i18n.js";

export const say = wordsFrom({
  held: { zh: "依法保留", en: "Legal hold" },
  hint: { zh: "保留期间，录像与证明它的消息到期也不删除。", en: "While it is held, neither the video nor what proves it is deleted when its time is over." },
  too_late: { zh: "录像已到期删除；保留只留得住其余记录。", en: "The video is deleted already; a hold keeps what is left." },
  reason: { zh: "为何保留：案号、谁要求", en: "Why: case number, who asks" },
  last_day: { zh: "保留到（可不填）", en: "Last day (optional)" },
  hold: { zh: "依法保留", en: "Hold" },
  held_by: { zh: "{who} {time} 起保留", en: "held by {who} since {time}" },
  joined: { zh: "，", en: ", " },
  until: { zh: "到 {time} 为止", en: "until {time}" },
  until_released: { zh: "到有人解除为止", en: "until somebody releases it" },
  release: { zh: "解除保留…", en: "Release…" },
  why_release: { zh: "为何解除", en: "Why it is released" },
  release_now: { zh: "解除保留", en: "Release" },
  cancel: { zh: "取消", en: "Cancel" },
  all_held: { zh: "依法保留的警情", en: "Alerts on legal hold" },
  none_held: { zh: "现在没有保留的警情", en: "None is held now" },
});
