#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Small SVG files for what readers get wrong, and the picture that Chromium makes of each.

    python3 tests/benchmarks/browser_cases.py FOLDER          (needs chromium and Pillow)
    svgfusion-prepare --input FOLDER --write-svg WRITTEN
    NODE_PATH=... node tests/benchmarks/svg_fidelity.cjs peers FOLDER WRITTEN

Each case is a value, or some markup, put into one of the frames below; a case's name is its topic and
its place in the list.
"""
import pathlib
import subprocess
import sys
import tempfile

HEAD = ('<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' viewBox="0 0 200 200">')
RECT = '<rect x="20" y="30" width="120" height="80" '
LINE = '<path d="M20 30 L160 40 L150 160 C100 190 50 190 30 90 Z" fill="none" stroke="green" '
SHARP = '<path d="M20 170 L90 20 L160 170" fill="none" stroke="green" stroke-width="20" '
DASHES = ['10', '10 5', '10,5,2', '10 5 2 7', '0', '0 0', '-5 3', '5 -3', 'none', '10%', '10px 5mm',
          '1em', '5 0', '0 10', 'abc', '10 abc', '10,,5', 'inherit', ' 10 , 5 ', '5;5', '20 0 5']
PATHS = [
    'M10 20L30 140L150', 'M20 20L150 20L150 150X3', 'L20 20 150 20 150 150', 'M20 20',
    'M20 20 100 20 100 100z5', 'M20 20 150 20 150 150a30 20 0 1180 50', 'M20 20A50 50 0 2 0 150 150',
    'M.5.5.5.5 90 90 9.5.5', 'M20-10 100 100-20', 'm20 20l100 0 0 100zm20 10 30 0 0 30z',
    'M20 20H150V150H20ZL70 70L20 150', 'M20 100S60 20 100 100S160 180 180 100',
    'M20 100T60 20T100 100 180 180', 'M20 100C20 20 60 20 60 100s40 80 40 0',
    'M20 100A30 50 30 0 1 160 100', 'M20 100A300 500-30 0 1 160 100z', 'M20 100a30 0 0 1 1 100 40v30',
    'M20 100A-40-50 0 1 1 120 110', 'M20 20L100 20 100 100,', 'M20 20,L100 20 100 100',
    'M20 20,h50,v50,', 'M20 20L1e2 20 1E+2 100 1e-1 1.5e2', 'M20 20L100 20 100 100zzzM120 120h20v20z',
    'M20 20L100+20', 'M20 20L100 20 100 100.', 'M0x10 20', 'M20 20L nan 30',
    'M20 20L100 20L100 100L1e400 5', 'm20 20zl100 0l0 100z', 'M20 20A50 50 0 0 0 20 20L100 20L100 100',
    'M20 20q100 0 100 100t-50 20', 'M20 20Q100 20 100 100T50 120T20 150', 'M20 20 100 20 100 100M3',
    '&#x4d;20 20L&#9;100 20&#10;100 100', 'M20,20,L,100,20', 'M20 20a50 50 0 00100 50',
    'M20 20a50 50 0 0 1.5 50.5.5', 'M20 20L30%40', 'M20 20h100v100h-100zm20 20h60v60h-60z',
    'M20,20,100,20,100,100,z', 'M20 20L100 20,,100 100', ',M20 20L100 20 100 100']
DOTS = ['M50 50L50 50', 'M50 50Z', 'M50 50', 'M50 50h0v0', 'M50 50C50 50 50 50 50 50',
        'M50 50A0 0 0 0 0 50 50', 'M50 50A9 9 0 0 0 50 50', 'M50 50L50 50Z', 'M50 50L50 50L100 50',
        'M10 10L100 10L10 10', 'M50 50m0 0zm10 10z', 'M20 20L80 20ZL80 80Z']
COLOURS = ['rgb(0 127 0)', 'rgb(0,127,0,0.5)', 'rgba(0 127 0/50%)', 'hsl(120deg 100% 25%)',
           'hsl(0.3turn 100% 25%)', 'hsl(2rad 50% 25%)', 'hsla(120,100%,25%,.3)', 'hsl(-240,100%,25%)',
           '#0F08', 'LightGreen', 'RED', 'rgb(10%,50%,0%)', 'rgb(300,-20,50)', 'url(#nope) none',
           'url(#nope)', 'url(nope.svg#a) green', '#12', '#12345', 'rgb(1,2)', 'rgb(1,2,3',
           'currentcolor', 'CurrentColor', 'inherit', 'initial', 'unset', 'rgb(0,127.5,0.3)',
           'hwb(120 0% 50%)', 'rebeccapurple', '#ABCDEF80', 'transparent', 'rgb(0,50%,0)', 'rgb(0,,1,0)',
           'rgb(none 100 0)', 'var(--x, green)', 'var(--x, var(--y, red))', "url('#nope') green"]
SHARES = ['50%', '0.5', '-1', '2', 'abc', '.5e0', '0.5px', '']
RECTS = ['rx="20"', 'ry="20"', 'rx="20" ry="0"', 'rx="0" ry="20"', 'rx="100" ry="10"', 'rx="-10" ry="10"',
         'rx="10%" ry="5%"', 'rx="10px"', 'rx="abc"', 'rx="80" ry="80"', 'transform="abc"',
         'style="width:50px;x:40px"', 'style="rx:10px"', 'style="rx:10"']
TRANSFORMS = ['rotate(30)', 'rotate(30 100 100)', 'rotate(30,100,100)', 'rotate(30 100)', 'skewX(20)',
              'skewY(20)', 'scale(.5 .8)', 'scale(0)', 'scale(-1 1)translate(-200 0)',
              'matrix(1 0.2 0.3 1 10 5)', 'matrix(1 0 0 1 10)', 'translate(20)', 'translate(20,30)rotate(10)',
              'translate(20 30) , rotate(10)', 'translate (20 30)', 'TRANSLATE(20 30)', 'translate(20 30)foo',
              'foo(3)', 'translate(20px 30)', 'rotate(30deg)', 'rotate(1e1)', 'none', '',
              'translate(20 30);rotate(10)', 'matrix(0.5,-.5.5.5,100-20)', 'rotate()', 'scale(0.5',
              'translate(1e400)', 'rotateX(30)', 'scale(50%)']
CSS_TRANSFORMS = ['rotate(20deg)', 'translate(20px,10px)', 'translateX(20px) rotate(.05turn) scale(.5)',
                  'matrix(.5,0,0,.5,20,30)', 'skew(10deg,5deg)', 'translate(10%,20%)', 'none',
                  'rotate(0.2rad) translate(5px)', 'rotate(20deg);transform-origin:50% 50%']
ORIGINS = ['center', 'left', 'right top', 'top left', 'bottom right', '50% 50%', '30 40', '30px 40px 5px',
           'left 30%', '30% bottom', 'top 30', '100% 0', 'abc', 'center center', '10mm 20mm', 'bottom',
           '30px top', 'right 20px']
SELECTORS = ['rect', '.a', '#r', '*', 'rect.a', '.a.b', 'g rect', 'g>rect', '.out>rect', '.out rect',
             'rect:first-child', 'circle:first-child', 'rect+circle', 'rect~circle', '[class]', '[class="b"]',
             '[class~="a"]', '[class^="a"]', '[class$="b"]', '[class*=" "]', '[id|="r"]', 'rect,circle',
             'RECT', '.A', 'rect:hover', 'rect:not(.a)', 'circle:not(.a)', 'rect:nth-child(1)',
             'circle:nth-child(even)', 'rect:nth-child(-n+1)', 'rect::before', 'svg', ':root', 'svg>g>g>rect',
             'g.out > g.in > circle', 'circle:last-child', 'rect:only-child', '.in>*', '.x .a,.b', '*|rect']
SHEETS = ['rect{fill:green!important} #r{fill:red}', '/*x*/rect/**/{fill:/*y*/green}', 'rect{fill:green',
          'rect{fill:red;}}circle{fill:green}', '@import url(foo.css);rect{fill:green}',
          '@media screen{rect{fill:red}}', '@media print{rect{fill:red}}', '@media screen,print{rect{fill:red}}',
          '@font-face{font-family:x}rect{fill:green}', 'rect{fill:green;;stroke:red;}',
          'rect{fill green;stroke:red}', 'rect{fill:green}rect{fill:bogus}', '<![CDATA[rect{fill:green}]]>',
          'rect{FILL:green}', 'g{fill:green}rect{fill:inherit}', 'rect{stroke:green;stroke-width:10px}',
          'rect{display:none}', 'g{visibility:hidden}rect{visibility:visible}', 'rect{fill:url(#none)}',
          '.b{fill:green}.a{fill:red}', '*{fill:red}rect{fill:green}', 'rect{fill:"green"}',
          'rect{fill:red;stroke:blue;stroke-width:9px;stroke-width:foo}']
STYLES = ['fill:green', 'fill : green;', 'fill:green;stroke', '/*x*/fill:green/*y*/', 'fill:green;fill:red',
          'FILL:Green', '{fill:green}', 'fill=green', ';fill:green', 'fill:&quot;green&quot;',
          'opacity:.4;fill:green', 'fill:green!important', 'color:green;fill:currentColor', 'fill:inherit',
          'fill:red;fill:bogus(3)', 'fill:url(#x) green', 'stroke:red;stroke-width:1em']
DEFS = ('<defs><rect id="a" x="20" y="30" width="60" height="50"/><g id="g"><rect x="5" y="5" width="40"'
        ' height="40"/><circle cx="60" cy="60" r="20" fill="red"/></g><symbol id="s" viewBox="0 0 100 50">'
        '<rect x="10" y="10" width="80" height="60" fill="green"/></symbol><symbol id="n"><rect x="10" y="10"'
        ' width="80" height="60" fill="green"/></symbol><symbol id="o" viewBox="0 0 100 50"'
        ' preserveAspectRatio="none" overflow="visible"><rect x="10" y="10" width="80" height="60"/></symbol>'
        '<svg id="v" viewBox="0 0 10 10" x="10" y="20" width="80" height="60"><circle cx="5" cy="5" r="7"/>'
        '</svg><svg id="w"><circle cx="50" cy="50" r="70"/></svg><rect id="c" width="60" height="60"'
        ' fill="context-fill" stroke="context-stroke" stroke-width="8"/><switch id="sw"><rect width="50"'
        ' height="70" fill="green"/><rect width="90" height="90" fill="red"/></switch></defs>')
USES = ['href="#a"', 'xlink:href="#a"', 'href="#a" xlink:href="#g"', 'href="#a" x="30" y="20"',
        'href="#a" x="10%" y="10%"', 'href="#a" fill="green"', 'href="#g" fill="green" stroke="blue"',
        'href="#s"', 'href="#s" width="100" height="100"', 'href="#s" width="50%"', 'href="#n"',
        'href="#n" width="50" height="30"', 'href="#o" width="100" height="150"', 'href="#v"',
        'href="#v" width="100" height="40"', 'href="#w"', 'href="#w" width="60" height="60"', 'href="#nope"',
        'href=""', 'href="a"', 'href="foo.svg#a"', 'href="#a" x="20" transform="rotate(20)"',
        'href="#g" opacity=".5"', 'href="#sw"', 'href="#s" width="0" height="50"', 'href="#a" display="none"',
        'href="#c" fill="green" stroke="red"', 'href="#v" transform="scale(.5)" x="100"']
SIZE = 'width="100" height="50" viewBox="0 0 50 50" '
NESTED = ['x="20" y="20" width="100" height="100"', 'x="20" y="20"', SIZE, SIZE + 'preserveAspectRatio="none"',
          SIZE + 'preserveAspectRatio="xMinYMid slice"', SIZE + 'preserveAspectRatio="xMaxYMax meet"',
          SIZE + 'preserveAspectRatio="xminymin"', SIZE + 'preserveAspectRatio="xMinYMin foo"',
          'width="50%" height="50%" viewBox="0 0 50 50"', 'viewBox="10 10 100 100"',
          'viewBox="0 0 0 50" width="50" height="50"', 'viewBox="0 0 50" width="50" height="50"',
          'viewBox="0,0,50,50" width="100" height="100"', 'width="0" height="50"', 'width="-5" height="50"',
          'width="100" height="100" overflow="visible"', 'width="100" height="100" style="overflow:auto"',
          'width="100" height="100" transform="rotate(10)"', 'width="100" height="100" opacity=".5"']
SWITCHES = ['<rect systemLanguage="fr" width="50" height="50"/><rect systemLanguage="en" width="60" height="60"/>',
            '<text x="5" y="5"></text><rect width="60" height="60"/>',
            '<rect requiredExtensions="foo" width="60" height="60"/><circle r="99"/>',
            '<rect requiredExtensions="" width="60" height="60"/><circle r="99"/>',
            '<rect requiredFeatures="foo" width="60" height="60"/><circle r="99"/>',
            '<rect systemLanguage="" width="60" height="60"/><circle r="99"/>',
            '<rect systemLanguage="fr,en-US" width="60" height="60"/><circle r="99"/>',
            '<g display="none"><rect width="60" height="60"/></g><circle r="99"/>',
            '<defs/><rect width="60" height="60"/>', '<title>x</title><rect width="60" height="60"/>',
            '<switch><rect width="60" height="60"/></switch><circle r="99"/>']
BOX = '<rect width="180" height="190" clip-path="url(#k)"/>'
CLIPS = ['<clipPath id="k"><rect width="80" height="80"/></clipPath>',
         '<clipPath id="k" clipPathUnits="objectBoundingBox"><circle cx=".5" cy=".5" r=".4"/></clipPath>',
         '<clipPath id="k"><path clip-rule="evenodd" d="M20 20h120v120h-120zM40 40h60v60h-60z"/></clipPath>',
         '<clipPath id="k"/>', '<clipPath id="k" transform="rotate(10)"><rect width="80" height="80"/></clipPath>',
         '<clipPath id="k" transform="rotate(20)" transform-origin="center"><rect width="80" height="80"/></clipPath>',
         '<clipPath id="k"><rect width="80" height="80" clip-path="url(#l)"/></clipPath><clipPath id="l">'
         '<circle r="70"/></clipPath>',
         '<clipPath id="k" clip-path="url(#l)"><rect width="80" height="80"/></clipPath><clipPath id="l">'
         '<circle r="70"/></clipPath>',
         '<clipPath id="k"><use href="#q"/></clipPath><defs><rect id="q" width="70" height="90"/></defs>',
         '<clipPath id="k"><rect width="80" height="80" display="none"/><rect width="30" height="90"/></clipPath>',
         '<g id="k"><rect width="5" height="5"/></g>', '']
MASKED = '<rect x="10" y="20" width="150" height="160" fill="green" mask="url(#k)"/>'
DISC = '<circle cx="90" cy="90" r="70" fill="#fff"/>'
MASKS = ['<mask id="k">' + DISC + '</mask>', '<mask id="k">' + DISC + '<rect x="60" y="60" width="50" height="40"/></mask>',
         '<mask id="k"><circle cx="90" cy="90" r="60" fill="#555" stroke="#fff" stroke-width="30"/></mask>',
         '<mask id="k"><circle cx="90" cy="90" r="60" fill="red"/><rect width="60" height="99" fill="lime"/></mask>',
         '<mask id="k" mask-type="alpha"><circle cx="90" cy="90" r="60"/></mask>',
         '<mask id="k" style="mask-type:alpha"><circle cx="90" cy="90" r="60" fill-opacity=".4"/></mask>',
         '<mask id="k" mask-type="Alpha"><circle cx="90" cy="90" r="60"/></mask>',
         '<mask id="k" mask-type="beta">' + DISC + '</mask>',
         '<mask id="k" color-interpolation="linearRGB"><circle cx="90" cy="90" r="60" fill="#888"/></mask>',
         '<g color-interpolation="linearRGB"><mask id="k"><circle cx="90" cy="90" r="60" fill="#888"/></mask></g>',
         '<mask id="k" maskContentUnits="objectBoundingBox"><circle cx=".5" cy=".5" r=".4" fill="#fff"/></mask>',
         '<mask id="k" x="0" y="0" width=".5" height="50%"><rect width="200" height="200" fill="#fff"/></mask>',
         '<mask id="k" maskUnits="userSpaceOnUse" x="30" y="40" width="60" height="50%"><rect width="200" height="200"'
         ' fill="#fff"/></mask>',
         '<mask id="k" maskUnits="userSpaceOnUse"><rect width="200" height="200" fill="#fff"/></mask>',
         '<mask id="k" maskUnits="foo" width=".6"><rect width="200" height="200" fill="#fff"/></mask>',
         '<mask id="k" width="0">' + DISC + '</mask>', '<mask id="k" width="-1">' + DISC + '</mask>', '<mask id="k"/>', '',
         '<g id="k">' + DISC + '</g>', '<mask id="k" display="none">' + DISC + '</mask>',
         '<g display="none"><mask id="k">' + DISC + '</mask></g>', '<g opacity=".2"><mask id="k">' + DISC + '</mask></g>',
         '<mask id="k" opacity=".2">' + DISC + '</mask>', '<mask id="k" visibility="hidden">' + DISC + '</mask>',
         '<mask id="k" transform="translate(50)">' + DISC + '</mask>', '<g transform="translate(50)"><mask id="k">'
         + DISC + '</mask></g>', '<mask id="k" fill="#fff"><circle cx="90" cy="90" r="60"/></mask>',
         '<mask id="k"><g transform="rotate(20)"><rect x="60" width="70" height="140" fill="#fff"/></g></mask>',
         '<defs><rect id="q" width="70" height="90" fill="#fff"/></defs><mask id="k"><use href="#q" x="30" y="30"/></mask>',
         '<mask id="k"><rect x="20" y="30" width="60" height="60" fill="#fff" opacity=".5"/><rect x="90" y="90" width="60"'
         ' height="60" fill="#fff" fill-opacity=".5"/></mask>',
         '<style>#k circle{fill:white}</style><mask id="k"><circle cx="90" cy="90" r="60"/></mask>',
         '<mask id="k">' + DISC + '</mask><mask id="k"><rect width="20" height="20" fill="#fff"/></mask>',
         '<clipPath id="c"><rect width="90" height="200"/></clipPath><mask id="k"><g clip-path="url(#c)">' + DISC
         + '</g></mask>']
CUT_ONES = [
    '<path d="M20 20h150v150" fill="none" stroke="green" stroke-width="30" @/>', '<path d="M20 60h150" stroke="green"'
    ' stroke-width="30" @/>', '<g transform="translate(30 20) scale(.5)"><rect width="180" height="180" fill="green" @/></g>',
    '<rect width="180" height="180" fill="green" transform="rotate(15)" @/>', '<rect width="180" height="180" fill="green"'
    ' opacity=".5" @/>', '<g @><rect width="90" height="180" fill="green"/><rect x="70" width="99" height="99" fill="red"/></g>',
    '<svg x="20" y="20" width="100" height="100" viewBox="0 0 200 200" @><rect width="200" height="200"/></svg>',
    '<defs><rect id="q" width="180" height="180"/></defs><use href="#q" x="20" @/>', '<rect width="180" height="180"'
    ' clip-path="url(#c)" @/><clipPath id="c"><rect width="99" height="99"/></clipPath>',
    '<g @><rect width="180" height="180" @/></g>']
WHOLE = [
    '<g opacity=".5"><rect x="10" y="10" width="100" height="100"/><rect x="60" y="60" width="100" height="100"/></g>',
    RECT + 'fill="green" stroke="red" stroke-width="20" opacity=".5"/>',
    RECT + 'fill="green" stroke="red" stroke-width="20" paint-order="stroke"/>',
    '<linearGradient id="l"><stop stop-color="green"/></linearGradient>' + RECT + 'fill="url(#l)"/>',
    '<linearGradient id="l"/>' + RECT + 'fill="url(#l)"/><circle r="9"/>',
    '<radialGradient id="l"><stop stop-color="currentColor"/></radialGradient><g color="green">' + RECT
    + 'fill="url(#l)"/></g>',
    '<path pathLength="10" d="M20 20h100v50" fill="none" stroke="red" stroke-width="5" stroke-dasharray="1 .5"/>',
    '<circle cx="90" cy="90" r="60" pathLength="10" fill="none" stroke="red" stroke-dasharray="1 .5"/>',
    '<g transform="scale(2 1)"><path d="M20 50h50v50" fill="none" stroke="red" stroke-width="10"/></g>',
    '<g visibility="hidden"><rect width="60" height="60" visibility="visible"/></g>',
    '<rect visibility="foo" width="60" height="60"/>', '<rect visibility="collapse" width="60" height="60"/>',
    '<g display="none"><rect display="inline" width="60" height="60"/></g>',
    '<path fill-rule="EvenOdd" d="M20 20h120v120h-120zM40 40h60v60h-60z"/>',
    '<g font-size="20"><rect x="1em" width="3em" height="2em"/></g>',
    '<rect width="50" height="50"><rect width="99" height="99" fill="red"/></rect>',
    '<foo><rect width="99" height="99"/></foo><circle r="40"/>',
    '<f:rect xmlns:f="http://foo" width="9" height="99"/><circle r="40"/>',
    '<style>circle{r:30px;cx:50px}</style><circle/>', '<path style="d:path(\'M20 20h100v100z\')"/>',
    '<g fill="green"><rect width="60" height="60" fill="context-fill" stroke="context-stroke"/></g><circle r="9"/>',
    '<polygon points="20,20 100 20,100,100 , 20 100"/>', '<polygon points="20,20 100 20,100"/>',
    '<polyline points="20,20 100 20,100 100 abc 20 20"/>', '<polyline points="20 20 100 20px 100 100"/>',
    '<ellipse cx="100" cy="100" rx="50"/>', '<ellipse cx="100" cy="100" rx="-10" ry="50"/>',
    '<line x1="20" y1="20" x2="50%" y2="10mm" stroke="green" stroke-width="5"/>',
    '<g opacity=".5"><rect width="90" height="90" opacity="inherit"/></g>',
    '<g transform="translate(30 20)"><rect width="90" height="90" style="transform:inherit"/></g>',
    '<g transform="translate(30 20)"><rect width="90" height="90" transform="scale(.5)" style="transform:unset"/></g>',
    '<g fill="red"><rect width="90" height="90" fill="green" style="fill:revert"/></g>',
    '<g font-size="20"><rect x="1rem" width="3rem" height="2rem"/></g>',
    '<g display="contents"><rect width="90" height="90"/></g><circle display="contents" cx="150" cy="150" r="30"/>',
    '<linearGradient id="l"><stop stop-color="red"/><stop offset="1" stop-color="red"/></linearGradient>'
    '<path d="M20 50h150" stroke="url(#l)" stroke-width="9"/><path d="M20 90h150v9" fill="none" stroke="url(#l)"/>',
    '<linearGradient id="l" gradientUnits="userSpaceOnUse"><stop stop-color="red"/><stop offset="1" stop-color="red"/>'
    '</linearGradient><path d="M20 50h150" stroke="url(#l)" stroke-width="9"/>',
    '<marker id="m"><rect width="3" height="3"/></marker><rect width="90" height="90" marker-end="url(#m)"/>']

# Topic → the frame, with @ where the value goes, and the values.
TOPICS = {
    'fill': ('<g color="blue" fill="orange">' + RECT + 'fill="@"/></g>', COLOURS),
    'fill-opacity': (RECT + 'fill="green" fill-opacity="@"/>', SHARES),
    'opacity': (RECT + 'fill="green" opacity="@"/>', SHARES),
    'stroke-width': (LINE + 'stroke-width="@"/>', ['5', '0', '5px', '5mm', '10%', '1em', '1e1', '.5', 'inherit']),
    'dash-butt': (LINE + 'stroke-width="6" stroke-dasharray="@"/>', DASHES),
    'dash-round': (LINE + 'stroke-width="6" stroke-linecap="round" stroke-dasharray="@"/>', DASHES),
    'dash-offset': (LINE + 'stroke-width="6" stroke-dasharray="20 10" stroke-dashoffset="@"/>',
                    ['5', '-5', '1000', '-1000', '10%', 'abc', '5px', '2mm']),
    'join': (SHARP + 'stroke-linejoin="@"/>', ['miter', 'round', 'bevel', 'abc', 'inherit', 'Bevel']),
    'miter-limit': (SHARP + 'stroke-miterlimit="@"/>', ['1', '4', '10', '0.5', '0', '-1', '1%', 'abc', '1mm']),
    'cap': (SHARP + 'stroke-linecap="@"/>', ['butt', 'round', 'square', 'abc', 'Round']),
    'dot-round': ('<path d="@" fill="none" stroke="green" stroke-width="20" stroke-linecap="round"/>', DOTS),
    'dot-square': ('<path d="@" fill="none" stroke="green" stroke-width="20" stroke-linecap="square"/>', DOTS),
    'path-fill': ('<path d="@" fill="green"/>', PATHS),
    'path-stroke': ('<path d="@" fill="none" stroke="green" stroke-width="8"/>', PATHS),
    'rect': (RECT + 'fill="green" @/>', RECTS),
    'transform': (RECT + 'fill="green" transform="@"/>', TRANSFORMS),
    'css-transform': (RECT + 'fill="green" style="transform:@"/>', CSS_TRANSFORMS),
    'origin': (RECT + 'fill="green" transform="rotate(30)" transform-origin="@"/>', ORIGINS),
    'origin-group': ('<g transform="scale(.7) rotate(20)" transform-origin="@">' + RECT + '/></g>', ORIGINS),
    'selector': ('<style>@{fill:green}</style><g id="g" class="out"><g class="in"><rect id="r" class="a b" x="20"'
                 ' y="30" width="60" height="80"/><circle cx="130" cy="130" r="40" class="b"/></g></g>', SELECTORS),
    'sheet': ('<style>@</style><g><rect id="r" class="a b" x="20" y="30" width="60" height="80"/><circle cx="130"'
              ' cy="130" r="40" class="b"/></g>', SHEETS),
    'style': ('<g fill="blue">' + RECT + 'style="@"/></g>', STYLES),
    'use': (DEFS + '<use @/>', USES),
    'use-moved': ('<g transform="translate(20 10) scale(.6)" fill="blue">' + DEFS + '<use @/></g>', USES),
    'nested': ('<svg @><rect width="70" height="50%"/><circle cx="60" cy="30" r="60" opacity=".5"/></svg>', NESTED),
    'switch': ('<switch>@</switch><rect x="150" y="150" width="10" height="10"/>', SWITCHES),
    'clip': ('@' + BOX + '<circle r="30"/>', CLIPS),
    'mask': ('@' + MASKED + '<circle r="30"/>', MASKS),
    'masked': ('<mask id="k">' + DISC + '<rect x="60" y="60" width="50" height="40"/></mask>@',
               [value.replace('@', 'mask="url(#k)"') for value in CUT_ONES]),
    'clipped': ('<clipPath id="k">' + DISC + '</clipPath>@',
                [value.replace('@', 'clip-path="url(#k)"') for value in CUT_ONES if 'clip-path' not in value]),
    'whole': ('@', WHOLE),
}
WIDTH = 300  # of a picture, in px
ACROSS = 10  # pictures in a row and rows in a page


def write_cases(folder):
    names = []
    for topic, (frame, values) in TOPICS.items():
        for number, value in enumerate(values):
            names.append(f'{topic}-{number:02}.svg')
            (folder / names[-1]).write_text(HEAD + frame.replace('@', value) + '</svg>\n', encoding='utf-8')
    (folder / 'cases.txt').write_text('\n'.join(names) + '\n', encoding='utf-8')
    return names


def draw(folder, names):
    """Many files in one page, each as a picture of its own, cut out of the page's screenshot."""
    from PIL import Image
    cell = f'float:left;width:{WIDTH}px;height:{WIDTH}px;overflow:hidden'
    for first in range(0, len(names), ACROSS * ACROSS):
        part = names[first:first + ACROSS * ACROSS]
        pictures = ''.join(f'<div style="{cell}"><img src="{(folder / name).as_uri()}" width="{WIDTH}"></div>'
                           for name in part)
        with tempfile.TemporaryDirectory() as work:
            page, shot = pathlib.Path(work, 'page.html'), pathlib.Path(work, 'page.png')
            page.write_text(f'<body style="margin:0;width:{ACROSS * WIDTH}px">{pictures}', encoding='utf-8')
            subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars',
                            '--force-device-scale-factor=1', f'--window-size={ACROSS * WIDTH},{ACROSS * WIDTH}',
                            f'--screenshot={shot}', page.as_uri()], check=True, stderr=subprocess.DEVNULL, timeout=300)
            image = Image.open(shot).convert('RGBA')
            for i, name in enumerate(part):
                x, y = i % ACROSS * WIDTH, i // ACROSS * WIDTH
                image.crop((x, y, x + WIDTH, y + WIDTH)).save((folder / name).with_suffix('.png'))


def main():
    if len(sys.argv) != 2:
        sys.exit('usage: browser_cases.py FOLDER')
    folder = pathlib.Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    names = write_cases(folder)
    draw(folder, names)
    print(f'{len(names)} cases with pictures in {folder}')


if __name__ == '__main__':
    main()
