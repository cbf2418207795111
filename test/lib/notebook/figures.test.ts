import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Program } from '../../../lib/deploy/program.ts';
import { array, displaySymbol, facets, LabError, type LayoutAxis, plot } from '../../../lib/index.ts';
import { svgOf } from '../../../lib/notebook/svg/render.ts';

const axis = (layout: object, id: string): LayoutAxis => (layout as Record<string, LayoutAxis>)[id] as LayoutAxis;
const codeOf = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    if (error instanceof LabError) return error.code;
  }
  return 'nothing thrown';
};

describe('plot.line', () => {
  it('counts positions from 0 and leaves gaps for what is not finite', () => {
    const { data } = plot.line([1, Number.NaN, Number.POSITIVE_INFINITY, 4]);
    expect(data).toEqual([{ type: 'scatter', mode: 'lines', x: [0, 1, 2, 3], y: [1, null, null, 4] }]);
  });

  it('takes typed arrays, arrays of the library and positions', () => {
    const series = { a: new Float32Array([1, 2]), b: array([2], [3, 4], 'int8') };
    const { data, layout } = plot.line(series, { at: [10, 20], markers: true, x: 'Step', y: { title: 'Loss', unit: 'nats' } });
    expect(data).toEqual([
      { type: 'scatter', mode: 'lines+markers', name: 'a', x: [10, 20], y: [1, 2] },
      { type: 'scatter', mode: 'lines+markers', name: 'b', x: [10, 20], y: [3, 4] },
    ]);
    expect(axis(layout, 'xaxis').title?.text).toBe('Step');
    expect(axis(layout, 'yaxis').title?.text).toBe('Loss (nats)');
    expect(layout.showlegend).toBe(true);
  });

  it('takes labels as positions', () => {
    const { data, layout } = plot.line([1, 2], { at: ['conv1', 'conv2'] });
    expect(data[0]?.x).toEqual(['conv1', 'conv2']);
    expect(axis(layout, 'xaxis').type).toBe('category');
  });

  it('gives the range of a log axis in powers of ten, as Plotly reads it', () => {
    expect(axis(plot.line([1], { y: { log: true, range: [1, 1000] } }).layout, 'yaxis')).toMatchObject({ type: 'log', range: [0, 3] });
  });

  it('refuses positions of another length, packed int4 and nothing', () => {
    expect(codeOf(() => plot.line([1, 2], { at: [1] }))).toBe('plot/length');
    expect(codeOf(() => plot.line(array([3], [1, 2], 'int4')))).toBe('plot/int4');
    expect(codeOf(() => plot.line({}))).toBe('plot/empty');
  });
});

describe('plot.bar', () => {
  it('keeps labels as categories, also those that look like numbers or dates', () => {
    const { data, layout } = plot.bar([
      ['10', 1],
      ['2', 3],
    ]);
    expect(data).toEqual([{ type: 'bar', x: ['10', '2'], y: [1, 3] }]);
    expect(axis(layout, 'xaxis').type).toBe('category');
  });

  it('draws series beside each other, stacked, or lying with the first on top', () => {
    const series = { dense: { a: 1 }, pruned: { a: 2 } };
    expect(plot.bar(series).data.map(trace => trace.name)).toEqual(['dense', 'pruned']);
    expect(plot.bar(series).layout.barmode).toBe('group');
    expect(plot.bar(series, { stack: true }).layout.barmode).toBe('stack');
    const lying = plot.bar({ a: 1, b: 2 }, { horizontal: true });
    expect(lying.data).toEqual([{ type: 'bar', x: [1, 2], y: ['a', 'b'], orientation: 'h' }]);
    expect(axis(lying.layout, 'yaxis')).toMatchObject({ type: 'category', autorange: 'reversed' });
  });

  it('refuses nothing', () => {
    expect(codeOf(() => plot.bar({}))).toBe('plot/empty');
  });
});

describe('plot.histogram', () => {
  it('counts in equal bins, the last one closed', () => {
    const { data } = plot.histogram([0, 0.5, 1, 1.5, 2], { bins: 2 });
    expect(data).toEqual([{ type: 'bar', x: [0.5, 1.5], y: [2, 3], width: 1 }]);
  });

  it('leaves out what is not finite or not in the range', () => {
    expect(plot.histogram([Number.NaN, -1, 0, 3, 9], { bins: 3, range: [0, 3] }).data[0]?.y).toEqual([1, 0, 1]);
  });

  it('takes an empty series beside others', () => {
    expect(plot.histogram({ none: [], some: [1, 2] }, { bins: 2 }).data.map(trace => trace.y)).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it('loses no value and never needs a range', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 50 }), (list, bins) => {
        const counts = plot.histogram(list, { bins }).data[0]?.y as number[];
        expect(counts).toHaveLength(bins);
        expect(counts.reduce((sum, n) => sum + n, 0)).toBe(list.length);
      }),
      {
        examples: [
          [[0, 5e-324], 2],
          [[7, 7], 3],
          [[0, 3e-323], 5],
        ],
      },
    );
  });

  it('refuses bins that are no count, and values of which none is finite', () => {
    expect(codeOf(() => plot.histogram([1], { bins: 0 }))).toBe('plot/bins');
    expect(codeOf(() => plot.histogram([Number.NaN]))).toBe('plot/empty');
  });
});

