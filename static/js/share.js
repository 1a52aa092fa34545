// Share an object: by the device's own menu where there is one, and as a picture with the question on it.
// The picture is drawn here, in the visitor's browser, which has the letters of every language.
const box = document.querySelector("[data-share]");
const said = box.dataset;

const menu = box.querySelector("[data-share-menu]");
if (navigator.share) {
  menu.hidden = false;
  menu.addEventListener("click", () => {
    navigator.share({ title: said.title, text: said.question, url: said.address }).catch(() => {});
  });
}

const SIDE = 1080;
const EDGE = 60;
const FONT = 'system-ui, "Noto Sans", "Segoe UI", Arial, sans-serif';

function lines(pen, text, width) {
  const found = [""];
  for (const word of text.split(/\s+/)) {
    const longer = found.at(-1) ? `${found.at(-1)} ${word}` : word;
    if (pen.measureText(longer).width > width && found.at(-1)) found.push(word);
    else found[found.length - 1] = longer;
  }
  return found;
}

function write(pen, text, font, height, top, most) {
  pen.font = font;
  const all = lines(pen, text, SIDE - 2 * EDGE);
  const shown = all.slice(0, most);
  if (all.length > most) shown[most - 1] += "…";
  for (const line of shown) {
    pen.fillText(line, pen.direction === "rtl" ? SIDE - EDGE : EDGE, top);
    top += height;
  }
  return top;
}

async function draw() {
  const source = document.querySelector(".object-pictures picture img");
  await source.decode();
  const canvas = document.createElement("canvas");
  canvas.width = SIDE;
  canvas.height = SIDE + 270;
  const pen = canvas.getContext("2d");
  pen.direction = document.documentElement.dir || "ltr";
  pen.textAlign = "start";
  pen.textBaseline = "top";
  pen.fillStyle = "#0d2b2a";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const room = { width: SIDE - 2 * EDGE, height: 720 };
  const scale = Math.min(room.width / source.naturalWidth, room.height / source.naturalHeight);
  const size = [source.naturalWidth * scale, source.naturalHeight * scale];
  const at = [EDGE + (room.width - size[0]) / 2, EDGE + (room.height - size[1]) / 2];
  pen.drawImage(source, ...at, ...size);
  pen.strokeStyle = "#f0b840";
  pen.lineWidth = 6;
  for (const [x, y, right, down] of [
    [at[0] - 14, at[1] - 14, 1, 1],
    [at[0] + size[0] + 14, at[1] - 14, -1, 1],
    [at[0] - 14, at[1] + size[1] + 14, 1, -1],
    [at[0] + size[0] + 14, at[1] + size[1] + 14, -1, -1],
  ]) {
    pen.beginPath();
    pen.moveTo(x + 60 * right, y);
    pen.lineTo(x, y);
    pen.lineTo(x, y + 60 * down);
    pen.stroke();
  }
  pen.fillStyle = "#f3f1ea";
  let top = write(pen, said.heading, `700 54px ${FONT}`, 66, 830, 2);
  top = write(pen, said.question, `400 42px ${FONT}`, 54, top + 12, 5);
  pen.fillStyle = "#f0b840";
  write(pen, said.address.replace(/^https?:\/\//, ""), `600 36px ${FONT}`, 44, canvas.height - EDGE - 40, 1);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

const picture = box.querySelector("[data-share-picture]");
if (document.querySelector(".object-pictures picture img")) {
  picture.hidden = false;
  picture.addEventListener("click", async () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await draw());
    link.download = `${said.reference}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}
