// 'Leave this page' takes the place of the page in the history, so that Back does not return to it.
// Where the link goes through our own address, that has the browser forget this site; it is asked for
// in passing, because nobody should wait for it.
for (const link of document.querySelectorAll("a[data-leave]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    if (link.origin === window.location.origin) {
      fetch(link.href, { method: "HEAD", keepalive: true, redirect: "manual" }).catch(() => {});
    }
    window.location.replace(link.dataset.leave);
  });
}
