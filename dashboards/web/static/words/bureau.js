/** Words of the bureau. */

import { wordsFrom } from "../lib/i18n.js";

export const say = wordsFrom({
  window: { zh: "{from} 至 {to}", en: "{from} to {to}" },
  watched: { zh: "有人看", en: "Watched" },
  blind: { zh: "无人看", en: "Blind" },
  unknown: { zh: "未知", en: "Unknown" },
  since: { zh: "{time} 起", en: "since {time}" },
  no_estates: { zh: "还没有登记小区", en: "No estate is registered yet" },
  no_facades: { zh: "这个小区还没有登记立面", en: "This estate has no facade yet" },
  facade_size: { zh: "{floors} 层 × {bays} 开间", en: "{floors} floors × {bays} bays" },
  covered_by: { zh: "由谁看", en: "Watched by" },
  no_camera: { zh: "没有摄像机对着这面", en: "No camera looks at this facade" },
  watched_share: { zh: "受监看", en: "watched" },
  counted: { zh: "计入 {time}", en: "of {time} in service" },
  unknown_share: { zh: "{share} 没有记录", en: "{share} without a record" },
  not_watched: { zh: "{share} 无人看", en: "{share} not watched" },
  share_unknown: { zh: "未知 · 还没有记录", en: "Unknown, no record yet" },
  streaming: { zh: "有画面", en: "streaming" },
  lost: { zh: "断流", en: "lost" },
  strip: { zh: "过去 24 小时，每格一刻钟", en: "Last 24 h, a quarter hour each" },
  strip_cell: { zh: "{from}–{to} 受监看 {share}", en: "{from}–{to} watched {share}" },
  strip_cell_unknown: { zh: "{from}–{to} 尚未启用", en: "{from}–{to} not in service yet" },
  legend_full: { zh: "一直有人看", en: "watched throughout" },
  legend_part: { zh: "部分时间", en: "part of the time" },
  legend_blind: { zh: "无人看或没有记录", en: "not watched, or no record" },
  legend_unknown: { zh: "尚未启用", en: "not in service yet" },
});
