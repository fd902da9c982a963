// SPDX-License-Identifier: MIT
// Draws single-colour icons at random from the npm package @iconify/json, as SVG files in a square.
//
//   node sample_iconify.cjs PACKAGE OUT [COUNT] [SEED]
//
// OUT/fill gets COUNT icons that are only filled, OUT/stroke as many that are only stroked, OUT/mask
// those under masks that go by luminance (resvg-js does not know mask-type), all in currentColor, and
// OUT/color those of several colours or opacities: what the package's sets say, before any program
// has read them.
const fs = require('fs');
const path = require('path');

// SplitMix32: small, seedable, the same everywhere.
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 4294967296;
  };
}

// 'fill', 'stroke', 'mask', 'color', or undefined for everything else (gradients, filters, text …).
function paintOf(body) {
  if (body.includes('<mask')) {
    if (/<(filter|image|text|animate\w*|style|foreignObject|set|pattern|\w+Gradient)\b|mask-type/.test(body)) return undefined;
    const outside = body.replace(/<mask\b.*?<\/mask>/gs, '');
    const colours = [...outside.matchAll(/\s(?:fill|stroke)="([^"]*)"/g)].map((m) => m[1].toLowerCase());
    return colours.every((v) => v === 'currentcolor' || v === 'none') ? 'mask' : undefined;
  }
  if (/url\(|<(mask|filter|image|text|animate|style|foreignObject|set)\b|style=/.test(body)) return undefined;
  const colours = new Set([...body.matchAll(/\s(?:fill|stroke)="(?!none")([^"]*)"/g)].map((m) => m[1].toLowerCase()));
  if (colours.size > 1 || /opacity/.test(body)) return 'color';
  const values = (name) => [...body.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map((m) => m[1].toLowerCase());
  const fills = values('fill'), strokes = values('stroke').filter((v) => v !== 'none');
  const plain = (list) => list.every((v) => v === 'currentcolor');
  if (!plain(strokes) || !plain(fills.filter((v) => v !== 'none'))) return undefined;
  if (strokes.length === 0) return fills.some((v) => v === 'currentcolor') ? 'fill' : undefined;
  // Only stroked: everything stands below fill="none" at the top.
  const isWhole = /^<(g|path|circle|rect|ellipse|line|polyline|polygon)\b[^>]*\sfill="none"[^>]*(\/>$|>.*<\/\1>$)/s.test(body);
  return isWhole && fills.every((v) => v === 'none') && (body.match(/<[a-z]+/g).length === 1 || body.startsWith('<g'))
    ? 'stroke' : undefined;
}

const [pack, out, countText, seedText] = process.argv.slice(2);
if (!out) {
  console.error('usage: sample_iconify.cjs PACKAGE OUT [COUNT] [SEED]');
  process.exit(2);
}
const random = generator(Number(seedText || 1));
const all = { fill: [], stroke: [], mask: [], color: [] };
for (const prefix of Object.keys(JSON.parse(fs.readFileSync(path.join(pack, 'collections.json'))))) {
  const set = JSON.parse(fs.readFileSync(path.join(pack, 'json', `${prefix}.json`)));
  for (const [name, icon] of Object.entries(set.icons)) {
    const kind = icon.hidden ? undefined : paintOf(icon.body);
    if (kind === undefined) continue;
    const value = (key, fallback) => icon[key] ?? set[key] ?? fallback;
    all[kind].push({ file: `${prefix}__${name}.svg`, body: icon.body,
      box: `${value('left', 0)} ${value('top', 0)} ${value('width', 16)} ${value('height', 16)}` });
  }
}
for (const [kind, icons] of Object.entries(all)) {
  fs.mkdirSync(path.join(out, kind), { recursive: true });
  const count = Math.min(Number(countText || 2000), icons.length);
  for (let i = 0; i < count; ++i) {  // the first steps of a Fisher-Yates shuffle
    const k = i + Math.floor(random() * (icons.length - i));
    [icons[i], icons[k]] = [icons[k], icons[i]];
    const { file, body, box } = icons[i];
    fs.writeFileSync(path.join(out, kind, file),
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="24" height="24" viewBox="${box}">${body}</svg>`);
  }
  console.log(`${kind}: ${count} of ${icons.length}`);
}
