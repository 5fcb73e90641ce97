/** Words of certificates. */

import { wordsFrom } from "../lib/i18n.js";

export const say = wordsFrom({
  open: { zh: "出具履责证明", en: "Certify" },
  close: { zh: "收起", en: "Close" },
  first: { zh: "自", en: "From" },
  last: { zh: "至（含）", en: "to, included" },
  scope: { zh: "范围", en: "Of" },
  facade: { zh: "本立面", en: "this facade" },
  estate: { zh: "全小区各立面", en: "all facades of the estate" },
  cell: { zh: "仅选中的 {floor} 层第 {bay} 开间", en: "floor {floor}, bay {bay} alone" },
  purpose: { zh: "为谁、作何用途，会记入日志和证明", en: "For whom and why; kept in the log and in the certificate" },
  issue: { zh: "出具", en: "Issue" },
  what: {
    zh: "一个 ZIP：PDF 证明、全部原始记录、签名和时间戳；写明哪些没有受到监看。用 fallwatch verify 可离线核验。",
    en: "A ZIP: a PDF in Chinese, every raw row, signature and time stamp; it says what was not watched. fallwatch verify checks it offline.",
  },
  making: { zh: "正在计算、排版、盖时间戳……", en: "Counting, typesetting, stamping…" },
  done: { zh: "已出具，已记入日志；请保留 ZIP 原件。", en: "Issued and entered into the log; keep the ZIP itself." },
  failed: { zh: "没有出具：{why}", en: "Not issued: {why}" },
});
