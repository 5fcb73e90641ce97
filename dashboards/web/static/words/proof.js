/** Words of what stands behind a camera's month. */

import { wordsFrom } from "../lib/i18n.js";

export const say = wordsFrom({
  span: { zh: "{from} 至 {to}", en: "{from} to {to}" },
  watches: { zh: "监看 {facades} · 边缘盒 {agent}", en: "Watches {facades} · box {agent}" },
  online: { zh: "在线", en: "Online" },
  sound: { zh: "图像完好", en: "Picture sound" },
  recorded: { zh: "有监看记录", en: "Minutes on record" },
  excluded: { zh: "报备检修（不计）", en: "Announced maintenance, not counted" },
  of: { zh: "{part} / {whole}", en: "{part} of {whole}" },
  outages: { zh: "哪几分钟不算", en: "Minutes that do not count" },
  offline: { zh: "不在线", en: "offline" },
  blinded: { zh: "画面不可信", en: "picture not sound" },
  unrecorded: { zh: "没有记录", en: "no record" },
  no_outages: { zh: "这个月没有中断", en: "Nothing was missing this month" },
  begin: { zh: "自", en: "From" },
  end: { zh: "至", en: "To" },
  lasted: { zh: "历时", en: "For" },
  what: { zh: "缺什么", en: "What" },
  why: { zh: "原因", en: "Why" },
  more: { zh: "另有 {n} 段", en: "{n} more" },
  faults: { zh: "故障", en: "Faults" },
  no_faults: { zh: "这个月没有故障", en: "No faults this month" },
  of_agent: { zh: "边缘盒 ·", en: "of its box ·" },
  since: { zh: "{time} 起", en: "since {time}" },
  cleared: { zh: "{time} 恢复，历时 {span}", en: "over {time}, after {span}" },
  lasts: { zh: "还没有恢复", en: "not over" },
  orders: { zh: "工单：谁在什么时候做了什么", en: "Work orders: who did what when" },
  no_orders: { zh: "这个月没有工单", en: "No work orders this month" },
  back: { zh: "回到立面", en: "Back to the facade" },
  certificate: {
    zh: "可出具履责证明：以上每一行原始记录都在里面，任何人可离线复算。",
    en: "to certify it: every row above stands in the certificate, and anybody can count again.",
  },
});
