// Turns the sets of fields of each language into tabs. Without this they stand below one another.
function start() {
  const sets = [...document.querySelectorAll("fieldset.module.language")];
  if (sets.length < 2) return;
  const list = document.createElement("div");
  list.className = "language-tabs";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Languages");
  const tabs = sets.map((set, number) => {
    const heading = set.querySelector("h2, .fieldset-heading");
    const tab = document.createElement("button");
    tab.type = "button";
    tab.id = `language-tab-${number}`;
    set.id ||= `language-${number}`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", set.id);
    tab.textContent = heading ? heading.textContent.trim() : String(number + 1);
    if (heading) heading.hidden = true;
    const written = [...set.querySelectorAll("input, textarea")].some((field) => field.value.trim());
    if (written) tab.classList.add("written");
    if (set.querySelector(".errors, .errorlist")) tab.classList.add("wrong");
    set.setAttribute("role", "tabpanel");
    set.setAttribute("aria-labelledby", tab.id);
    list.append(tab);
    return tab;
  });
  const open = (number, focus) => {
    tabs.forEach((tab, each) => {
      tab.setAttribute("aria-selected", String(each === number));
      tab.tabIndex = each === number ? 0 : -1;
      sets[each].hidden = each !== number;
    });
    if (focus) tabs[number].focus();
  };
  tabs.forEach((tab, number) => {
    tab.addEventListener("click", () => open(number, false));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) {
        event.preventDefault();
        open((number + step + tabs.length) % tabs.length, true);
      }
    });
  });
  sets[0].before(list);
  const wrong = tabs.findIndex((tab) => tab.classList.contains("wrong"));
  open(Math.max(0, wrong), false);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
