// Read a code with the camera where the browser itself can (BarcodeDetector). Elsewhere the button stays hidden, and a page
// may say so (#no-reader): a photo is read by the server, and needs no script.
const byId = (id) => document.getElementById(id);

async function detector() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return null;
  const formats = await window.BarcodeDetector.getSupportedFormats();
  return formats.includes("qr_code") ? new window.BarcodeDetector({ formats: ["qr_code"] }) : null;
}

async function scan(reader) {
  const view = byId("view");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  try {
    view.srcObject = stream;
    view.hidden = false;
    await view.play();
    for (;;) {
      const [code] = await reader.detect(view);
      if (code) return code.rawValue;
      await new Promise(requestAnimationFrame);
    }
  } finally {
    for (const track of stream.getTracks()) track.stop();
    view.hidden = true;
  }
}

const reader = await detector().catch(() => null);
if (reader) {
  byId("live").hidden = false;
  byId("scan").addEventListener("click", async () => {
    byId("no-camera").hidden = true;
    try {
      byId("text").value = await scan(reader);
      const form = byId("check");
      const missing = [...form.elements].find((field) => field.ariaRequired === "true" && !field.value.trim());
      if (missing) missing.focus();
      else form.submit();
    } catch (error) {
      byId("no-camera").hidden = false;
      console.warn(error);
    }
  });
} else if (byId("no-reader")) {
  byId("no-reader").hidden = false;
}
