// SPDX-License-Identifier: MIT
// Share of a dataset's test icons that have a look-alike in its train split, drawn by resvg-js at 24 x 24.
//
//   NODE_PATH=DIR/node_modules node leakage.cjs DATASET.safetensors [DISTANCE]
//
// Two icons are alike when the sum of absolute differences of their ink is at most DISTANCE (0.05) of the larger ink.
const fs = require('fs');
const { Resvg } = require('@resvg/resvg-js');

const SIZE = 24, CELL = 6, SIDE = SIZE / CELL;

function readDataset(file) {
  const bytes = fs.readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length));
  const types = { U8: Uint8Array, I16: Int16Array, I32: Int32Array, I64: BigInt64Array };
  const tensor = (name) => {
    const [begin, end] = header[name].data_offsets;
    const copy = bytes.buffer.slice(bytes.byteOffset + 8 + length + begin, bytes.byteOffset + 8 + length + end);
    return new types[header[name].dtype](copy);
  };
  return { tensor, info: JSON.parse(header.__metadata__.svgfusion_dataset) };
}

function pathOf(data, icon) {
  const step = data.info.grid.steps[data.grids[icon]];
  const at = (value) => (12 + (value - data.info.grid.size / 2) * step).toFixed(4);
  const parts = data.info.styles.map(() => '');
  for (let c = Number(data.contours[icon]); c < Number(data.contours[icon + 1]); ++c) {
    let d = '';
    for (let k = Number(data.commandOffsets[c]); k < Number(data.commandOffsets[c + 1]); ++k) {
      const a = data.args.subarray(6 * k, 6 * k + 6);
      const kind = data.commands[k];
      d += kind === 0 ? `M${at(a[4])} ${at(a[5])}` : kind === 1 ? `L${at(a[4])} ${at(a[5])}`
        : `C${at(a[0])} ${at(a[1])} ${at(a[2])} ${at(a[3])} ${at(a[4])} ${at(a[5])}`;
    }
    parts[data.styles[c]] += d + (data.closed[c] ? 'Z' : '');
  }
  return parts.map((d, row) => {
    const style = data.info.styles[row];
    return d === '' ? '' : style.kind === 'fill' ? `<path fill-rule="evenodd" d="${d}"/>`
      : `<path fill="none" stroke="#000" stroke-width="${style.width}" stroke-linecap="${style.cap}" stroke-linejoin="${style.join}" d="${d}"/>`;
  }).join('');
}

function picture(body) {
  const image = new Resvg(`<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${SIZE}" viewBox="0 0 24 24">${body}</svg>`,
    { font: { loadSystemFonts: false } }).render();
  const pixels = image.pixels;  // a copy at every access
  const ink = new Uint8Array(SIZE * SIZE);
  for (let i = 0; i < ink.length; ++i) ink[i] = pixels[4 * i + 3];
  const coarse = new Int32Array(SIDE * SIDE);
  let mass = 0;
  for (let i = 0; i < ink.length; ++i) {
    coarse[Math.floor(i / SIZE / CELL) * SIDE + Math.floor((i % SIZE) / CELL)] += ink[i];
    mass += ink[i];
  }
  return { ink, coarse, mass };
}

function l1(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; ++i) sum += Math.abs(a[i] - b[i]);
  return sum;
}

const [file, distanceText] = process.argv.slice(2);
if (!file) {
  console.error('usage: leakage.cjs DATASET.safetensors [DISTANCE]');
  process.exit(2);
}
const distance = Number(distanceText || 0.05);
const { tensor, info } = readDataset(file);
const data = { info, grids: tensor('grids'), contours: tensor('contour_offsets'), commandOffsets: tensor('command_offsets'),
  commands: tensor('commands'), args: tensor('arguments'), closed: tensor('contour_closed'), styles: tensor('contour_styles') };
const split = tensor('split');
const train = [], test = [];
for (let i = 0; i < split.length; ++i) {
  if (split[i] === 1) continue;
  (split[i] === 0 ? train : test).push(picture(pathOf(data, i)));
}
train.sort((a, b) => a.mass - b.mass);
const masses = train.map((p) => p.mass);
const lowerBound = (value) => {
  let low = 0, high = masses.length;
  while (low < high) { const middle = (low + high) >> 1; if (masses[middle] < value) low = middle + 1; else high = middle; }
  return low;
};
let leaks = 0;
for (const t of test) {
  for (let k = lowerBound(t.mass * (1 - distance)); k < train.length && masses[k] * (1 - distance) <= t.mass; ++k) {
    const limit = distance * Math.max(t.mass, masses[k]);
    if (l1(t.coarse, train[k].coarse) <= limit && l1(t.ink, train[k].ink) <= limit) { ++leaks; break; }
  }
}
console.log(`${leaks} of ${test.length} test icons have a look-alike among ${train.length} for training: ${(100 * leaks / test.length).toFixed(2)} %`);
