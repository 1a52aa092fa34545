// The crop page: the analyst's file is decoded here and never leaves; what is sent is a PNG of the
// pixels they chose. The chooser belongs to no form, so that no submission can carry it.
import "../../vendor/cropper.js";
import { History, cut, paint } from "./edits.js";

const LARGEST = 40 * 1024 * 1024; // what the site takes

const find = (id) => document.getElementById(id);
const page = find("crop-page");
const chooser = find("source");
const stage = find("stage");
const frame = stage.querySelector("cropper-canvas");
const image = find("image");
const selection = find("selection");
const says = find("says");
const form = find("send");
const result = find("result");

find("plain").remove(); // from here on the only way to send is that of this module
page.hidden = false;

let source = null; // the decoded file
let work = null; // the source with all edits
let history = new History();
let shownAt = null; // the address of the picture on the stage
let sent = false;

function say(words, bad = false) {
  says.textContent = words;
  says.classList.toggle("bad", bad);
}

// --- showing ------------------------------------------------------------------------------------

async function show({ keepView = false } = {}) {
  work = paint(source, history.state);
  const view = keepView ? image.$getTransform() : null;
  const blob = await new Promise((done) => work.toBlob(done, "image/jpeg", 0.92));
  if (shownAt) URL.revokeObjectURL(shownAt);
  shownAt = URL.createObjectURL(blob);
  image.src = shownAt;
  await image.$ready();
  if (view) image.$setTransform(view);
  else {
    image.$center("contain");
    selectMiddle();
  }
  find("undo").disabled = !history.canUndo;
  find("redo").disabled = !history.canRedo;
  const tone = history.state.tone;
  for (const name of ["brightness", "contrast", "sharpness"]) find(name).value = tone[name];
  const last = history.state.edits.at(-1);
  find("straighten").value = last && last.kind === "straighten" ? last.degrees : 0;
  result.hidden = true;
  find("size").textContent = `${work.width} × ${work.height}`;
}

function selectMiddle() {
  const edge = frame.getBoundingClientRect();
  const picture = image.getBoundingClientRect();
  selection.$change(
    picture.left - edge.left + picture.width * 0.2,
    picture.top - edge.top + picture.height * 0.2,
    picture.width * 0.6,
    picture.height * 0.6,
  );
}

// The selection in pixels of the picture: both are boxes on the screen, neither is turned.
function selected() {
  const picture = image.getBoundingClientRect();
  const chosen = selection.getBoundingClientRect();
  const scale = work.width / picture.width;
  const x = Math.max(0, Math.round((chosen.left - picture.left) * scale));
  const y = Math.max(0, Math.round((chosen.top - picture.top) * scale));
  const right = Math.min(work.width, Math.round((chosen.right - picture.left) * scale));
  const bottom = Math.min(work.height, Math.round((chosen.bottom - picture.top) * scale));
  return { x, y, width: right - x, height: bottom - y };
}

function select({ x, y, width, height }) {
  const edge = frame.getBoundingClientRect();
  const picture = image.getBoundingClientRect();
  const scale = picture.width / work.width;
  selection.$change(
    picture.left - edge.left + x * scale,
    picture.top - edge.top + y * scale,
    width * scale,
    height * scale,
  );
}

function showNumbers() {
  if (!work) return;
  const box = selected();
  for (const name of ["x", "y", "width", "height"]) {
    if (document.activeElement !== find(`box-${name}`)) find(`box-${name}`).value = box[name];
  }
}

selection.addEventListener("change", () => requestAnimationFrame(showNumbers));
image.addEventListener("transform", () => requestAnimationFrame(showNumbers));
for (const name of ["x", "y", "width", "height"]) {
  find(`box-${name}`).addEventListener("change", () => {
    const box = Object.fromEntries(
      ["x", "y", "width", "height"].map((side) => [side, Number(find(`box-${side}`).value) || 0]),
    );
    box.x = Math.max(0, Math.min(box.x, work.width - 1));
    box.y = Math.max(0, Math.min(box.y, work.height - 1));
    box.width = Math.max(1, Math.min(box.width, work.width - box.x));
    box.height = Math.max(1, Math.min(box.height, work.height - box.y));
    select(box);
    showNumbers();
  });
}

// --- choosing a file ----------------------------------------------------------------------------

chooser.addEventListener("change", async () => {
  const file = chooser.files[0];
  if (!file) return;
  try {
    const decoded = await createImageBitmap(file, { imageOrientation: "from-image" });
    source = cut(decoded, { x: 0, y: 0, width: decoded.width, height: decoded.height });
    decoded.close();
  } catch {
    say("This browser cannot read that file. Save it as JPEG or PNG and choose it again.", true);
    return;
  } finally {
    chooser.value = ""; // nothing on the page holds the file any more
  }
  history = new History();
  sent = false;
  page.classList.add("has-picture");
  find("desk").hidden = false; // the stage has to be there to be measured
  find("desk").inert = true;
  find("veil").checked = true;
  find("grey").checked = true;
  veil();
  await show();
  find("desk").inert = false;
  say("The picture is blurred and in greyscale. It stays on this computer.");
});

