// While a picture's checks run, ask every second, and load the page anew when they have.
function start() {
  const waiting = document.querySelector("[data-awaits]");
  if (!waiting) return;
  let tries = 0;
  const ask = async () => {
    tries += 1;
    try {
      const answer = await fetch(waiting.dataset.awaits, { headers: { Accept: "application/json" } });
      if (answer.ok && (await answer.json()).done) {
        window.location.reload();
        return;
      }
    } catch {
      // the next try may find the site again
    }
    if (tries < 300) setTimeout(ask, 1000);
  };
  setTimeout(ask, 1000);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
