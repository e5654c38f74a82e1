// Comfort only: every page works without this file.
"use strict";

// A link marked data-dialog opens its target's native dialog instead of the page it points to.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("a[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog && typeof dialog.showModal === "function") {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer && closer.closest("dialog")) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
});

// Screen size is a technical trace of sign-in, used for stability and security only.
for (const field of document.querySelectorAll("input[data-screen]")) {
  field.value = `${window.screen.width}x${window.screen.height}`;
}

// The guardian's address is asked only of minors; without a birth date the field stays visible.
const birth = document.querySelector("input[data-birth]");
const guardian = document.querySelector("[data-guardian]");
if (birth && guardian) {
  const show = () => {
    const date = birth.valueAsDate;
    const limit = new Date(birth.dataset.birth);
    guardian.hidden = date !== null && date <= limit;
  };
  birth.addEventListener("change", show);
  show();
}

// After an error the first field that needs attention gets the focus.
const wrong = document.querySelector("[aria-invalid='true']");
if (wrong) {
  wrong.focus();
}
