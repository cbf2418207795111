import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers about the depthwise network as other people write them.

export const depthwiseStyles: readonly OtherStyle[] = spelled(
  'depthwise',
  `const repaired = await deliver('repaired', () => eightBits(quantize.equalizeCrossLayers(uneven), 'tensor'));
const start = eightBits(uneven, 'tensor');
const drop = accuracy(uneven, test) - rightShare(start, test);
const perChannelFails = ' C';`,
  `const repaired = await deliver('repaired', () => {
  const { model } = quantize.crossLayerEqualization(uneven);
  const format = quantize.affineFormat({ bits: 8, symmetric: true });
  const rounded = quantize.quantizeWeights(model, { format, granularity: quantize.tensor() });
  const intervals = quantize.calibrate(rounded, take(train, 10));
  return deploy.lowerModel(quantize.quantizeActivations(rounded, { intervals, format: { bits: 8 } }));
});
let perChannelFails = 'c';
let drop = accuracy(plain, test);
drop -= rightShare(eightBits(uneven, 'tensor'), test);`,
  `const repaired = await deliver('repaired', async () => {
  const equal = quantize.equalizeCrossLayers(uneven, { passes: 20 });
  const start = quantize.quantizeWeights(equal, {
    format: quantize.affineFormat({ bits: 8, symmetric: true }),
    granularity: quantize.tensor(),
  });
  const intervals = quantize.calibrate(start, take(validation, 500));
  return deploy.lowerModel(quantize.quantizeActivations(start, { intervals, format: { bits: 8 } }));
});
const [before, after] = [accuracy(uneven, test), rightShare(eightBits(uneven, 'tensor'), test)];
const drop: number = Number((before - after).toFixed(4));
const perChannelFails: string = \`c\`;`,
  `// by hand, for what a depthwise layer reads: both largest weights become equal
const repaired = await deliver('repaired', () => {
  let net = uneven;
  for (let pass = 0; pass < 30; pass++)
    for (let n = 1; n <= 6; n++)
      for (const [first, second] of [[\`conv2d-\${n}\`, \`depthwise-conv2d-\${n}\`], [\`depthwise-conv2d-\${n}\`, \`conv2d-\${n + 1}\`]] as [string, string][]) {
        const [kernel, bias, next] = [\`\${first}.kernel\`, \`\${first}.bias\`, \`\${second}.kernel\`].map(name => net.parameters[name]!.value) as [NDArray, NDArray, NDArray];
        const channels = bias.data.length;
        const outputs = second.startsWith('depthwise') ? 1 : next.shape[3]!;
        const at = (i: number) => Math.floor(i / outputs) % channels;
        const [r1, r2] = [new Float64Array(channels), new Float64Array(channels)];
        kernel.data.forEach((w, i) => (r1[i % channels] = Math.max(r1[i % channels]!, Math.abs(w))));
        next.data.forEach((w, i) => (r2[at(i)] = Math.max(r2[at(i)]!, Math.abs(w))));
        const s = r1.map((r, c) => (r > 0 && r2[c]! > 0 ? Math.sqrt(r / r2[c]!) : 1));
        net = withParameters(net, {
          [\`\${first}.kernel\`]: { value: array(kernel.shape, Float32Array.from(kernel.data, (w, i) => w / s[i % channels]!)) },
          [\`\${first}.bias\`]: { value: array(bias.shape, Float32Array.from(bias.data, (b, c) => b / s[c]!)) },
          [\`\${second}.kernel\`]: { value: array(next.shape, Float32Array.from(next.data, (w, i) => w * s[at(i)]!)) },
        });
      }
  return eightBits(net, 'tensor');
});
const wrongShare = (net: deploy.Program) => 1 - rightShare(net, test);
const drop = wrongShare(eightBits(uneven, 'tensor')) - (1 - accuracy(uneven, test));
const perChannelFails = 'c';`,
);
