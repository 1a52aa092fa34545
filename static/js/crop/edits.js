// What an analyst does to a picture, as values: a list of edits, and how to paint them.
// Nothing here knows of the page. An edit is {kind, …}; coordinates are pixels of the picture as the
// edits before have left it.

const FILL = "#000";
const GROUND = "#fff";

export const PLAIN = { brightness: 0, contrast: 0, sharpness: 0 };

function canvasOf(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  return canvas;
}

function turned(source, degrees) {
  const angle = (degrees * Math.PI) / 180;
  const sin = Math.abs(Math.sin(angle));
  const cos = Math.abs(Math.cos(angle));
  const canvas = canvasOf(source.width * cos + source.height * sin, source.width * sin + source.height * cos);
  const pen = canvas.getContext("2d");
  pen.fillStyle = GROUND;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.translate(canvas.width / 2, canvas.height / 2);
  pen.rotate(angle);
  pen.drawImage(source, -source.width / 2, -source.height / 2);
  return canvas;
}

export function cut(source, { x, y, width, height }) {
  const canvas = canvasOf(width, height);
  canvas.getContext("2d").drawImage(source, x, y, width, height, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function filled(source, { x, y, width, height }) {
  const canvas = cut(source, { x: 0, y: 0, width: source.width, height: source.height });
  const pen = canvas.getContext("2d");
  pen.fillStyle = FILL;
  pen.fillRect(x, y, width, height);
  return canvas;
}

const PAINT = {
  turn: (source, edit) => turned(source, edit.degrees),
  straighten: (source, edit) => (edit.degrees ? turned(source, edit.degrees) : source),
  crop: cut,
  fill: filled,
};

// Brightness and contrast from −100 to 100, sharpness from 0 to 100.
export function toned(canvas, { brightness, contrast, sharpness }) {
  if (!brightness && !contrast && !sharpness) return canvas;
  const pen = canvas.getContext("2d");
  const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
  const values = picture.data;
  const gain = contrast >= 0 ? 1 + contrast / 50 : 1 + contrast / 125;
  const table = new Uint8ClampedArray(256);
  for (let value = 0; value < 256; value += 1) {
    table[value] = (value - 128) * gain + 128 + brightness * 1.27;
  }
  for (let at = 0; at < values.length; at += 4) {
    values[at] = table[values[at]];
    values[at + 1] = table[values[at + 1]];
    values[at + 2] = table[values[at + 2]];
  }
  if (sharpness) sharpen(picture, sharpness / 50);
  const result = canvasOf(canvas.width, canvas.height);
  result.getContext("2d").putImageData(picture, 0, 0);
  return result;
}

// Each pixel moves away from the mean of its four neighbours.
function sharpen(picture, amount) {
  const { width, height, data } = picture;
  const before = new Uint8ClampedArray(data);
  const row = width * 4;
  for (let y = 1; y < height - 1; y += 1) {
    for (let at = y * row + 4; at < (y + 1) * row - 4; at += 1) {
      if (at % 4 === 3) continue;
      const around = (before[at - 4] + before[at + 4] + before[at - row] + before[at + row]) / 4;
      data[at] = before[at] + amount * (before[at] - around);
    }
  }
}

// Paint all edits over the source: geometry and fills first, then tone.
export function paint(source, state) {
  let canvas = cut(source, { x: 0, y: 0, width: source.width, height: source.height });
  for (const edit of state.edits) canvas = PAINT[edit.kind](canvas, edit);
  return toned(canvas, state.tone);
}

// A history of states with undo and redo; moving a slider again replaces the last state.
export class History {
  constructor() {
    this.states = [{ edits: [], tone: PLAIN }];
    this.at = 0;
    this.sliding = null;
  }

  get state() {
    return this.states[this.at];
  }

  get canUndo() {
    return this.at > 0;
  }

  get canRedo() {
    return this.at < this.states.length - 1;
  }

  push(state, sliding = null) {
    const replaces = sliding !== null && sliding === this.sliding && this.at > 0;
    this.states.splice(replaces ? this.at : this.at + 1);
    this.states.push(state);
    this.at = this.states.length - 1;
    this.sliding = sliding;
  }

  edit(edit) {
    this.push({ ...this.state, edits: [...this.state.edits, edit] });
  }

  straighten(degrees) {
    const edits = this.state.edits.slice();
    const last = edits.at(-1);
    if (this.sliding === "straighten" && last && last.kind === "straighten") edits.pop();
    edits.push({ kind: "straighten", degrees });
    this.push({ ...this.state, edits }, "straighten");
  }

  tone(name, value) {
    this.push({ ...this.state, tone: { ...this.state.tone, [name]: value } }, name);
  }

  undo() {
    if (this.canUndo) this.at -= 1;
    this.sliding = null;
  }

  redo() {
    if (this.canRedo) this.at += 1;
    this.sliding = null;
  }
}
