// Passkeys: a form asks the server what to ask, the authenticator answers, the answer goes with
// the form. What is encoded how: W3C Web Authentication level 3, section 5.1.8 to 5.1.10.

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function named(list) {
  return (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
}

async function made(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: named(options.excludeCredentials),
  };
  const key = await navigator.credentials.create({ publicKey });
  return {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    response: {
      clientDataJSON: text(key.response.clientDataJSON),
      attestationObject: text(key.response.attestationObject),
      transports: key.response.getTransports?.() ?? [],
    },
  };
}

async function shown(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: named(options.allowCredentials),
  };
  const key = await navigator.credentials.get({ publicKey });
  const handle = key.response.userHandle;
  return {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    response: {
      clientDataJSON: text(key.response.clientDataJSON),
      authenticatorData: text(key.response.authenticatorData),
      signature: text(key.response.signature),
      userHandle: handle ? text(handle) : null,
    },
  };
}

async function asked(form) {
  const answer = await fetch(form.dataset.begin, {
    method: "POST",
    headers: { "X-CSRF": form.elements.csrf.value },
    body: new URLSearchParams(new FormData(form)),
  });
  if (answer.ok) return answer.json();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const said = [page.querySelector("h1"), page.querySelector(".lead")];
  throw new Error(said.map((one) => one?.textContent.trim() ?? "").join(" ").trim());
}

function explained(failure) {
  if (failure.name === "InvalidStateError") return "This device has a passkey for you already.";
  if (failure.name === "NotAllowedError") return "The passkey was not used: it was refused, or took too long.";
  if (failure.name === "SecurityError") return "Passkeys do not work at this address.";
  return failure.message || "That did not work.";
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-passkey]");
  if (!form) return;
  event.preventDefault();
  const problem = form.querySelector("[data-problem]");
  const button = form.querySelector("button");
  problem.hidden = true;
  button.disabled = true;
  try {
    const { step, options } = await asked(form);
    const answer = await (form.dataset.passkey === "create" ? made(options) : shown(options));
    form.elements.step.value = step;
    form.elements.answer.value = JSON.stringify(answer);
    form.submit();
  } catch (failure) {
    problem.textContent = explained(failure);
    problem.hidden = false;
    button.disabled = false;
  }
});

if (!window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const problem = form.querySelector("[data-problem]");
    problem.textContent = "This browser has no passkeys, or not at this address.";
    problem.hidden = false;
    form.querySelector("button").disabled = true;
  }
}
