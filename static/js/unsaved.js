// Warns before a page of staff is left with something that was typed and would be lost: each page has several
// forms, and sending one loses what is in the others. Without JavaScript, the page works as before.
(() => {
  "use strict";
  const read = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  window.addEventListener("load", () => {
    const forms = [...document.querySelectorAll("#content-main form[method=post], #content form[method=post], main form[method=post]")];
    const before = new Map(forms.map((form) => [form, read(form)]));
    let sent = null;
    for (const form of before.keys()) form.addEventListener("submit", () => { sent = form; });
    window.addEventListener("beforeunload", (event) => {
      const lost = [...before].some(([form, words]) => form !== sent && read(form) !== words);
      sent = null; // if the visitor stays, the next attempt counts anew
      if (lost) event.preventDefault();
    });
  });
})();
