/** Says that a page is not for this role, and leads to the one that is. */

import { currentLanguage, setLanguage } from "./lib/i18n.js";
import { html, render } from "./lib/lit.js";
import { mark } from "./lib/marks.js";
import { say } from "./words/forbidden.js";

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
root.replaceChildren(); // the server's words, for a browser without scripts
setLanguage(currentLanguage());
render(
  html`<main class="blank" data-testid="forbidden">
    <h1>${mark("high")} ${say("title")}</h1>
    <p>${say("reason")}</p>
    <p><a class="button primary" href="/">${say("home")}</a></p>
  </main>`,
  root,
);
