// Runs in the watched page before its own scripts: notes when the live WebSocket was opened and when the first picture was
// shown, and reads the clock that the synthetic host draws into every picture (geometry: media/clock_blocks.py).
(() => {
  const CELLS = 80, STRIP_FRACTION = 45, FIRST_CELL = 12, MAGIC = 0b10110010, CONTRAST_MIN = 40;
  const glass = { socketMs: null, firstPictureMs: null, samples: [], unreadable: 0, dropped: 0 };
  let pictureShown;
  glass.firstPicture = new Promise((resolve) => { pictureShown = resolve; });
  window.glass = glass;

  const Original = window.WebSocket;
  window.WebSocket = class extends Original {
    constructor(...given) {
      super(...given);
      glass.socketMs ??= performance.now();
    }
  };

  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });

  function checksum(bytes) {
    let crc = 0;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : (crc << 1) & 0xff;
    }
    return crc;
  }

  // Unix milliseconds modulo 2^40 that the picture carries, or null.
  function readClock(video) {
    const width = video.videoWidth, strip = Math.round(video.videoHeight / STRIP_FRACTION);
    canvas.width = width;
    canvas.height = strip;
    context.drawImage(video, 0, video.videoHeight - strip, width, strip, 0, 0, width, strip);
    const { data } = context.getImageData(0, 0, width, strip);
    const cell = width / CELLS, top = Math.round(strip * 0.25), bottom = Math.round(strip * 0.75);
    const levels = [];
    for (let index = FIRST_CELL; index < FIRST_CELL + 56; index++) {
      let sum = 0, count = 0;
      for (let y = top; y < bottom; y++) {
        for (let x = Math.round(cell * (index + 0.25)); x < Math.round(cell * (index + 0.75)); x++) {
          const at = (y * width + x) * 4;
          sum += (data[at] + 2 * data[at + 1] + data[at + 2]) / 4;
          count++;
        }
      }
      levels.push(sum / count);
    }
    const mean = (wanted) => {
      const chosen = levels.slice(0, 8).filter((_, bit) => ((MAGIC >> (7 - bit)) & 1) === wanted);
      return chosen.reduce((total, level) => total + level, 0) / chosen.length;
    };
    const bright = mean(1), dark = mean(0);
    if (bright - dark < CONTRAST_MIN) return null;
    const bytes = [];
    for (let start = 0; start < 56; start += 8) {
      bytes.push(levels.slice(start, start + 8).reduce((value, level) => value * 2 + (level > (bright + dark) / 2 ? 1 : 0), 0));
    }
    if (bytes[0] !== MAGIC || bytes[6] !== checksum(bytes.slice(1, 6))) return null;
    return bytes.slice(1, 6).reduce((value, byte) => value * 256 + byte, 0);
  }

  function watch(video) {
    const onFrame = (_now, frame) => {
      if (glass.firstPictureMs === null) {
        glass.firstPictureMs = performance.now();
        pictureShown(true);
      }
      const clock = readClock(video);
      if (clock === null) {
        glass.unreadable++;
      } else {
        const shown = performance.timeOrigin + frame.expectedDisplayTime;
        glass.samples.push((shown % 2 ** 40) - clock);
      }
      glass.dropped = video.getVideoPlaybackQuality().droppedVideoFrames;
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  }

  new MutationObserver((_changes, observer) => {
    const video = document.querySelector('video');
    if (video) {
      observer.disconnect();
      watch(video);
    }
  }).observe(document, { childList: true, subtree: true });
})();
