// Sign in with, or add, a passkey. Uses the small WebAuthn JSON helper that django-allauth ships.
const byId = (id) => document.getElementById(id);

byId("passkey_login")?.addEventListener("click", async () => {
  const form = byId("mfa_login");
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  const { request_options: options } = await answer.json();
  byId("mfa_credential").value = JSON.stringify(await window.webauthnJSON.get(options));
  form.submit();
});

byId("passkey_add")?.addEventListener("click", async () => {
  const options = JSON.parse(byId("passkey_options").textContent).creation_options;
  const chosen = options.publicKey.authenticatorSelection;
  chosen.residentKey = "required";
  chosen.requireResidentKey = true;
  chosen.userVerification = "required";
  byId("passkey_credential").value = JSON.stringify(await window.webauthnJSON.create(options));
  byId("passkey_form").submit();
});
