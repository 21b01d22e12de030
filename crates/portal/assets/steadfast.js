// Comfort for pages that work without it: copying, closing menus, and asking before something is lost.
"use strict";

// <button data-copy="ID"> copies the text of the element with that id; hidden until there is script and a clipboard.
for (const button of navigator.clipboard ? document.querySelectorAll("button[data-copy]") : []) {
  button.hidden = false;
  const word = button.textContent;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    if (!source) return;
    await navigator.clipboard.writeText("value" in source ? source.value : source.textContent.trim());
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = word; }, 2000);
  });
}

// The menu of the account closes on Escape and on a click elsewhere.
const menu = document.querySelector("details.me");
if (menu) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

// <form data-unsaved> warns before a page with changes is left.
for (const form of document.querySelectorAll("form[data-unsaved]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

// The first field that is wrong gets the focus.
document.querySelector("[aria-invalid=true]")?.focus();
