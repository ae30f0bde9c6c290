/**
 * A photo from a phone's camera to the shop: made small enough here, so that a village line doesn't carry twelve
 * megapixels, then sent with its progress told.
 */
import { bearer, Problem, take, Unreachable } from "../api.js";

const EDGE_PX_MAX = 1_600;
const BYTES_MAX = 4_000_000;
const QUALITY = 0.86;
const TIMEOUT_MS = 60_000;
const SENT_AS_THEY_ARE = new Set(["image/jpeg", "image/png", "image/webp"]);

/** The file is no picture that this browser can read. */
export class NoPicture extends Error {}

/** @param {{ width: number, height: number }} size @returns {{ width: number, height: number }} within the longest edge sent */
export function fitted({ width, height }) {
  const scale = Math.min(1, EDGE_PX_MAX / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** @param {File} file @returns {Promise<Blob>} rejects with NoPicture */
export async function madeSmall(file) {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new NoPicture(file.type);
  });
  const size = fitted(bitmap);
  const isSmall = size.width === bitmap.width && file.size <= BYTES_MAX && SENT_AS_THEY_ARE.has(file.type);
  const blob = isSmall ? file : await redrawn(bitmap, size);
  bitmap.close();
  return blob;
}

/** @param {ImageBitmap} bitmap @param {{ width: number, height: number }} size @returns {Promise<Blob>} */
async function redrawn(bitmap, { width, height }) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  if (context === null) throw new NoPicture("no canvas");
  // A drawing without a ground would turn black as a JPEG.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!(blob instanceof Blob)) throw new NoPicture("not drawn");
  return blob;
}

/**
 * @param {Blob} blob @param {(share: number) => void} onProgress from 0 to 1
 * @returns {Promise<string>} the image's address; rejects with Problem or Unreachable
 */
export async function sendPhoto(blob, onProgress) {
  try {
    return await sendOnce(blob, onProgress);
  } catch (error) {
    if (error instanceof Problem && error.status === 401 && (await bearer.renew())) return sendOnce(blob, onProgress);
    throw error;
  }
}

/** `fetch` doesn't tell how much has left; the older way does. @param {Blob} blob @param {(share: number) => void} onProgress @returns {Promise<string>} */
function sendOnce(blob, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/photos");
    request.setRequestHeader("Content-Type", blob.type);
    request.setRequestHeader("Accept", "application/json");
    const token = bearer.token();
    if (token !== null) request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.timeout = TIMEOUT_MS;
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onerror = request.ontimeout = () => reject(new Unreachable("the photo was not sent"));
    request.onload = () => {
      const headers = { "Content-Type": request.getResponseHeader("Content-Type") ?? "" };
      const answer = take(new Response(request.responseText, { status: request.status, headers }));
      resolve(answer.then((photo) => photo.image_url));
    };
    request.send(blob);
  });
}
