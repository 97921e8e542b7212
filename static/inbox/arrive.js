/**
 * Takes the secret of a link from behind the `#`, where no server and no log ever sees it, into the form that sends it
 * in the body of a request; and takes it out of the address, so that it stays in no history.
 */

const form = document.getElementById("arrive");

function take() {
  const secret = location.hash.slice(1);
  if (!(form instanceof HTMLFormElement) || !secret) return;
  history.replaceState(null, "", location.pathname);
  const field = form.elements.namedItem("code");
  if (field instanceof HTMLInputElement) {
    field.value = secret;
    form.requestSubmit();
  }
}

addEventListener("hashchange", take); // a link that is pasted where this page is open already
take();
