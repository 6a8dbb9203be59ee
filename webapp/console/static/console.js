// What the console does beyond plain pages: results while one types, and Escape for what is open. Without it all works, too.

"use strict";

const WAIT = 160; // milliseconds after the last key

document.querySelectorAll("form[data-live]").forEach((form) => {
  let timer = 0;
  let asking = null;
  const refresh = async () => {
    asking?.abort();
    asking = new AbortController();
    const address = `${form.action.split("?")[0]}?${new URLSearchParams(new FormData(form))}`;
    try {
      const answer = await fetch(address, { signal: asking.signal, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("results");
      if (!answer.ok || !fresh) return;
      document.getElementById("results").replaceWith(fresh);
      history.replaceState(null, "", address);
    } catch (error) {
      if (error.name !== "AbortError") form.submit();
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, WAIT);
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    document.querySelectorAll(".origin:hover, .origin:focus-within").forEach((origin) => origin.classList.add("shut"));
  } else if (event.key === "/" && !event.target.closest("input, select, textarea")) {
    const field = document.querySelector("input[type=search]");
    if (field) {
      event.preventDefault();
      field.focus();
    }
  }
});

for (const leaving of ["mouseout", "focusout"]) {
  document.addEventListener(leaving, (event) => event.target.closest(".origin")?.classList.remove("shut"));
}
