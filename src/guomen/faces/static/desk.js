// Keys of the control room: j and k move through the rows, enter opens (it is a link). While a row has the focus the
// page does not change under the reader.
const links = () => [...document.querySelectorAll(".decide tbody a")];
const inside = (node) => node instanceof Element && node.closest(".decide") !== null;

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !["j", "k"].includes(event.key)) return;
  const all = links();
  if (!all.length) return;
  const here = all.indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement));
  const next = here < 0 ? 0 : here + (event.key === "j" ? 1 : -1);
  all[Math.min(Math.max(next, 0), all.length - 1)].focus();
});

// Also what was asked for before the row got the focus must not arrive.
for (const moment of ["htmx:before:request", "htmx:before:swap"]) {
  document.addEventListener(moment, (event) => {
    if (inside(document.activeElement)) event.preventDefault();
  });
}
