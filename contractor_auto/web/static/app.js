// Makes pages that work without it a little livelier: lists refresh, previews follow the typing,
// and a button that was pressed is not pressed twice. It knows no page by name.
"use strict";

const REFRESH_MS = 5000;
const TYPING_MS = 350;

function parsed(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

// Puts the parts of a fetched page in place of ours, found by their id.
function exchange(fresh, selector) {
  for (const old of document.querySelectorAll(selector)) {
    const now = fresh.getElementById(old.id);
    if (now && now.innerHTML !== old.innerHTML) {
      old.replaceChildren(...document.importNode(now, true).childNodes);
    }
  }
}

// Somebody is reading or typing inside: the next turn will do.
function isBusy(part) {
  const inside = part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
  return inside || part.querySelector("details[open], form[data-sent]") !== null;
}

async function refresh() {
  const parts = [...document.querySelectorAll("[data-live]")];
  if (!parts.length || document.hidden || parts.some(isBusy)) {
    return;
  }
  const answer = await fetch(location.href, { headers: { "X-Live": "1" }, redirect: "manual" });
  if (answer.ok) {
    exchange(parsed(await answer.text()), "[data-live]");
  }
}

function keepFresh() {
  if (document.querySelector("[data-live]")) {
    setInterval(() => refresh().catch(() => {}), REFRESH_MS);
    document.addEventListener("visibilitychange", () => refresh().catch(() => {}));
  }
}

function followTyping(form) {
  let timer;
  let turn = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++turn;
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), redirect: "manual" });
      if (answer.ok && mine === turn) {
        exchange(parsed(await answer.text()), "[data-look]");
      }
    }, TYPING_MS);
  });
  // The previews follow by themselves now.
  form.querySelectorAll("[data-needless]").forEach((button) => button.remove());
}

function pressOnce(event) {
  const form = event.target;
  if (form.method !== "post") {
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
}

// A page that comes back from the browser's memory may be pressed again.
function wakeUp(event) {
  if (event.persisted) {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
    refresh().catch(() => {});
  }
}

document.addEventListener("submit", pressOnce);
window.addEventListener("pageshow", wakeUp);
document.querySelectorAll("form[data-preview]").forEach(followTyping);
keepFresh();
