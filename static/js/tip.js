// The tip form: proof of work beside the writing, and a draft on this device if somebody asks for it.
// Without any of this the form works as well.
const form = document.querySelector("form[data-challenge]");
const told = form.querySelector(".sending");

// --- proof of work (ALTCHA), in a worker ---------------------------------------------------------
const longestWait = 20_000;
let proof = null;

function solve(challenge) {
  return new Promise((resolve) => {
    if (!window.Worker || !window.crypto?.subtle) return resolve("");
    const address = form.dataset.worker;
    const policy = window.trustedTypes?.createPolicy("proof", {
      createScriptURL: (asked) => (asked === address ? asked : ""),
    });
    const worker = new Worker(policy ? policy.createScriptURL(address) : address);
    const end = (payload) => {
      worker.terminate();
      resolve(payload);
    };
    worker.onerror = () => end("");
    worker.onmessage = ({ data: solution }) =>
      end(solution && !solution.error ? window.btoa(JSON.stringify({ challenge, solution })) : "");
    worker.postMessage({ type: "work", challenge, timeout: 170_000 });
  });
}

proof = solve(JSON.parse(form.dataset.challenge)).catch(() => "");
proof.then((payload) => {
  form.elements.altcha.value = payload;
});

let isSending = false;
form.addEventListener("submit", async (event) => {
  if (isSending) return event.preventDefault(); // a double click
  isSending = true;
  told.textContent = form.dataset.wait;
  if (form.elements.altcha.value) return;
  event.preventDefault();
  await Promise.race([proof, new Promise((resolve) => setTimeout(resolve, longestWait))]);
  form.submit();
});
window.addEventListener("pageshow", () => {
  isSending = false; // back from the next page
  told.textContent = "";
});

// --- a draft, only if asked ------------------------------------------------------------------------
const kept = ["text", "country", "place", "url", "seen_when", "why"];
const name = form.dataset.draft;
const box = form.querySelector("[data-keep-draft]");

function store() {
  if (!box.checked) return localStorage.removeItem(name);
  localStorage.setItem(name, JSON.stringify(Object.fromEntries(kept.map((field) => [field, form.elements[field].value]))));
}

try {
  const found = JSON.parse(localStorage.getItem(name) ?? "null");
  if (found) {
    box.checked = true;
    for (const field of kept) form.elements[field].value ||= found[field] ?? "";
  }
  box.closest(".draft").hidden = false;
  form.addEventListener("input", store);
} catch {
  // Storage is switched off: there is no draft to offer.
}