describe('plot.heatmap', () => {
  it('reads rows from the top, from lists and from arrays', () => {
    const listed = plot.heatmap([
      [1, 2, 3],
      [4, Number.NaN, 6],
    ]);
    const stored = plot.heatmap(array([2, 3], [1, 2, 3, 4, Number.NaN, 6]));
    expect(listed.data[0]).toMatchObject({ type: 'heatmap', x: ['0', '1', '2'], y: ['0', '1'], z: [[1, 2, 3], [4, null, 6]] }); // biome-ignore format: one line
    expect(stored.data).toEqual(listed.data);
    expect(axis(listed.layout, 'yaxis').autorange).toBe('reversed');
  });

  it('writes the numbers into the cells when asked', () => {
    expect(plot.heatmap([[1234, Number.NaN]], { values: true }).data[0]?.text).toEqual([['1.23k', '']]);
  });

  it('centres a diverging scale on 0', () => {
    expect(plot.heatmap([[-1, 3]], { diverging: true }).data[0]).toMatchObject({ zmin: -3, zmax: 3 });
    expect(plot.heatmap([[-5, 3]], { diverging: true }).data[0]).toMatchObject({ zmin: -5, zmax: 5 });
  });

  it('refuses ragged rows, other ranks, nothing, and labels that do not fit', () => {
    expect(codeOf(() => plot.heatmap([[1], [1, 2]]))).toBe('plot/matrix');
    expect(codeOf(() => plot.heatmap(array([4], [1, 2, 3, 4])))).toBe('plot/matrix');
    expect(codeOf(() => plot.heatmap([]))).toBe('plot/matrix');
    expect(codeOf(() => plot.heatmap([[1]], { rows: ['a', 'b'] }))).toBe('plot/matrix');
  });
});

describe('plot.patches', () => {
  it('counts the patches that read each pixel, and draws a line around what each of them reads', () => {
    const halves = [
      { rows: [0, 2], columns: [0, 3] },
      { rows: [1, 3], columns: [1, 4] },
    ] as const;
    const { data, layout } = plot.patches({ name: 'image', height: 3, width: 4, patches: halves });
    expect(data[0]).toMatchObject({
      type: 'heatmap',
      z: [
        [1, 1, 1, 0],
        [1, 2, 2, 1],
        [0, 1, 1, 1],
      ],
    });
    expect(data[0]).toMatchObject({ zmin: -0.5, zmax: 2.5, colorbar: { tickvals: [0, 1, 2] } });
    // the first one's line lies on top
    expect(data.map(({ name }) => name)).toEqual([undefined, 'patch 2', 'patch 1']);
    expect(data[1]).toMatchObject({ mode: 'lines', x: ['1', '3', '3', '1', '1'], y: ['1', '1', '2', '2', '1'] });
    expect(data).toHaveLength(3);
    expect(axis(layout, 'xaxis').title?.text).toBe('Column of image');
    expect(codeOf(() => plot.patches({ name: 'none', height: 0, width: 4, patches: [] }))).toBe('plot/matrix');
  });

  it('has names for only as many rows as there is room for, where no Plotly is', () => {
    const { [displaySymbol]: display, ...drawing } = plot.patches({ name: 'image', height: 96, width: 96, patches: [] });
    const svg = svgOf(drawing);
    expect(display).toBeTypeOf('function');
    expect(svg).toMatch(/text-anchor="end">0<.*text-anchor="end">4</);
    expect(svg.match(/text-anchor="end"/g)?.length).toBeLessThan(40);
  });
});

