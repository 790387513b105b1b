// Bytes as numbers and text.

const decoder = new TextDecoder("utf-8");

/** Up to 16 bytes as what they may mean: [title, low byte first, high byte first]. */
export function meanings(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = [];
  if (bytes.length > 0) {
    found.push(["8 bits", `${view.getUint8(0)}`, `${view.getInt8(0)}`, "unsigned, signed"]);
    found.push(["binary", view.getUint8(0).toString(2).padStart(8, "0"), "", ""]);
  }
  if (bytes.length > 1) found.push(["16 bits", pair(view.getUint16(0, true), view.getInt16(0, true)), pair(view.getUint16(0), view.getInt16(0))]);
  if (bytes.length > 2) found.push(["24 bits", `${view.getUint8(0) + view.getUint16(1, true) * 256}`, `${view.getUint16(0) * 256 + view.getUint8(2)}`]);
  if (bytes.length > 3) {
    found.push(["32 bits", pair(view.getUint32(0, true), view.getInt32(0, true)), pair(view.getUint32(0), view.getInt32(0))]);
    found.push(["float", short(view.getFloat32(0, true)), short(view.getFloat32(0))]);
  }
  if (bytes.length > 7) found.push(["double", short(view.getFloat64(0, true)), short(view.getFloat64(0))]);
  return found;
}

const pair = (unsigned, signed) => (unsigned === signed ? `${unsigned}` : `${unsigned} / ${signed}`);
const short = (value) => String(Number(value.toPrecision(7)));

/** A byte as a letter, or a point. */
export const letter = (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·");

/** Bytes as UTF-8 text with what cannot be printed as points. */
export const text = (bytes) => decoder.decode(bytes).replace(/[\p{C}\uFFFD]/gu, "·");

/** An offset: hexadecimal with 0x, or decimal; NaN for anything else. */
export function offset(written) {
  const plain = written.trim().replaceAll("_", "");
  if (/^(0x|\$)[0-9a-f]+$/i.test(plain)) return parseInt(plain.replace(/^(0x|\$)/i, ""), 16);
  if (/^[0-9a-f]+h$/i.test(plain)) return parseInt(plain, 16);
  return /^\d+$/.test(plain) ? Number(plain) : NaN;
}
