// SPDX-License-Identifier: MIT
// How well svgfusion-prepare --write-svg keeps pictures, judged by an independent renderer.
//
//   npm install --prefix DIR @resvg/resvg-js pngjs
//   NODE_PATH=DIR/node_modules node svg_fidelity.cjs pairs ORIGINALS WRITTEN [SIZE] [FINER]
//   NODE_PATH=DIR/node_modules node svg_fidelity.cjs conformance CASES WRITTEN
//   NODE_PATH=DIR/node_modules node svg_fidelity.cjs peers CASES WRITTEN       (needs svgo; rsvg-convert where it is there)
//   NODE_PATH=DIR/node_modules node svg_fidelity.cjs speed SVG_FOLDER          (needs svgo)
//
// pairs: every SVG below WRITTEN against the file of the same name below ORIGINALS, both rendered
// by resvg-js on white: mean absolute error over 255 and soft IoU of the ink. With FINER, pictures
// are drawn FINER times as large and averaged down to SIZE: that measures what is covered, without
// the seams that a renderer's anti-aliasing leaves where shapes touch or lie on each other.
// conformance: every file of CASES/cases.txt, written under the same name below WRITTEN, against the
// PNG beside the case; a case passes when at most 0.5 % of the pixels differ by more than 32 levels
// after a one-pixel shift in both directions and the mean absolute error is under 1.
const fs = require('fs');
const path = require('path');
const { Resvg } = require('@resvg/resvg-js');
const { PNG } = require('pngjs');

function render(file, width) { return renderText(fs.readFileSync(file), width); }

function renderText(svg, width) {
  const image = new Resvg(svg, {
    fitTo: { mode: 'width', value: width }, background: 'white', font: { loadSystemFonts: false },
  }).render();
  return { width: image.width, height: image.height, data: image.pixels };
}

// The mean of each square of `n` by `n` pixels.
function averaged(image, n) {
  if (n === 1) return image;
  const width = Math.floor(image.width / n), height = Math.floor(image.height / n);
  const data = new Float64Array(width * height * 4);
  for (let y = 0; y < height * n; ++y) {
    for (let x = 0; x < width * n; ++x) {
      const from = (y * image.width + x) * 4, to = (Math.floor(y / n) * width + Math.floor(x / n)) * 4;
      for (let c = 0; c < 4; ++c) data[to + c] += image.data[from + c] / (n * n);
    }
  }
  return { width, height, data };
}

function onWhite(png) {
  const out = Buffer.alloc(png.width * png.height * 4);
  for (let i = 0; i < out.length; i += 4) {
    const alpha = png.data[i + 3] / 255;
    for (let c = 0; c < 3; ++c) out[i + c] = Math.round(png.data[i + c] * alpha + 255 * (1 - alpha));
    out[i + 3] = 255;
  }
  return { width: png.width, height: png.height, data: out };
}

function meanError(a, b) {
  let sum = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    for (let c = 0; c < 3; ++c) sum += Math.abs(a.data[i + c] - b.data[i + c]);
  }
  return sum / (a.data.length / 4 * 3);
}

function softIou(a, b) {
  let both = 0, either = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    const p = 255 - a.data[i + 1], q = 255 - b.data[i + 1];
    both += Math.min(p, q);
    either += Math.max(p, q);
  }
  return either === 0 ? 1 : both / either;
}

// Share of pixels of `a` that differ by more than 32 from every pixel of `b` within one pixel.
function farShare(a, b) {
  let far = 0;
  for (let y = 0; y < a.height; ++y) {
    for (let x = 0; x < a.width; ++x) {
      const i = (y * a.width + x) * 4;
      let best = 255;
      for (let dy = -1; dy <= 1 && best > 32; ++dy) {
        for (let dx = -1; dx <= 1 && best > 32; ++dx) {
          const v = y + dy, u = x + dx;
          if (u < 0 || v < 0 || u >= b.width || v >= b.height) continue;
          const k = (v * b.width + u) * 4;
          const d = Math.max(Math.abs(a.data[i] - b.data[k]), Math.abs(a.data[i + 1] - b.data[k + 1]),
                             Math.abs(a.data[i + 2] - b.data[k + 2]));
          best = Math.min(best, d);
        }
      }
      if (best > 32) ++far;
    }
  }
  return far / (a.width * a.height);
}

function listSvg(folder) {
  return fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.svg')).sort();
}

// Gives back the memory of pictures that are no longer used: it lies outside of the heap that Node
// watches, and is freed between turns of the event loop only.
require('v8').setFlagsFromString('--expose-gc');
const collect = require('vm').runInNewContext('gc');
async function freePictures() {
  collect();
  await new Promise(setImmediate);
}

