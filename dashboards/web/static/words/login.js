/** Words of the login page. */

import { wordsFrom } from "../lib/i18n.js";

export const say = wordsFrom({
  what_it_is: { zh: "高空抛物监看 · 值班、维修与监管", en: "Watches facades for falling objects" },
  username: { zh: "用户名", en: "User name" },
  password: { zh: "密码", en: "Password" },
  log_in: { zh: "登录", en: "Log in" },
  going_in: { zh: "正在登录", en: "Logging in" },
  refused: { zh: "用户名或密码不对", en: "Wrong user name or password" },
  code: { zh: "验证码", en: "Code" },
  code_hint: { zh: "手机验证器上的 6 位数字，或一个恢复码", en: "The six digits of your telephone, or a recovery code" },
  code_refused: { zh: "验证码不对或已用过", en: "The code is wrong, or was used" },
  provider: { zh: "单位统一登录", en: "Log in by your organisation" },
  throttled: { zh: "试得太多了，请过一会儿再来", en: "Too many attempts; try again in a while" },
  unreachable: { zh: "服务没有应答，请稍后再试", en: "The service does not answer; try again" },
});