function veil() {
  stage.classList.toggle("veiled", find("veil").checked);
  stage.classList.toggle("greyed", find("grey").checked);
  find("preview").classList.toggle("veiled", find("veil").checked);
  find("preview").classList.toggle("greyed", find("grey").checked);
}
find("veil").addEventListener("change", veil);
find("grey").addEventListener("change", veil);

// --- editing ------------------------------------------------------------------------------------

const ACTIONS = {
  crop: () => history.edit({ kind: "crop", ...selected() }),
  fill: () => history.edit({ kind: "fill", ...selected() }),
  left: () => history.edit({ kind: "turn", degrees: -90 }),
  right: () => history.edit({ kind: "turn", degrees: 90 }),
  undo: () => history.undo(),
  redo: () => history.redo(),
};

for (const [name, action] of Object.entries(ACTIONS)) {
  find(name).addEventListener("click", async () => {
    const box = selected();
    if ((name === "crop" || name === "fill") && (box.width < 1 || box.height < 1)) {
      say("The selection is outside the picture.", true);
      return;
    }
    const filling = name === "fill";
    action();
    await show({ keepView: filling });
    say(filling ? "The selection is masked. Nothing is left under it." : "Done.");
  });
}

let waiting = null;
function soon(change, keepView) {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    change();
    await show({ keepView });
  }, 150);
}
find("straighten").addEventListener("input", (event) => {
  const degrees = Number(event.target.value);
  soon(() => history.straighten(degrees), false);
});
for (const name of ["brightness", "contrast", "sharpness"]) {
  find(name).addEventListener("input", (event) => {
    const value = Number(event.target.value);
    soon(() => history.tone(name, value), true);
  });
}

// --- looking closer -----------------------------------------------------------------------------

find("nearer").addEventListener("click", () => image.$zoom(0.25));
find("farther").addEventListener("click", () => image.$zoom(-0.2));
find("whole").addEventListener("click", () => image.$center("contain"));
for (const radio of page.querySelectorAll("input[name=drag]")) {
  radio.addEventListener("change", () => {
    find("handle").action = radio.value;
    stage.classList.toggle("moving", radio.value === "move");
  });
}

stage.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = event.shiftKey ? 10 : 1;
  const steps = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  const box = selected();
  if (event.key in steps) {
    const [dx, dy] = steps[event.key];
    if (find("resize").checked) {
      box.width = Math.max(1, Math.min(work.width - box.x, box.width + dx));
      box.height = Math.max(1, Math.min(work.height - box.y, box.height + dy));
    } else {
      box.x = Math.max(0, Math.min(work.width - box.width, box.x + dx));
      box.y = Math.max(0, Math.min(work.height - box.height, box.y + dy));
    }
    select(box);
  } else if (event.key === "+" || event.key === "=") image.$zoom(0.25);
  else if (event.key === "-") image.$zoom(-0.2);
  else if (event.key === "0") image.$center("contain");
  else return;
  event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (!source || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
  if (["INPUT", "TEXTAREA"].includes(document.activeElement.tagName) && document.activeElement.type === "text") return;
  event.preventDefault();
  find(event.shiftKey ? "redo" : "undo").click();
});

// --- before and after, and sending --------------------------------------------------------------

let chosen = null; // the canvas that would be sent

find("use").addEventListener("click", () => {
  const box = selected();
  if (box.width < 1 || box.height < 1) {
    say("The selection is outside the picture.", true);
    return;
  }
  chosen = cut(work, box);
  result.hidden = false;
  compare(false);
  find("chosen-size").textContent = `${chosen.width} × ${chosen.height}`;
  result.scrollIntoView({ block: "nearest" });
  find("compare").focus();
  say("Only this will be sent.");
});

function compare(before) {
  const preview = find("preview");
  const shown = before ? source : chosen;
  preview.width = shown.width;
  preview.height = shown.height;
  preview.getContext("2d").drawImage(shown, 0, 0);
  find("compare").setAttribute("aria-pressed", String(before));
  find("compare-says").textContent = before ? "Before: the original, which is not sent" : "After: what will be sent";
}
find("compare").addEventListener("click", () => {
  compare(find("compare").getAttribute("aria-pressed") !== "true");
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  const blob = await new Promise((done) => chosen.toBlob(done, "image/png"));
  if (blob.size > LARGEST) {
    say("The selection is larger than 40 MB. Select a smaller part.", true);
    return;
  }
  const body = new FormData(form);
  body.set("picture", blob, "crop.png");
  button.disabled = true;
  say("Sending…");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      redirect: "error",
    });
    const told = await answer.json();
    if (answer.ok) {
      sent = true;
      window.location.assign(told.location);
      return;
    }
    showErrors(told.errors);
  } catch {
    say("The picture was not sent because the site did not answer. Nothing is lost. Try again.", true);
  } finally {
    button.disabled = false;
  }
});

function showErrors(errors) {
  for (const place of form.querySelectorAll(".errors")) place.textContent = "";
  for (const [name, reasons] of Object.entries(errors)) {
    const place = form.querySelector(`[data-errors="${name}"]`);
    if (place) place.textContent = reasons.join(" ");
  }
  say("The picture was not accepted. See the reason beside the field.", true);
}

window.addEventListener("beforeunload", (event) => {
  if (source && !sent && history.canUndo) event.preventDefault();
});