async function pairs(originals, written, size, finer) {
  const rows = [];
  const draw = (folder, name) => averaged(render(path.join(folder, name), size * finer), finer);
  for (const name of listSvg(written)) {
    const a = draw(originals, name), b = draw(written, name);
    if (a.width !== b.width || a.height !== b.height) {
      rows.push({ name, mae: 255, iou: 0 });
      continue;
    }
    rows.push({ name, mae: meanError(a, b), iou: softIou(a, b) });
    if (rows.length % 16 === 0) await freePictures();
  }
  const mean = (key) => rows.reduce((sum, row) => sum + row[key], 0) / rows.length;
  const share = (test) => (100 * rows.filter(test).length / rows.length).toFixed(2) + ' %';
  console.log(JSON.stringify({
    icons: rows.length, size, finer, mae_mean: mean('mae'), mae_max: Math.max(...rows.map((r) => r.mae)),
    mae_below_0_1: share((r) => r.mae < 0.1), mae_below_0_2: share((r) => r.mae < 0.2),
    iou_mean: mean('iou'), iou_min: Math.min(...rows.map((r) => r.iou)),
    iou_from_0_97: share((r) => r.iou >= 0.97), iou_from_0_98: share((r) => r.iou >= 0.98),
  }, null, 2));
  rows.sort((a, b) => a.iou - b.iou);
  console.log('lowest IoU:');
  for (const row of rows.slice(0, 12)) console.log(`  ${row.iou.toFixed(4)}  mae ${row.mae.toFixed(3)}  ${row.name}`);
  rows.sort((a, b) => b.mae - a.mae);
  console.log('largest MAE:');
  for (const row of rows.slice(0, 8)) console.log(`  ${row.mae.toFixed(4)}  ${row.name}`);
}

// Undefined for a pass, else why not. `draw` gives the picture at a width.
function verdictOf(expected, draw) {
  try {
    const got = draw(expected.width);
    if (got.width !== expected.width || got.height !== expected.height)
      return `size ${got.width}x${got.height}, expected ${expected.width}x${expected.height}`;
    const far = Math.max(farShare(got, expected), farShare(expected, got)), mae = meanError(got, expected);
    return far > 0.005 || mae >= 1 ? `far ${(100 * far).toFixed(2)} %, mae ${mae.toFixed(2)}` : undefined;
  } catch (error) {
    return String(error.message || error).split('\n')[0];
  }
}

function readCases(cases) {
  const names = fs.readFileSync(path.join(cases, 'cases.txt'), 'utf8').split('\n').map((l) => l.trim()).filter((l) => l.endsWith('.svg'));
  const expected = (name) => onWhite(PNG.sync.read(fs.readFileSync(path.join(cases, name.replace(/\.svg$/, '.png')))));
  return names.map((name) => ({ name, expected: expected(name) }));
}

function judge(label, cases, drawer, listMisses) {
  let passed = 0;
  for (const { name, expected } of cases) {
    const verdict = verdictOf(expected, drawer(name));
    if (verdict === undefined) ++passed;
    else if (listMisses) console.log(`  miss ${name}: ${verdict}`);
  }
  console.log(`${label}: ${passed} of ${cases.length} cases, ${(100 * passed / cases.length).toFixed(1)} %`);
}

function conformance(folder, written) {
  judge('svgfusion', readCases(folder), (name) => (width) => render(path.join(written, name), width), true);
}

// Each reader's own output, drawn by resvg-js; librsvg draws by itself.
function peers(folder, written) {
  const cases = readCases(folder);
  const source = (name) => fs.readFileSync(path.join(folder, name));
  judge('svgfusion', cases, (name) => (width) => render(path.join(written, name), width), false);
  judge('usvg (resvg-js)', cases, (name) => (width) =>
    renderText(new Resvg(source(name), { font: { loadSystemFonts: false } }).toString(), width), false);
  const { optimize } = require('svgo');
  judge('svgo', cases, (name) => (width) => renderText(optimize(source(name).toString(), {}).data, width), false);
  const { spawnSync } = require('child_process');
  if (spawnSync('rsvg-convert', ['--version']).status === 0) {
    judge('librsvg', cases, (name) => (width) => {
      const out = spawnSync('rsvg-convert', ['-w', String(width), '-b', 'white', path.join(folder, name)]);
      if (out.status !== 0) throw new Error(out.stderr.toString());
      return onWhite(PNG.sync.read(out.stdout));
    }, false);
  }
}

// Documents read and written again each second, one thread; the median of five rounds.
function speed(folder) {
  const texts = listSvg(folder).map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
  const { optimize } = require('svgo');
  const rate = (label, work) => {
    const rates = [];
    for (let round = 0; round < 5; ++round) {
      const begin = process.hrtime.bigint();
      for (const text of texts) work(text);
      rates.push(texts.length / (Number(process.hrtime.bigint() - begin) / 1e9));
    }
    console.log(`${label}: ${Math.round(rates.sort((a, b) => a - b)[2])} icons/s`);
  };
  rate('usvg (resvg-js)', (text) => new Resvg(text, { font: { loadSystemFonts: false } }).toString());
  rate('svgo', (text) => optimize(text, {}));
}

const [mode, first, second, size, finer] = process.argv.slice(2);
if (mode === 'pairs' && second) pairs(first, second, Number(size || 96), Number(finer || 1));
else if (mode === 'conformance' && second) conformance(first, second);
else if (mode === 'peers' && second) peers(first, second);
else if (mode === 'speed' && first) speed(first);
else {
  console.error('usage: svg_fidelity.cjs pairs ORIGINALS WRITTEN [SIZE] [FINER] | conformance|peers CASES WRITTEN | speed FOLDER');
  process.exit(2);
}
