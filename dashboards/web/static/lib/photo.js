/** Photographs before they are sent: turned upright, made small, and without what a telephone writes into them. */

import { request } from "./api.js";

/** Enough to see a loose tile or a lamp at a port. */
const SIDE_PX = 1600;
const QUALITY = 0.85;

/**
 * Draws a photograph anew and adds it to a work order.
 *
 * @param {string} order
 * @param {"before" | "after"} stage
 * @param {File} file
 */
export async function addPhoto(order, stage, file) {
  await request("POST", `/api/work-orders/${order}/photos?stage=${stage}`, await drawnAnew(file));
}

/** @param {File} file @returns {Promise<Blob>} A JPEG; the file itself where the browser cannot draw it: the server says why not. */
async function drawnAnew(file) {
  const picture = await createImageBitmap(file).catch(() => null);
  if (picture === null) return file;
  const scale = Math.min(1, SIDE_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((done) => canvas.toBlob((blob) => done(blob ?? file), "image/jpeg", QUALITY));
}
