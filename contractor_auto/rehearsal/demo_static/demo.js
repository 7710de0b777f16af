// Asks the demo how things are, a few times a second, and draws two phones and the story.
"use strict";

const EVERY = 400;
const EVERY_HIDDEN = 2500;
const DIALLING = 1000;
const STAYS_AFTER_CALL = 1500;
const LETTERS_PER_SECOND = 38;
const OPEN_AT_FIRST = 2;
const CALM = matchMedia("(prefers-reduced-motion: reduce)").matches;

const $ = (id) => document.getElementById(id);
const shown = { zone: undefined, person: "", failures: 0, endedCalls: new Set(), dialling: false, started: false, pressed: "" };

// ---- asking and doing

async function ask() {
  const answer = await fetch("/state", { cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function act(path, body = {}) {
  try {
    const answer = await fetch(`/do/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) complain((await answer.json()).error);
  } catch {
    complain("The demo did not answer.");
  }
  await look();
}

let asking = Promise.resolve();
function look() {
  asking = asking.then(lookOnce, lookOnce);
  return asking;
}

async function lookOnce() {
  try {
    draw(await ask());
    if (shown.failures > 2) hush();
    shown.failures = 0;
  } catch {
    shown.failures += 1;
    if (shown.failures === 3) complain("The demo has stopped. Start it again, and this page comes back by itself.", true);
  }
}

async function keepLooking() {
  await look();
  setTimeout(keepLooking, document.hidden ? EVERY_HIDDEN : EVERY);
}

let hushing = 0;
function complain(words, stays = false) {
  $("problem").textContent = words;
  $("problem").hidden = false;
  clearTimeout(hushing);
  if (!stays) hushing = setTimeout(hush, 5000);
}

function hush() {
  $("problem").hidden = true;
}

// ---- drawing

function draw(state) {
  shown.zone = state.zone;
  const { customer, owner } = state;
  if (shown.person !== customer.number) changePerson(customer);
  $("line").textContent = state.line;
  $("who").textContent = customer.name;
  $("business").textContent = state.business;
  $("number").textContent = customer.number;
  $("customer-title").textContent = `${customer.name.split(" ")[0]}’s phone`;
  $("owner-name").textContent = `${owner.name} · ${owner.number}`;
  $("opted-out").hidden = !customer.opted_out;
  $("owners-pages").href = state.owners_pages;
  $("code").hidden = !state.code;
  $("code-word").textContent = state.code;
  for (const clock of document.querySelectorAll(".clock")) clock.textContent = time(new Date().toISOString());
  document.body.classList.toggle("no-signal", state.trouble.down > 0);
  drawTalk($("customer-talk"), customer.entries);
  drawTalk($("owner-talk"), owner.entries);
  drawOwner(owner, state.ring_first);
  drawCall(customer.call);
  drawTally(state.tally);
  drawTrouble(state.trouble);
  drawStory(state.story);
  shown.started = true;
}

function changePerson(customer) {
  shown.person = customer.number;
  if (shown.started) say(`You are ${customer.name} now.`);
}

function drawTalk(talk, entries) {
  talk.querySelector(".empty").hidden = entries.length > 0;
  keepOnly(talk, entries);
  let grew = false;
  for (const entry of entries) {
    const there = find(talk, entry.id);
    if (there) refresh(there, entry);
    else {
      talk.append(entry.side === "note" ? note(entry) : bubble(entry));
      grew = true;
    }
  }
  if (grew) talk.scrollTop = talk.scrollHeight;
}

function bubble(entry) {
  const made = el("div", `bubble ${entry.side} ${entry.by}`, el("p", "", entry.say), el("small", "", stamp(entry.at), el("span", "tick")));
  if (/^(URGENT|Called \d)/.test(entry.say)) made.classList.add("urgent");
  return dress(made, entry);
}

function note(entry) {
  return dress(el("p", "note", el("span", "", entry.say), stamp(entry.at)), entry);
}

function dress(made, entry) {
  made.dataset.id = entry.id;
  if (shown.started) made.classList.add("fresh");
  refresh(made, entry);
  return made;
}

function refresh(made, entry) {
  const tick = made.querySelector(".tick");
  if (tick) put(tick, entry.status === "delivered" ? "✓ Delivered" : "");
  else put(made.firstChild, entry.say);
}

function drawOwner(owner, ringFirst) {
  $("owner-keys").hidden = !ringFirst;
  if (document.activeElement !== $("manner")) $("manner").value = owner.manner;
  $("ringing").hidden = !owner.ringing;
  put($("ringing-who"), owner.ringing);
}

// ---- the call that covers the screen

function drawCall(call) {
  if (!shown.started && call && call.over) shown.endedCalls.add(call.id);
  const open = call && !shown.endedCalls.has(call.id);
  for (const button of document.querySelectorAll("[data-call]")) button.disabled = Boolean(open) || shown.dialling;
  const cover = $("call");
  if (!open && !shown.dialling) return uncoverKeys(cover);
  if (cover.hidden || (open && cover.dataset.id !== call.id)) coverWith(cover, open ? call.id : "");
  if (!open) return;
  shown.dialling = false;
  cover.classList.toggle("over", call.over);
  cover.classList.toggle("recording", !call.over && call.heard.at(-1)?.by === "sound");
  put($("calling-state"), call.over ? "Call ended" : state(call));
  drawHeard(call);
  if (call.over) closeSoon(call);
}

function uncoverKeys(cover) {
  const keys = document.querySelector(".customer .keys");
  if (cover.hidden) return;
  cover.hidden = true;
  keys.inert = false;
  if (document.activeElement === document.body) $(shown.pressed)?.focus({ preventScroll: true });
  shown.pressed = "";
}

function coverWith(cover, id) {
  document.querySelector(".customer .keys").inert = true;
  cover.hidden = false;
  cover.dataset.id = id;
  cover.classList.remove("over", "recording");
  put($("calling-state"), "Calling…");
  $("heard").replaceChildren();
}

function state(call) {
  if (call.status === "ringing") return "Ringing…";
  if (call.heard.some((line) => line.by === "you")) return "Somebody picked up";
  return call.heard.at(-1)?.by === "sound" ? "Leaving a voicemail…" : "Nobody picks up. You hear:";
}

function drawHeard(call) {
  const lines = $("heard");
  call.heard.forEach((line, place) => {
    if (lines.children[place]) return;
    const made = el("p", line.by, line.by === "voice" ? "" : line.say);
    lines.append(made);
    say(line.by === "voice" ? `You hear: ${line.say}` : line.say);
    if (line.by === "voice") speak(made, line.say, () => call.id === $("call").dataset.id && lines.children.length === place + 1);
    lines.scrollTop = lines.scrollHeight;
  });
}

function speak(made, words, goesOn) {
  if (CALM) return void (made.textContent = words);
  const begun = performance.now();
  requestAnimationFrame(function next(now) {
    const heard = Math.ceil(((now - begun) / 1000) * LETTERS_PER_SECOND);
    const cut = heard < words.length;
    if (cut && !goesOn()) return void (made.textContent = `${words.slice(0, heard)}—`);
    made.textContent = words.slice(0, heard);
    if (cut) requestAnimationFrame(next);
  });
}

const closing = new Set();
function closeSoon(call) {
  if (closing.has(call.id)) return;
  closing.add(call.id);
  setTimeout(() => {
    shown.endedCalls.add(call.id);
    look();
  }, STAYS_AFTER_CALL);
}

// ---- what happened

function drawTally(tally) {
  put($("tally-calls"), String(tally.calls));
  put($("tally-texts"), String(tally.texts));
  put($("tally-twice"), String(tally.twice));
  $("tally-twice").classList.toggle("wrong", tally.twice > 0);
}

function drawTrouble(trouble) {
  const words = {
    down: trouble.down ? `Back in ${trouble.down} s` : "",
    "lost answer": trouble["lost answer"] ? "The next answer gets lost" : "",
    repeated: trouble.repeated ? "Everything is reported three times" : "",
  };
  for (const button of document.querySelectorAll("[data-trouble]")) {
    const hint = button.querySelector("span");
    hint.dataset.usual ??= hint.textContent;
    const now = words[button.dataset.trouble] ?? "";
    button.classList.toggle("on", now !== "");
    put(hint, now || hint.dataset.usual);
  }
}

function drawStory(cases) {
  const story = $("story");
  story.querySelector(".empty").hidden = cases.length > 0;
  keepOnly(story, cases);
  cases.forEach((told, place) => {
    const made = find(story, told.id) ?? newCase(story, told, place);
    drawCase(made, told);
  });
  fold(story);
}

function newCase(story, told, place) {
  const made = el("details", "case", el("summary", "", el("b", ""), el("span", "verdict"), el("p", "why", stamp(told.at), el("span", ""))), el("ol", "lines"));
  made.dataset.id = told.id;
  made.open = place < OPEN_AT_FIRST;
  made.addEventListener("click", () => (made.dataset.kept = "yes"));
  const cases = story.querySelectorAll(".case");
  story.insertBefore(made, cases[place] ?? null);
  if (shown.started) made.classList.add("fresh");
  return made;
}

function drawCase(made, told) {
  const verdict = made.querySelector(".verdict");
  put(made.querySelector("b"), told.title);
  put(verdict, told.verdict.say);
  verdict.className = `verdict ${told.verdict.tone}`;
  put(made.querySelector(".why span"), told.verdict.why);
  const lines = made.querySelector(".lines");
  told.lines.forEach((line, place) => {
    const row = lines.children[place] ?? lines.appendChild(el("li", "", el("p", "", el("b", ""), " ", el("span", "")), el("time", "")));
    row.className = line.tone;
    put(row.querySelector("b"), line.step);
    put(row.querySelector("span"), line.say + soon(line.due_at));
    put(row.lastChild, time(line.at, true));
  });
  while (lines.children.length > told.lines.length) lines.lastChild.remove();
}

// Older cases close by themselves, unless somebody opened or closed them.
function fold(story) {
  story.querySelectorAll(".case").forEach((made, place) => {
    if (made.dataset.kept !== "yes") made.open = place < OPEN_AT_FIRST;
  });
}

function soon(at) {
  if (!at) return "";
  const seconds = Math.round((Date.parse(at) - Date.now()) / 1000);
  return seconds > 0 ? ` in ${seconds} s` : " now";
}

// ---- small things

function el(tag, kind = "", ...inside) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.append(...inside);
  return made;
}

function put(there, words) {
  if (there.textContent !== words) there.textContent = words;
}

// Another person, or a demo that was started again, has other entries.
function keepOnly(list, entries) {
  const ids = new Set(entries.map((entry) => entry.id));
  for (const old of list.querySelectorAll("[data-id]")) if (!ids.has(old.dataset.id)) old.remove();
}

function find(list, id) {
  return [...list.children].find((child) => child.dataset.id === id);
}

function stamp(at) {
  const made = el("time", "", time(at));
  made.dateTime = at;
  return made;
}

function time(at, seconds = false) {
  const style = { hour: "numeric", minute: "2-digit", timeZone: shown.zone };
  if (seconds) style.second = "2-digit";
  const words = new Intl.DateTimeFormat("en-US", style).format(new Date(at));
  return seconds ? words.replace(/\s?[AP]M$/, "") : words;
}

function say(words) {
  $("announce").textContent = words;
}

// ---- buttons

for (const button of document.querySelectorAll("[data-call]")) {
  button.addEventListener("click", () => {
    shown.dialling = true;
    shown.pressed = button.id;
    coverWith($("call"), "");
    say("Calling…");
    setTimeout(async () => {
      await act("call", { then: button.dataset.call });
      shown.dialling = false;
    }, CALM ? 0 : DIALLING);
  });
}

for (const button of document.querySelectorAll("[data-text]")) {
  button.addEventListener("click", () => act("text", { body: button.dataset.text }));
}

for (const button of document.querySelectorAll("[data-trouble]")) {
  button.addEventListener("click", () => act("trouble", { kind: button.dataset.trouble }));
}

$("someone-else").addEventListener("click", () => act("person"));
$("manner").addEventListener("change", () => act("owner", { manner: $("manner").value }));
$("compose").addEventListener("submit", (event) => {
  event.preventDefault();
  const body = $("words").value.trim();
  if (!body) return;
  $("words").value = "";
  act("text", { body });
});

keepLooking();
