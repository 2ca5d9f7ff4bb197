// What pages gain where scripts run; each works without. No page needs a value from here.
(() => {
  "use strict";
  const all = (selector, root = document) => root.querySelectorAll(selector);
  const announcements = () => document.getElementById("announcements");

  // A text is read by screen readers also if it is the one from before.
  function announce(text) {
    const region = announcements();
    if (!region || !text) return;
    region.textContent = "";
    setTimeout(() => { region.textContent = text; }, 60);
  }

  // Forms: sent once, with a state that shows it. A browser may bring the page back as it was.
  function busy(form, button) {
    form.setAttribute("data-sent", "");
    if (!button) return;
    button.setAttribute("aria-busy", "true");
    announce(document.body.dataset.working);
    setTimeout(calm, 20000); // somebody has stopped it
  }
  function calm() {
    for (const form of all("form[data-sent]")) form.removeAttribute("data-sent");
    for (const button of all("[aria-busy]")) button.removeAttribute("aria-busy");
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (event.submitter?.formTarget) return; // into a frame: this page stays
    if (form.hasAttribute("data-sent")) event.preventDefault();
    else busy(form, event.submitter);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) calm(); });

  // Passwords: shown on demand, their rules marked as they are met.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-shows]");
    const input = button && document.getElementById(button.dataset.shows);
    if (!input) return;
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  });
  document.addEventListener("input", ({ target }) => {
    for (const rule of all(`[data-rules-of="${CSS.escape(target.id ?? "")}"] [data-pattern]`)) {
      const met = new RegExp(rule.dataset.pattern, "u").test(target.value);
      rule.classList.toggle("met", met);
      rule.querySelector(".visually-hidden").hidden = !met;
    }
  });

  // Menus: one open, closed by Escape or a click elsewhere.
  document.addEventListener("click", ({ target }) => {
    for (const menu of all(".menu[open]")) if (!menu.contains(target)) menu.open = false;
  });
  document.addEventListener("keydown", ({ key, target }) => {
    const menu = key === "Escape" && target.closest?.(".menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // What does nothing without scripts is there only now.
  function enable(root) {
    for (const element of all("[data-needs-script]", root)) element.hidden = false;
  }

  // htmx: what is empty is not in the address, typing is one step back, and a page that has not what
  // was asked for (the way to sign in, an error) is shown whole.
  let focusWasInside = false;
  let typed = false;
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    const { body, method } = ctx.request;
    if (method !== "GET" || !(body instanceof FormData)) return;
    for (const name of new Set(body.keys())) {
      const filled = body.getAll(name).filter((value) => value !== "");
      body.delete(name);
      for (const value of filled) body.append(name, value);
    }
  });
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    focusWasInside = Boolean(ctx.target?.contains(document.activeElement));
    if (ctx.request.method !== "GET" && ctx.request.form) busy(ctx.request.form, ctx.request.submitter);
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx, tasks } = event.detail;
    typed = ctx.sourceEvent?.type === "input";
    const main = tasks.find((task) => task.type === "main");
    if (!ctx.select || !main || main.fragment.childNodes.length) return;
    event.preventDefault();
    if (ctx.sourceEvent?.type === "every") return;
    if (ctx.request.method === "GET") location.assign(ctx.request.action);
    else announce(document.body.dataset.failed);
  });
  document.addEventListener("htmx:before:history:update", ({ detail }) => {
    if (typed && history.state?.typed) detail.history.type = "replace";
  });
  document.addEventListener("htmx:after:history:update", () => {
    history.replaceState({ ...history.state, typed }, "");
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const part = ctx.select && document.querySelector(ctx.select);
    if (!part) return;
    if (focusWasInside && document.activeElement === document.body) {
      (part.querySelector("[data-focus]") ?? part).focus();
    }
    announce((part.matches("[data-announce]") ? part : part.querySelector("[data-announce]"))?.textContent.trim());
  });
  document.addEventListener("htmx:after:settle", ({ target }) => enable(target.parentNode ?? document));
  document.addEventListener("htmx:finally:request", () => calm());

  document.addEventListener("DOMContentLoaded", () => enable(document));
  document.addEventListener("click", ({ target }) => {
    if (target.closest?.("[data-prints]")) print();
  });

  // Links of older emails have their token behind `#`, which no server sees.
  document.addEventListener("DOMContentLoaded", () => {
    if (document.querySelector("[data-takes-token]") && /^#token=[\w-]+$/.test(location.hash)) {
      location.replace(`${location.pathname}?${location.hash.slice(1)}`);
    }
  });
})();
