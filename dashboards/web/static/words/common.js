/** Words that every page says. */

import { wordsFrom } from "../lib/i18n.js";

export const say = wordsFrom({
  brand: { zh: "檐哨", en: "Fallwatch" },
  desk: { zh: "值班台", en: "Desk" },
  maintenance: { zh: "设备维修", en: "Maintenance" },
  bureau: { zh: "覆盖监管", en: "Coverage" },
  ledger: { zh: "台账", en: "Ledger" },
  feedback: { zh: "误报与屏蔽", en: "False alarms" },
  duty: { zh: "值班与通知", en: "On call" },
  me: { zh: "我的登录", en: "My login" },
  accounts: { zh: "账号与权限", en: "Accounts" },
  grants: { zh: "影像授权", en: "Leave" },
  audit: { zh: "操作记录", en: "Audit log" },
  switch_language: { zh: "English", en: "中文" },
  log_out: { zh: "退出", en: "Log out" },
  live_connecting: { zh: "正在连接", en: "Connecting" },
  live_open: { zh: "已连接", en: "Connected" },
  live_delay: { zh: "延迟 {seconds} 秒", en: "delay {seconds} s" },
  live_lost: { zh: "连接中断 {span}，画面可能过时", en: "Connection lost for {span}, what you see may be old" },
  loading: { zh: "正在读取", en: "Loading" },
  not_loaded: { zh: "读不到数据", en: "The data cannot be read" },
  not_loaded_hint: {
    zh: "服务没有应答或出了错，页面每 3 秒再试一次。",
    en: "The service does not answer or failed. This page tries again every 3 seconds.",
  },
  stale: { zh: "最近一次读取失败，以下是之前的数据。", en: "The last reading failed; this is older data." },
  retry: { zh: "再试一次", en: "Try again" },
  unknown: { zh: "未知", en: "Unknown" },
  problem_403: { zh: "没有权限做这件事", en: "You may not do this" },
  problem_409: { zh: "状态已变，可能有人先处理了", en: "The state has changed; somebody may have been first" },
  problem_0: { zh: "网络不通，操作没有送达", en: "No network: the action did not arrive" },
  problem_other: { zh: "没有成功：{detail}", en: "That failed: {detail}" },
  enlarge: { zh: "放大", en: "Enlarge" },
  close_picture: { zh: "点一下关闭", en: "click to close" },
  dismiss: { zh: "知道了", en: "Dismiss" },
});
