// Sign in with, confirm with, or add a passkey. Uses the small WebAuthn JSON helper that django-allauth ships.
const byId = (id) => document.getElementById(id);
const isAddress = /^[\d.]+$|^\[|:/.test(location.hostname);

// Browsers allow passkeys for host names only. Without script the buttons stay hidden: they could do nothing.
byId(isAddress ? "passkey_ip" : "passkey_box")?.removeAttribute("hidden");

async function ceremony(work) {
  byId("passkey_failed")?.setAttribute("hidden", "");
  try {
    await work();
  } catch (error) {
    byId("passkey_failed")?.removeAttribute("hidden");
    console.warn(error);
  }
}

byId("passkey_login")?.addEventListener("click", () => ceremony(async () => {
  const form = byId("mfa_login");
  const answer = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
  const { request_options: options } = await answer.json();
  byId("mfa_credential").value = JSON.stringify(await window.webauthnJSON.get(options));
  form.submit();
}));

byId("passkey_use")?.addEventListener("click", () => ceremony(async () => {
  const form = byId("passkey_form");
  const data = JSON.parse(byId("passkey_options").textContent);
  let credential;
  if (form.dataset.purpose === "create") {
    const options = data.creation_options;
    Object.assign((options.publicKey.authenticatorSelection ??= {}), {
      residentKey: "required", requireResidentKey: true, userVerification: "required",
    });
    credential = await window.webauthnJSON.create(options);
  } else {
    credential = await window.webauthnJSON.get(data.request_options);
  }
  byId("passkey_credential").value = JSON.stringify(credential);
  form.submit();
}));
