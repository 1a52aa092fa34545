// Warns before a page of the admin is left with changes that are not saved: other forms and links stand beside
// the main one, and what was typed into it would be lost. Without JavaScript, the page works as before.
(() => {
  "use strict";
  const read = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  window.addEventListener("load", () => {
    const form = document.querySelector("#content-main form[method=post][id$=_form]");
    if (!form) return;
    const before = read(form);
    let isSent = false;
    form.addEventListener("submit", () => { isSent = true; });
    window.addEventListener("beforeunload", (event) => {
      if (!isSent && read(form) !== before) event.preventDefault();
    });
  });
})();
