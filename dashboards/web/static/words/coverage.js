/** Words about cells of facades: watched by whom, how finely, and why not. */

import { wordsFrom } from "../lib/i18n.js";
import { nameOfKind, knowsKind } from "./faults.js";

export const say = wordsFrom({
  now: { zh: "现在受监看 {share}", en: "{share} watched now" },
  size: { zh: "{floors} 层 × {bays} 开间", en: "{floors} floors × {bays} bays" },
  facades_of: { zh: "立面：按现在的盲格数排列", en: "Facades by blind cells now" },
  blind_n: { zh: "{n} 格盲", en: "{n} blind" },
  all_watched: { zh: "全部受监看", en: "all watched" },
  not_modelled: { zh: "未建模", en: "not modelled" },
  not_modelled_long: {
    zh: "小区文件里没有这面墙的位置，算不出哪一格看得见。",
    en: "The estate file does not say where this wall stands; what of it is seen cannot be computed.",
  },
  map: { zh: "立面格图，从外面看，每格一层一开间", en: "Cells of the facade from outside, one for each floor and bay" },
  floor: { zh: "{n} 层", en: "F{n}" },
  cell: { zh: "{floor} 层 第 {bay} 开间", en: "Floor {floor}, bay {bay}" },
  fine_5: { zh: "看得清 ≤ 5 cm", en: "sees ≤ 5 cm" },
  fine_10: { zh: "≤ 10 cm", en: "≤ 10 cm" },
  fine_20: { zh: "≤ 20 cm", en: "≤ 20 cm" },
  fine_more: { zh: "> 20 cm", en: "> 20 cm" },
  lost: { zh: "无监看：摄像机现在不行", en: "not watched: a camera is down" },
  never: { zh: "无监看：没有摄像机看得到", en: "not watched: no camera sees it" },
  coarse: { zh: "有摄像机，但看不清", en: "a camera looks, but cannot resolve it" },
  excused: { zh: "报备检修中", en: "announced maintenance" },
  steep_line: {
    zh: "{floors} 层：有摄像机，但仰角到 {angle}°，墙面只有 {px} px/m，看清 {cm} cm 要 {needed}。换位置或长焦才行。",
    en: "Floors {floors}: a camera looks, but up to {angle}° steep: {px} px/m along the wall, {cm} cm needs {needed}. It takes another place or a longer lens.",
  },
  coarse_line: {
    zh: "{floors} 层：有摄像机，但太远，墙面只有 {px} px/m，看清 {cm} cm 要 {needed}。",
    en: "Floors {floors}: a camera looks, but from too far: {px} px/m along the wall, {cm} cm needs {needed}.",
  },
  lost_line: { zh: "{n} 格因摄像机停摆无人看：{cameras}", en: "{n} cells are blind because cameras are down: {cameras}" },
  smallest: { zh: "能发现最小 {cm} cm", en: "finds things from {cm} cm on" },
  smallest_well: { zh: "摄像机好的时候能发现最小 {cm} cm", en: "finds things from {cm} cm on when all is well" },
  smallest_only: { zh: "只能发现 {cm} cm 以上的东西", en: "finds only things of {cm} cm and more" },
  views: { zh: "看这一格的摄像机", en: "Cameras at this cell" },
  nobody: { zh: "没有摄像机的画面里有这一格", en: "No camera has this cell in its picture" },
  watches: { zh: "看得清", en: "watches it" },
  from_cm: { zh: "≥ {cm} cm", en: "from {cm} cm" },
  away: { zh: "距 {m} 米", en: "{m} m away" },
  proof: { zh: "看这台摄像机的依据：故障、工单、分钟", en: "What stands behind this camera: faults, orders, minutes" },
  px: { zh: "{px} px/m", en: "{px} px/m" },
  up: { zh: "仰角 {deg}°", en: "{deg}° up" },
  downwards: { zh: "俯角 {deg}°", en: "{deg}° down" },
  camera_down: { zh: "{camera}（{why}）", en: "{camera} ({why})" },
  blind_for: { zh: "已 {span} 没人看", en: "not watched for {span}" },
  blind_long: { zh: "有记录的 {span}里一直没人看", en: "not watched in all the {span} on record" },
  best_share: { zh: "31 天受监看 {share}", en: "{share} of 31 days watched" },
  streak: { zh: "最长连续 {span} 没人看", en: "longest without anybody: {span}" },
  out_of_view: { zh: "不在画面里", en: "out of its picture" },
  hidden: { zh: "被挡住", en: "hidden" },
  masked: { zh: "被遮罩盖住", en: "masked" },
  too_coarse: { zh: "太远，看不清", en: "too coarse" },
  too_steep: { zh: "太陡，看不清", en: "too steep" },
  down: { zh: "现在不行：{why}", en: "down: {why}" },
  since: { zh: "{time} 起", en: "since {time}" },
  never_reported: { zh: "从未上线", en: "has never reported" },
  pose_doubted: { zh: "位置动过，等人确认朝向", en: "was moved, nobody has confirmed where it looks" },
  another_estates: { zh: "归其他小区管，看不到它的状态，未计入", en: "another estate's; its state is not yours to see and is not counted" },
  why_unknown: { zh: "原因不明", en: "for an unknown reason" },
  doubts: { zh: "动过、朝向待确认的摄像机", en: "Cameras that were moved and wait for a look" },
  doubt_line: { zh: "{camera}：{time} 起不算数", en: "{camera}: does not count since {time}" },
  confirm: { zh: "确认朝向没变", en: "It looks as planned" },
  confirm_why: { zh: "看到了什么，例如：画面与基准图一致", en: "What you saw, for example: picture as the reference" },
  confirm_do: { zh: "确认", en: "Confirm" },
  confirm_no: { zh: "先不", en: "Not now" },
  days: { zh: "最近 31 天，一格一天", en: "Last 31 days, a day each" },
  day_share: { zh: "{day} 受监看 {share}", en: "{day}: {share} watched" },
  day_none: { zh: "{day} 没有记录", en: "{day}: no record" },
  day_good: { zh: "该看的都看了", en: "all that can be watched was" },
  day_part: { zh: "有缺口", en: "with gaps" },
  day_bad: { zh: "缺一成以上", en: "a tenth or more missing" },
  heat: { zh: "楼层 × 日，越红缺得越多", en: "Floors by day, the redder the less watched" },
  kept: { zh: "看得到的格子守住了 {share}", en: "of what can be watched {share} was" },
  longest: { zh: "最久一次：{floor} 层 第 {bay} 开间，{span}", en: "longest: floor {floor}, bay {bay}, {span}" },
  advise: { zh: "怎样补上这面的盲格？", en: "How could what is blind here be closed?" },
  advising: { zh: "正在比较各处安装位置和镜头", en: "Comparing places and lenses" },
  advice: { zh: "建议：{cameras} → 盲格 {before} → {after}", en: "Advice: {cameras} → blind cells {before} → {after}" },
  advice_camera: { zh: "{where} 加装 {offer} {n} 台", en: "{n} × {offer} at {where}" },
  advice_line: {
    zh: "{where}（东 {x}、北 {y}、高 {z} 米），{offer}，朝向 {yaw}°、仰角 {pitch}°：补上 {closes} 格，剩 {left} 格",
    en: "{where} (east {x}, north {y}, height {z} m), {offer}, yaw {yaw}°, pitch {pitch}°: closes {closes} cells, {left} left",
  },
  advice_bound: {
    zh: "允许安装的位置最多能补上 {closable} 格；全部补上时，花费不超过最省方案的 {factor} 倍。按全部摄像机正常计算。",
    en: "From where cameras may hang {closable} cells can be closed; closing all of them this way costs at most {factor} times the least. With every camera at work.",
  },
  advice_none: { zh: "从允许安装的位置补不上这些盲格", en: "From where cameras may hang none of these cells can be closed" },
  never_n: { zh: "{n} 格从来没有摄像机看得清", en: "{n} cells no camera can resolve" },
});

/** @param {import("../lib/types.js").CoverageView} view */
export function whysOf(view) {
  return view.whys.map(whyName).join(" · ") || say("why_unknown");
}

/** Why a camera did not watch: a kind of fault or a reason of ours, else that its stream was lost. @param {string} why */
export function whyName(why) {
  if (why === "never_reported" || why === "pose_doubted" || why === "another_estates") return say(why);
  if (why === "unknown") return say("why_unknown");
  return nameOfKind(knowsKind(why) ? why : "camera_lost");
}

/** What a box said of a lost stream in its own words, which name addresses of the estate's network; else nothing. @param {string} why */
export function saidByBox(why) {
  return why.includes(" ") ? why : "";
}
