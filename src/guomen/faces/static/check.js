// Read a code with the camera where the browser itself can (BarcodeDetector). Elsewhere the button stays hidden: a photo
// is read by the server, and needs no script.
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
      byId("check").submit();
    } catch (error) {
      byId("no-camera").hidden = false;
      console.warn(error);
    }
  });
}