describe('plot.memory', () => {
  const buffer = { tensors: [0], bytes: 40, from: 0, to: 1, offset: 0 };
  const program: Program = {
    name: 'net',
    tensors: ['x', 'y'].map(name => ({ name, shape: [40], type: 'int8' })),
    steps: [{ op: 'concat', inputs: [0], outputs: [1], attributes: {} }],
    inputs: [0],
    outputs: [1],
  };

  it('draws each piece over its steps and bytes, with the arena and what there is', () => {
    const buffers = [
      { ...buffer, shrinks: [{ from: 1, bytes: 10 }] },
      { tensors: [], scratch: 0, bytes: 8, from: 0, to: 0, offset: 40 },
    ];
    const { data, layout } = plot.memory(program, { buffers, bytes: 48, lowerBound: 48, optimal: true }, { limit: 64 });
    expect(data[0]).toMatchObject({
      name: 'x: 40 bytes',
      x: [-0.5, -0.5, 0.5, 0.5, 1.5, 1.5, -0.5],
      y: [0, 40, 40, 10, 10, 0, 0],
      fill: 'toself',
    });
    expect(data[1]).toMatchObject({ name: 'scratch of y: 8 bytes', x: [-0.5, -0.5, 0.5, 0.5, -0.5], y: [40, 48, 48, 40, 40] });
    expect(data[2]).toMatchObject({ mode: 'text', text: ['x', 'scratch of y'], x: [0.5, 0], y: [5, 44] });
    expect(data.slice(3, 5).map(({ y }) => y)).toEqual([
      [48, 48],
      [64, 64],
    ]);
    expect(data[5]).toMatchObject({ mode: 'text', text: ['64 bytes there are', '48 bytes of arena'] });
    expect(axis(layout, 'yaxis').range?.[1]).toBeGreaterThan(64);
    const { [displaySymbol]: display, ...drawing } = plot.memory(program, { buffers, bytes: 48, lowerBound: 48, optimal: true });
    expect(display).toBeTypeOf('function');
    expect(svgOf(drawing)).toMatch(/<path[^>]*fill-opacity="0.4"/);
    expect(codeOf(() => plot.memory(program, { buffers: [], bytes: 0, lowerBound: 0, optimal: true }))).toBe('plot/empty');
  });
});

describe('plot.scatter and plot.roofline', () => {
  it('writes labels beside the points', () => {
    expect(plot.scatter([{ x: 1, y: 2, label: 'vgg' }]).data[0]).toMatchObject({ mode: 'markers+text', x: [1], y: [2], text: ['vgg'] });
    expect(plot.scatter([{ x: 1, y: 2 }]).data[0]).toMatchObject({ mode: 'markers' });
    expect(codeOf(() => plot.scatter([]))).toBe('plot/empty');
  });

  it('bends the roof at peak / bandwidth and puts unmeasured work on it', () => {
    const work = [
      { label: 'memory bound', intensity: 2 },
      { label: 'compute bound', intensity: 20 },
      { label: 'measured', intensity: 20, performance: 30 },
    ];
    const { data } = plot.roofline({ peak: 100, bandwidth: 10 }, work);
    expect(data.map(trace => [trace.x, trace.y])).toEqual([
      [
        [0.5, 10],
        [5, 100],
      ],
      [
        [10, 80],
        [100, 100],
      ],
      [
        [2, 20, 20],
        [20, 100, 30],
      ],
    ]);
    expect(codeOf(() => plot.roofline({ peak: 0, bandwidth: 1 }))).toBe('plot/roofline');
  });
});

describe('facets', () => {
  const one = plot.line({ training: [1, 2], validation: [2, 3] }, { title: 'Loss' });
  const two = plot.line({ validation: [3, 4] }, { title: 'Accuracy' });

  it('gives each chart axes of its own and series of one name one colour and one legend entry', () => {
    const { data, layout } = facets([one, two, two], { columns: 2 });
    expect(data.map(trace => [trace.xaxis, trace.yaxis, trace.showlegend])).toEqual([
      ['x', 'y', true],
      ['x', 'y', true],
      ['x2', 'y2', false],
      ['x3', 'y3', false],
    ]);
    const colours = data.map(trace => (trace.line as { color: string }).color);
    expect(colours[1]).toBe(colours[2]);
    expect(colours[0]).not.toBe(colours[1]);
    expect((layout.annotations as { text: string }[]).map(a => a.text)).toEqual(['Loss', 'Accuracy', 'Accuracy']);
    const [first, second, third] = ['', '2', '3'].map(id => [axis(layout, `xaxis${id}`).domain, axis(layout, `yaxis${id}`).domain]);
    expect(first?.[0]?.[1]).toBeLessThan(second?.[0]?.[0] as number);
    expect(third?.[1]?.[1]).toBeLessThan(first?.[1]?.[0] as number);
    expect(third?.[0]).toEqual(first?.[0]);
  });

  it('refuses nothing and facets of facets', () => {
    expect(codeOf(() => facets([]))).toBe('plot/empty');
    expect(codeOf(() => facets([facets([one, two])]))).toBe('plot/facets');
  });
});
