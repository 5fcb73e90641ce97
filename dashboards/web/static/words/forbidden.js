/** Words of the page that refuses. */

import { wordsFrom } from "../lib/i18n.js";

export const say = wordsFrom({
  title: { zh: "这一页不归您看", en: "This page is not yours" },
  reason: { zh: "您的岗位没有这一页的权限。", en: "Your role may not see this page." },
  home: { zh: "去我的页面", en: "Go to my page" },
});
