// Forms that a passkey fills in: asks for a challenge, has the passkey answer it, sends the form.
"use strict";

const { browserSupportsWebAuthn, startAuthentication, startRegistration } = SimpleWebAuthnBrowser;

async function answered(form) {
  const body = new URLSearchParams({ csrf: form.elements.csrf.value });
  const answer = await fetch(form.dataset.challenge, { method: "POST", body });
  if (!answer.ok) {
    throw new Error(`no challenge: ${answer.status}`);
  }
  const { ceremony, options } = await answer.json();
  const begin = form.dataset.passkey === "create" ? startRegistration : startAuthentication;
  form.querySelector("[data-credential]").value = JSON.stringify(await begin({ optionsJSON: options }));
  form.querySelector("[data-ceremony]").value = ceremony;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !browserSupportsWebAuthn();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-passkey-error]");
    const button = form.querySelector("button");
    problem.hidden = true;
    button.disabled = true;
    try {
      await answered(form);
      form.submit();
    } catch {
      problem.hidden = false;
    }
    button.disabled = false;
  });
}
