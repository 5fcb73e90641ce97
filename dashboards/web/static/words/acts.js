/** What the audit log's verbs and nouns are called. One that is not here is shown as it stands there. */

import { currentLanguage } from "../lib/i18n.js";

/** @type {Record<string, string>} */
const ACTIONS = {
  accepted: "接班", account_added: "新增账号", account_changed: "修改账号", account_set_by_provider: "按统一登录更新账号", acknowledged: "确认告警",
  announced: "登记计划检修", assigned: "指派", cancelled: "取消", certified: "出具履责证明", closed: "关闭", confirmed: "确认已到场", confirmed_pose: "确认摄像机朝向", entered_plan: "录入小区模型", exported: "导出", finished: "报完工",
  held: "保全", leave_given: "授权查看影像", leave_taken_back: "收回影像授权", logged_in: "登录", logged_out: "退出", note: "备注", offered: "交班",
  opened: "立单", password_changed: "修改密码", password_reset: "重设密码", photographed: "上传照片", pruned: "到期清除", rejected: "退回", released: "解除保全",
  reopened: "重新打开", second_factor_begun: "开始启用两步验证", second_factor_removed: "停用两步验证", second_factor_reset: "清除两步验证",
  second_factor_set_up: "启用两步验证", sessions_ended: "会话下线", shared: "对外提供", shelved: "搁置", taken: "接单", unshelved: "取消搁置",
  verified: "验收", viewed: "查看", waiting: "挂起", wanted: "下发设置", withdrawn: "撤回交班",
};

/** @type {Record<string, string>} */
const SUBJECTS = {
  account: "账号", agent: "边缘盒", alert: "告警", camera: "摄像机", clip: "录像", estate: "小区", fault: "故障", handover: "交接班", ledger: "台账",
  picture_grant: "影像授权", photo: "照片", sensor: "传感器", work_order: "工单", work_order_photo: "工单照片", evidence: "证据", planned_maintenance: "计划检修",
};

/** @param {string} action */
export function actionOf(action) {
  const [verb = "", ...detail] = action.split(":");
  const plain = action.replaceAll("_", " ");
  if (currentLanguage() === "en" || !(verb in ACTIONS)) return plain;
  return [ACTIONS[verb], ...detail].join("：");
}

/** @param {string} type */
export function subjectOf(type) {
  return currentLanguage() === "zh" ? (SUBJECTS[type] ?? type) : type.replaceAll("_", " ");
}
