// What is written is shown as it will look, soon after each change; without scripts a button does it.
(() => {
  "use strict";
  let waiting = 0;
  let shown = 0;

  // Each goes into a new frame: the first page of a frame is no step in the browser's history.
  function show(button) {
    const { form } = button;
    const old = document.getElementsByName(button.formTarget)[0];
    if (!old || !form.elements.body.value.trim()) return;
    const frame = old.cloneNode();
    frame.removeAttribute("src");
    frame.name = button.formTarget = `preview-${++shown}`;
    frame.hidden = true;
    old.after(frame);
    frame.addEventListener("load", () => {
      while (frame.previousElementSibling?.matches("iframe")) frame.previousElementSibling.remove();
      frame.hidden = false;
    });
    form.requestSubmit(button);
  }

  document.addEventListener("input", ({ target }) => {
    const button = target.form?.querySelector("[data-live]");
    if (!button) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => { if (button.isConnected) show(button); }, 600);
  });
})();
