// The receipt can be copied, and the draft of what has been sent is removed.
const receipt = document.querySelector("#receipt-code");
try {
  localStorage.removeItem(receipt.dataset.sent);
} catch {
  // Storage is switched off: there was no draft.
}
const button = document.querySelector("button[data-copy]");
if (navigator.clipboard) {
  button.closest("p").hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
  });
}
