// The buttons over a text of Markdown: each puts its marks around what is selected.
(() => {
  "use strict";
  const around = (mark) => (text) => mark + text + mark;
  const before = (mark) => (text) => text.split("\n").map((line, n) => (typeof mark === "string" ? mark : mark(n)) + line).join("\n");
  const marks = {
    bold: around("**"),
    italic: around("*"),
    link: (text) => `[${text}](https://)`,
    heading: before("## "),
    list: before("- "),
    numbers: before((n) => `${n + 1}. `),
    quote: before("> "),
  };
  const whole = new Set(["heading", "list", "numbers", "quote"]);

  function apply(area, name) {
    let { selectionStart: start, selectionEnd: end, value } = area;
    if (whole.has(name)) {
      start = value.lastIndexOf("\n", start - 1) + 1;
      const next = value.indexOf("\n", end);
      end = next < 0 ? value.length : next;
    }
    const text = marks[name](value.slice(start, end));
    area.focus();
    area.setSelectionRange(start, end);
    // Only this keeps the browser's own undo.
    if (!document.execCommand("insertText", false, text)) area.setRangeText(text, start, end, "select");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    if (name === "link") area.setSelectionRange(start + text.length - 9, start + text.length - 1);
    else area.setSelectionRange(start, start + text.length);
  }

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-mark]");
    const area = button && document.getElementById(button.parentNode.dataset.markdown);
    if (area) apply(area, button.dataset.mark);
  });
  document.addEventListener("keydown", (event) => {
    const name = { b: "bold", i: "italic", k: "link" }[event.key.toLowerCase()];
    if (!name || !(event.ctrlKey || event.metaKey) || !event.target.matches?.("textarea[data-markdown]")) return;
    event.preventDefault();
    apply(event.target, name);
  });
})();
