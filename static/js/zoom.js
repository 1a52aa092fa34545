// Deep zoom into the pictures of an object, down to the last pixel: wheel, pinch, drag, double click,
// buttons and keys (OpenSeadragon, on the sizes that the page already offers). Without this module
// the picture stands as it is, with a plain link to its full size. The library is fetched when somebody
// zooms, not before.

const figures = [...document.querySelectorAll("figure[data-zoom-name]")];
const library = figures[0]?.dataset.zoomLibrary;

// OpenSeadragon empties elements by innerHTML = "", and is itself a script that we add. Trusted Types
// let these two through, and nothing else.
if (window.trustedTypes && library) {
  const only = (allowed) => (text) => {
    if (text !== allowed) throw new TypeError("not one of the strings this page needs");
    return text;
  };
  window.trustedTypes.createPolicy("default", {
    createHTML: only(""),
    createScriptURL: only(library),
  });
}

let loading = null;
function loaded() {
  loading ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = library;
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.append(script);
  });
  return loading;
}

function button(words, label, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", action);
  return made;
}

function levels(picture) {
  const img = picture.querySelector("picture img");
  const ratio = img.height / img.width;
  return img.srcset.split(",").map((entry) => {
    const [url, size] = entry.trim().split(/\s+/);
    const width = Number.parseInt(size, 10);
    return { url: new URL(url, document.baseURI).href, width, height: Math.round(width * ratio) };
  });
}

async function open(figure) {
  if (figure.classList.contains("zooming")) return;
  await loaded();
  const words = figure.dataset;
  const frame = document.createElement("div");
  frame.className = "zoom-frame";
  const img = figure.querySelector("picture img");
  const bar = document.createElement("div");
  bar.className = "zoom-bar";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", words.zoomName);
  figure.append(frame, bar);
  figure.classList.add("zooming");
  const viewer = window.OpenSeadragon({
    element: frame,
    tileSources: { type: "legacy-image-pyramid", levels: levels(figure) },
    showNavigationControl: false,
    maxZoomPixelRatio: 8,
    minZoomImageRatio: 1,
    visibilityRatio: 1,
    imageSmoothingEnabled: true,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    drawer: "canvas",
    animationTime: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 0.6,
  });
  viewer.canvas.setAttribute("aria-label", `${img.alt} ${words.zoomKeys}`);
  viewer.canvas.setAttribute("role", "application");
  const by = (factor) => () => {
    viewer.viewport.zoomBy(factor);
    viewer.viewport.applyConstraints();
  };
  bar.append(
    button("+", words.zoomIn, by(1.6)),
    button("−", words.zoomOut, by(1 / 1.6)),
    button("1:1", `1:1. ${words.zoomPixels}`, () => viewer.viewport.zoomTo(viewer.viewport.imageToViewportZoom(1))),
    button("×", words.zoomClose, () => {
      viewer.destroy();
      frame.remove();
      bar.remove();
      figure.classList.remove("zooming");
      figure.nextElementSibling.focus();
    }),
  );
  viewer.canvas.focus();
}

for (const figure of figures) {
  const opener = button(figure.dataset.zoomName, figure.dataset.zoomName, () => open(figure));
  opener.className = "zoom-open button quiet";
  figure.after(opener);
  figure.querySelector("picture img").addEventListener("dblclick", () => open(figure));
}
