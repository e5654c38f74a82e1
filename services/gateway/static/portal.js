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

// Notices arrive while pages are open. One page of a session holds the stream for all of them.
const notices = document.querySelector("[data-notices]");
if (notices && "EventSource" in window) {
  const live = document.querySelector("[data-notices-live]");
  const count = notices.querySelector("[data-count]");
  const name = `notices-${notices.dataset.session}`;
  const pages = "BroadcastChannel" in window ? new BroadcastChannel(name) : null;
  const told = new Set();
  let cursor = "";

  const show = (news) => {
    cursor = news.cursor;
    const fresh = news.items.filter((one) => !told.has(one.message_id));
    fresh.forEach((one) => told.add(one.message_id));
    const changed = fresh.length > 0 || notices.dataset.unread !== String(news.unread);
    notices.dataset.unread = news.unread;
    count.hidden = news.unread === 0;
    count.querySelector("[data-number]").textContent = news.unread;
    if (fresh.length) {
      live.replaceChildren(
        ...fresh.map((one) => {
          const said = document.createElement("p");
          const title = document.createElement("span");
          title.lang = news.language;
          title.textContent = one.title;
          said.append(`${notices.dataset.new} `, title);
          return said;
        }),
      );
    }
    if (changed) document.body.dispatchEvent(new Event("notices"));
  };
  if (pages) pages.onmessage = (message) => show(message.data);

  // Held until the session is over or the page goes: then the next page takes its turn.
  const listen = () =>
    new Promise((done) => {
      let source = null;
      let wait = 1000;
      let timer = null;
      const end = () => {
        clearTimeout(timer);
        source.close();
        done();
      };
      const open = () => {
        source = new EventSource(`/notices/stream?after=${encodeURIComponent(cursor)}`);
        source.addEventListener("notices", (event) => {
          wait = 1000;
          const news = JSON.parse(event.data);
          show(news);
          if (pages) pages.postMessage(news);
        });
        source.addEventListener("over", end);
        source.addEventListener("error", () => {
          // Browsers connect again by themselves, except after an answer that is no stream.
          if (source.readyState !== EventSource.CLOSED) return;
          timer = setTimeout(open, wait);
          wait = Math.min(2 * wait, 60000);
        });
      };
      open();
      window.addEventListener("pagehide", end, { once: true });
    });
  const start = () => (navigator.locks ? navigator.locks.request(name, listen) : listen());
  start();
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) start();
  });
}
