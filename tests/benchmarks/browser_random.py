#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random SVG files, read by svgfusion-prepare: what it wrote against the file, both drawn by Chromium.

    python3 tests/benchmarks/browser_random.py FOLDER [COUNT] [SEED]      (needs chromium and Pillow)

Prints the files whose pictures differ. Left out is what Chromium draws otherwise than the standard asks: rx="auto",
display and clip-path on the outermost <svg>, combinators in rules for what <use> repeats.
"""
import os
import pathlib
import random
import shutil
import subprocess
import sys

from browser_cases import draw

HEAD = ('<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'viewBox="0 0 24 24" width="24" height="24">')
COLORS = ['red', '#00f', '#12345678', '#abc', 'rgb(10,200,30)', 'rgb(10%,20%,90%)', 'rgba(0,0,255,.5)', 'Orange',
          'hsl(120,80%,40%)', 'hsla(20,50%,50%,.7)', 'currentColor', 'none', 'transparent', 'inherit']
# Name, chance, and values: of lists one, else what the method gives.
PROPERTIES = [
    ('fill', .5, COLORS), ('stroke', .35, COLORS), ('stroke-width', .3, 'width'),
    ('stroke-linecap', .15, ['butt', 'round', 'square']), ('stroke-linejoin', .15, ['miter', 'round', 'bevel']),
    ('stroke-miterlimit', .1, ['1', '2.5', '8']), ('fill-rule', .12, ['evenodd', 'nonzero']),
    ('stroke-dasharray', .12, ['2', '2 1', '3,1,2', '50%', '0', '1 0', '2px 1px', 'none']),
    ('stroke-dashoffset', .08, ['-3', '2', '1px', '10%']), ('opacity', .15, ['.5', '50%', '1', '0', '.2']),
    ('fill-opacity', .1, ['.5', '30%']), ('stroke-opacity', .1, ['.5', '30%']), ('color', .05, ['purple', '#0a0']),
    ('display', .05, ['none', 'inline']), ('visibility', .08, ['hidden', 'visible', 'collapse']),
    ('paint-order', .05, ['stroke', 'fill', 'stroke fill']), ('mask', .05, ['url(#m1)', 'url(#m2)']),
    ('clip-path', .06, ['url(#c1)', 'url(#c2)', 'url(#c3)', 'url(#none)']),
]
ARGUMENTS = {'l': 2, 'h': 1, 'v': 1, 'c': 6, 's': 4, 'q': 4, 't': 2, 'z': 0, 'm': 2}


class Writer:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.ids = []

    def maybe(self, chance):
        return self.random.random() < chance

    def one(self, *values):
        return self.random.choice(values)

    def number(self, low=0, high=24):
        text = self.one('%.2f', '%.1f', '%d', '%.3f', '%.2fe0', '%g') % self.random.uniform(low, high)
        return text[1:] if text.startswith('0.') and self.maybe(.3) else text

    def numbers(self, count, low=0, high=24):
        return self.one(' ', ',').join(self.number(low, high) for _ in range(count))

    def length(self, low=0, high=24):
        return self.number(low, high) + (self.one('', 'px', '%', 'pt', 'mm', 'pc') if self.maybe(.2) else '')

    def width(self):
        return self.length(0, 4)

    def path(self):
        text = 'M' + self.numbers(2)
        for _ in range(self.random.randint(1, 7)):
            command = self.one(*'lLhHvVcCsSqQtTaAzmM')
            bounds = (-8, 8) if command.islower() else (0, 24)
            if command in 'aA':
                text += (command + f'{self.numbers(2, 0, 9)} {self.number(-90, 90)} {self.one(0, 1)} {self.one(0, 1)} '
                         + self.numbers(2, *bounds))
            else:
                text += command + self.numbers(ARGUMENTS[command.lower()], *bounds)
        return text

    def transform(self):
        def one():
            near = self.number
            return self.one(f'translate({near(-5, 5)})', f'translate({near(-5, 5)},{near(-5, 5)})',
                            f'scale({near(-1.5, 1.5)} {near(.5, 1.5)})', f'rotate({near(-180, 180)})',
                            f'rotate({near(-180, 180)} {near()} {near()})', f'skewX({near(-30, 30)})',
                            f'matrix({near(.5, 1.5)} {near(-.5, .5)} {near(-.5, .5)} {near(.5, 1.5)} 1 -2)')
        return self.one(' ', ',', '').join(one() for _ in range(self.random.randint(1, 2)))

    def attributes(self):
        own, style = {}, {}
        for name, chance, values in PROPERTIES:
            if not self.maybe(chance):
                continue
            value = getattr(self, values)() if isinstance(values, str) else self.one(*values)
            if self.maybe(.25):
                style[name] = value + (' !important' if self.maybe(.1) else '')
            if name not in style or self.maybe(.5):
                own[name] = value
        if self.maybe(.2):
            own['transform'] = self.transform()
        if self.maybe(.2):
            own['class'] = self.one('a', 'b', 'a b', 'c')
        if style:
            own['style'] = self.one(';', ' ; ').join(f'{k}{self.one(":", " : ")}{v}' for k, v in style.items())
        return ''.join(f' {name}="{value}"' for name, value in own.items())

    def shape(self):
        rest = self.attributes()
        if self.maybe(.3):
            self.ids.append(f's{len(self.ids)}')
            rest += f' id="{self.ids[-1]}"'
        at, length = self.length, lambda: self.length(1, 12)
        corners = f' rx="{at(0, 5)}"' if self.maybe(.4) else ''
        return self.one(
            f'<path d="{self.path()}"', f'<path d="{self.path()}"', f'<path d="{self.path()}"',
            f'<rect x="{at()}" y="{at()}" width="{length()}" height="{length()}"{corners}',
            f'<circle cx="{at()}" cy="{at()}" r="{length()}"',
            f'<ellipse cx="{at()}" cy="{at()}" rx="{length()}" ry="{length()}"',
            f'<line x1="{at()}" y1="{at()}" x2="{at()}" y2="{at()}"',
            f'<{self.one("polyline", "polygon")} points="{self.numbers(2 * self.random.randint(2, 6))}"') + rest + '/>'

    def viewport(self):
        box = f' viewBox="0 0 {self.number(10, 40)} {self.number(10, 40)}"' if self.maybe(.7) else ''
        fit = self.one('', '', 'none', 'xMinYMax meet', 'xMaxYMin slice', 'xMidYMid slice')
        return box + (f' preserveAspectRatio="{fit}"' if fit else '')

    def place(self):
        return ''.join(f' {name}="{self.length(0, 8)}"' for name in ('x', 'y') if self.maybe(.5))

    def node(self, depth=0):
        def some(most):
            return ''.join(self.node(depth + 1) for _ in range(self.random.randint(1, most)))
        kind = self.random.random()
        if depth > 3 or kind < .6:
            return self.shape()
        if kind < .75:
            return f'<g{self.attributes()}>{some(3)}</g>'
        if kind < .85 and self.ids:
            return f'<use {self.one("href", "xlink:href")}="#{self.one(*self.ids)}"{self.place()}{self.attributes()}/>'
        size = f' width="{self.length(5, 20)}" height="{self.length(5, 20)}"'
        if kind < .92:
            shown = ' overflow="visible"' if self.maybe(.2) else ''
            return f'<svg{self.place()}{size}{self.viewport()}{shown}>{some(2)}</svg>'
        if kind < .96:
            return f'<switch><g systemLanguage="{self.one("en", "ru")}">{self.shape()}</g>{self.shape()}</switch>'
        name = f'y{self.random.randrange(10**6)}'
        return (f'<symbol id="{name}"{self.viewport()}>{self.shape()}{self.shape()}</symbol>'
                f'<use href="#{name}"{self.place()}{size}/>')

    def definitions(self):
        def disc():
            return f'<circle cx="{self.number()}" cy="{self.number()}" r="{self.number(3, 10)}"'
        out = ''
        for i in (1, 2):
            own = f' transform="{self.transform()}"' if self.maybe(.2) else ''
            also = f' clip-path="url(#c{i + 1})"' if self.maybe(.15) else ''
            out += f'<clipPath id="c{i}"{own}{also}>{disc()}/><path d="{self.path()}"/></clipPath>'
            window = f' maskUnits="userSpaceOnUse" x="2" y="3" width="{self.number(9, 24)}" height="20"'
            out += (f'<mask id="m{i}"{window if self.maybe(.5) else ""}>{disc()} fill="{self.one("white", "#888", "lime")}"/>'
                    f'{disc()} fill="{self.one("white", "black", "red")}"/></mask>')
        return out + ('<clipPath id="c3" clipPathUnits="objectBoundingBox">'
                      '<rect x=".1" y=".2" width=".6" height=".7"/></clipPath>')

    def sheet(self):
        selectors = ['.a', '.b', 'rect', 'path', '*', '.a.b', '.a, .c', 'g', "[fill='red']"]
        rules = ''.join(f'{self.one(*selectors)}{{{name}:{self.one(*values)}}}'
                        for name, chance, values in self.random.sample(PROPERTIES[:2] + PROPERTIES[9:11], 3))
        return f'<style>{rules}</style>' if self.maybe(.4) else ''

    def document(self):
        self.ids = []
        body = ''.join(self.node() for _ in range(self.random.randint(1, 4)))
        return f'{HEAD}<defs>{self.definitions()}</defs>{self.sheet()}{body}</svg>\n'


def far_share(a, b):
    """Of pixels that differ by more than 32 from every pixel of the other picture within one pixel."""
    from PIL import Image, ImageChops
    nearest = Image.new('L', a.size, 255)
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            parts = ImageChops.difference(a, ImageChops.offset(b, dx, dy)).split()
            largest = ImageChops.lighter(ImageChops.lighter(parts[0], parts[1]), parts[2])
            nearest = ImageChops.darker(nearest, largest)
    return sum(nearest.histogram()[33:]) / (a.size[0] * a.size[1])


def main():
    if not 2 <= len(sys.argv) <= 4:
        sys.exit('usage: browser_random.py FOLDER [COUNT] [SEED]')
    from PIL import Image
    folder = pathlib.Path(sys.argv[1]).resolve()
    count, seed = (int(text) for text in (sys.argv[2:] + ['1000', '1'][len(sys.argv) - 2:]))
    files, read = folder / 'files', folder / 'read'
    for part in (files, read):
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
    writer = Writer(seed)
    for i in range(count):
        (files / f'{i:05}.svg').write_text(writer.document(), encoding='utf-8')
    here = pathlib.Path(__file__).resolve().parent
    prepare = os.environ.get('SVGFUSION_PREPARE', here / '../../build/release/bin/svgfusion-prepare')
    subprocess.run([prepare, '--quiet', '--input', files, '--write-svg', read], check=True)
    names = sorted(path.name for path in read.glob('*.svg'))
    for part in (files, read):
        draw(part, names)

    def picture(part, name):
        return Image.open((part / name).with_suffix('.png')).convert('RGB')
    shares = {name: far_share(picture(files, name), picture(read, name)) for name in names}
    differing = sorted((name for name in names if shares[name] > 0.005), key=lambda name: -shares[name])
    for name in differing:
        print(f'  {name}: {100 * shares[name]:.2f} % of the pixels')
    print(f'{len(differing)} of {len(names)} differ')


if __name__ == '__main__':
    main()
