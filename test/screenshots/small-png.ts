/**
 * A picture of a page in at most 256 colours: a third of the size, and nobody sees the difference in text and boxes. Reads
 * what Chromium writes (8 bits a channel, not interlaced) and no other PNG.
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = 8;
const MAX_COLOURS = 256;
/** Colours that differ by less than this in every channel may become one. */
const STEP = 8;

interface Image {
  readonly width: number;
  readonly height: number;
  /** Bytes of one pixel: red, green, blue, and where there are four, how opaque. */
  readonly channels: number;
  readonly pixels: Uint8Array;
}

export function smallPng(png: Buffer): Buffer {
  const { width, height, channels, pixels } = decode(png);
  const colourAt = (index: number) => {
    const at = index * channels;
    return ((pixels[at] ?? 0) << 16) | ((pixels[at + 1] ?? 0) << 8) | (pixels[at + 2] ?? 0);
  };
  const palette = paletteOf(width * height, colourAt);
  const nearest = nearestIn(palette);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = nearest(colourAt(y * width + x));
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // 8 bits an index, indexed colours.
  head.set([8, 3], 8);
  const colours = Buffer.from(palette.flatMap(channelsOf));
  return Buffer.concat([
    png.subarray(0, SIGNATURE),
    chunk('IHDR', head),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function channelsOf(colour: number): [number, number, number] {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

/** Of colours that are almost the same, the commonest: so that backgrounds stay exactly what they are. */
function paletteOf(count: number, colourAt: (index: number) => number): number[] {
  const seen = new Map<number, number>();
  for (let index = 0; index < count; index++) seen.set(colourAt(index), (seen.get(colourAt(index)) ?? 0) + 1);
  const taken = new Set<string>();
  const commonestFirst = [...seen].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  const palette = commonestFirst.filter((colour) => {
    const bucket = channelsOf(colour)
      .map((channel) => Math.round(channel / STEP))
      .join();
    return !taken.has(bucket) && taken.add(bucket);
  });
  return palette.slice(0, MAX_COLOURS);
}

function nearestIn(palette: readonly number[]): (colour: number) => number {
  const known = new Map(palette.map((colour, index) => [colour, index]));
  const away = (a: number, b: number) =>
    channelsOf(a).reduce((sum, channel, at) => sum + (channel - (channelsOf(b)[at] ?? 0)) ** 2, 0);
  return (colour) => {
    const found = known.get(colour);
    if (found !== undefined) return found;
    const best = palette.reduce((least, one, index) => {
      return away(one, colour) < away(palette[least] ?? 0, colour) ? index : least;
    }, 0);
    known.set(colour, best);
    return best;
  };
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

function decode(png: Buffer): Image {
  const data: Buffer[] = [];
  let head: Buffer = Buffer.alloc(0);
  for (let at = SIGNATURE; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') head = body;
    if (type === 'IDAT') data.push(body);
    at += length + 12;
  }
  const [width, height, channels] = [head.readUInt32BE(0), head.readUInt32BE(4), head[9] === 6 ? 4 : 3];
  return { width, height, channels, pixels: unfilter(inflateSync(Buffer.concat(data)), width * channels, channels) };
}

/** PNG filters each row by its neighbours (W3C PNG, 9.2): each byte is a difference to what stands beside and above it. */
function unfilter(rows: Buffer, stride: number, channels: number): Uint8Array {
  const out = new Uint8Array((rows.length / (stride + 1)) * stride);
  for (let from = 0, to = 0; from < rows.length; from += stride + 1, to += stride) {
    const filter = rows[from];
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? (out[to + x - channels] ?? 0) : 0;
      const up = out[to + x - stride] ?? 0;
      const corner = x >= channels ? (out[to + x - stride - channels] ?? 0) : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      out[to + x] = (rows[from + 1 + x] ?? 0) + guess;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
