// Pages taken with the document camera of a window: each still becomes a file of the paper's own input, sent with the form.
// Without it, or without a camera, the inputs stay what they are.
(() => {
  "use strict";
  const sheet = document.querySelector("dialog[data-camera]");
  const buttons = () => [...document.querySelectorAll("button[data-camera-for]")].filter((one) => one.getClientRects().length > 0);
  if (!sheet || !navigator.mediaDevices?.getUserMedia) return;
  const part = (name) => sheet.querySelector(`[data-camera-${name}]`);
  const video = part("picture"), said = part("said"), choice = part("choice");
  const WIDE = 3264, HIGH = 2448;  // A4 at 290 dots per inch; a camera gives what it can
  let stream = null, input = null, turned = 0;

  document.documentElement.classList.add("has-camera");
  document.querySelectorAll("button[data-camera-for]").forEach((one) => { one.hidden = false; });
  document.querySelectorAll("[data-camera-file]").forEach((one) => { one.hidden = true; });

  const stop = () => { stream?.getTracks().forEach((track) => track.stop()); stream = null; video.srcObject = null; };
  const tell = (name, number) => { said.textContent = sheet.dataset[name].replace("{n}", number ?? ""); };

  const start = async (device) => {
    stop();
    try {
      const wanted = { width: { ideal: WIDE }, height: { ideal: HIGH } };
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false, video: device ? { ...wanted, deviceId: { exact: device } } : { ...wanted, facingMode: { ideal: "environment" } },
      });
    } catch (refused) {
      tell(refused.name === "NotAllowedError" ? "refused" : "none");
      return;
    }
    if (!sheet.open) { stop(); return; }
    video.srcObject = stream;
    await video.play();
    const used = stream.getVideoTracks()[0].getSettings().deviceId;
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "videoinput");
    choice.replaceChildren(...cameras.map((one, at) => new Option(one.label || String(at + 1), one.deviceId, false, one.deviceId === used)));
    choice.closest("[data-camera-choose]").hidden = cameras.length < 2;
    part("take").disabled = false;
    tell("ready", input.files.length);
  };

  const open = (button) => {
    input = document.getElementById(button.dataset.cameraFor);
    part("paper").textContent = button.dataset.cameraPaper;
    part("take").disabled = true;
    tell("starting");
    sheet.showModal();
    part("take").focus();
    start(choice.value).then(() => part("take").focus());
  };

  const turn = () => { turned = (turned + 1) % 4; video.dataset.turned = String(turned); };

  const take = () => {
    const upright = turned % 2 === 0, canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = upright ? [video.videoWidth, video.videoHeight] : [video.videoHeight, video.videoWidth];
    const draw = canvas.getContext("2d");
    draw.translate(canvas.width / 2, canvas.height / 2);
    draw.rotate((turned * Math.PI) / 2);
    draw.drawImage(video, -video.videoWidth / 2, -video.videoHeight / 2);
    canvas.toBlob((still) => {
      const files = new DataTransfer();
      [...input.files].forEach((one) => files.items.add(one));
      files.items.add(new File([still], `${sheet.dataset.name}${files.files.length + 1}.jpg`, { type: "image/jpeg" }));
      input.files = files.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      tell("taken", input.files.length);
      sheet.classList.add("is-taken");
      setTimeout(() => sheet.classList.remove("is-taken"), 250);
    }, "image/jpeg", 0.92);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-camera-for]");
    if (button) open(button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F7" || event.ctrlKey || event.altKey || event.metaKey || sheet.open || localStorage.getItem("onedoor:keys-off") === "1") return;
    const all = buttons(), here = document.activeElement?.closest("tr, .norm-row")?.querySelector("button[data-camera-for]");
    const next = here ?? all.find((one) => !document.getElementById(one.dataset.cameraFor).files.length) ?? all[0];
    if (next) { event.preventDefault(); open(next); }
  });
  part("take").addEventListener("click", take);
  part("turn").addEventListener("click", turn);
  part("done").addEventListener("click", () => sheet.close());
  choice.addEventListener("change", () => start(choice.value));
  sheet.addEventListener("close", () => { stop(); input?.focus(); });
})();
