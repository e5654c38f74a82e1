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

// The time zone of the device is proposed, never sent by itself: the person sees and may change it.
const zone = document.querySelector("select[data-zone='']");
if (zone) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...zone.options].some((option) => option.value === own)) zone.value = own;
}

// Birth date and guardian are asked only of minors; without a choice the fields stay visible.
const guardian = document.querySelector("[data-guardian]");
for (const choice of document.querySelectorAll("input[name=of_age]")) {
  const show = () => {
    if (!guardian || !choice.checked) return;
    guardian.hidden = choice.value === "yes";
    for (const field of guardian.querySelectorAll("[data-of-minors]")) {
      field.required = choice.value === "no";
    }
  };
  choice.addEventListener("change", show);
  show();
}

// After an error the first field that needs attention gets the focus.
const wrong = document.querySelector("[aria-invalid='true']");
if (wrong) {
  wrong.focus();
}
