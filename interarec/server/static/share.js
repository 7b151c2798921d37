// Screenshots of what the visitor shares, through the browser's own consent dialog: a picture when something changed.
const EVERY = 1000;  // ms
const GRID = [64, 40];
const CHANGED = 2.0; // of 255, mean difference of grey blocks
let media = null, timer = null;

export const sharing = () => media !== null;

export function stop() {
  clearInterval(timer);
  media?.getTracks().forEach((t) => t.stop());
  media = timer = null;
}

// `covered` gives the part of the page that is ours, in shares of it: what we show is nothing that the visitor browsed.
export async function share(onFrame, onEnd, covered = () => null) {
  media = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 5 }, audio: false, preferCurrentTab: true, selfBrowserSurface: "include" });
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = media;
  await video.play();
  media.getVideoTracks()[0].addEventListener("ended", () => { stop(); onEnd(); });
  const small = new OffscreenCanvas(...GRID).getContext("2d", { willReadFrequently: true });
  let before = null, busy = false;
  timer = setInterval(async () => {
    if (busy || !video.videoWidth || document.hidden) return;
    busy = true;
    try {
      const ours = covered();
      const paint = (context, w, h) => {
        context.drawImage(video, 0, 0, w, h);
        if (ours) { context.fillStyle = "#808080"; context.fillRect(ours.x * w, ours.y * h, ours.w * w, ours.h * h); }
      };
      paint(small, ...GRID);
      const now = small.getImageData(0, 0, ...GRID).data;
      if (before && difference(before, now) < CHANGED) return;
      before = now;
      const whole = new OffscreenCanvas(video.videoWidth, video.videoHeight);
      paint(whole.getContext("2d"), video.videoWidth, video.videoHeight);
      await onFrame(await whole.convertToBlob({ type: "image/png" }), location.href);
    } catch { before = null; } finally { busy = false; }
  }, EVERY);
}

function difference(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 4) sum += Math.abs(a[i] + a[i + 1] + a[i + 2] - b[i] - b[i + 1] - b[i + 2]) / 3;
  return sum / (a.length / 4);
}
