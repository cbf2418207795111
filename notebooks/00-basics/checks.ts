import { lab, question, type Random } from 'tinylab';
import {
  chain,
  computeTime,
  convMacs,
  convolution,
  convParameters,
  energyMicrojoules,
  lastStrideOnly,
  latencyMs,
  memoryTime,
  modelSizeBytes,
  outputSize,
  peakActivations,
  picojoules,
  placed,
  placedWork,
  receptiveField,
  steps,
  storedTensors,
  sum,
  totalActivations,
  weights,
  windows,
} from './formulas.ts';
import { measuredQuestions } from './measured.ts';
import { fieldSlips, macSlips, parameterSlips, peakSlips, rooflineSlips, sizeSlips } from './slips.ts';

/** Numbers of both signs, whole and broken, whose sum, difference and product all differ. */
const summands = (rng: Random, i: number): readonly [a: number, b: number] => {
  const broken = i % 3 === 2 ? 0.5 : 0;
  return [rng.int(3, 50) * (i % 2 === 0 ? -1 : 1) + broken, rng.int(3, 50) * (i < 3 ? 1 : -1)];
};

const largestTwo = (sizes: readonly number[]): number => {
  const [first = 0, second = 0] = sizes.toSorted((a, b) => b - a);
  return first + second;
};

export default lab('00-basics', [
  question('grade-me', { points: 5, title: 'Grade me', uses: ['add'] }, async q => {
    for (const [a, b] of q.cases(6, summands)) {
      q.equal(await q.call('add', a, b), a + b, {
        known: [
          [a - b, 'You subtracted. The question asks for a + b.'],
          [a * b, 'You multiplied. The question asks for a + b.'],
        ],
      });
    }
  }),

  question('parameters', { points: 10, title: 'Parameters', uses: ['convParameters'] }, async q => {
    for (const layer of q.cases(8, convolution)) {
      const count = weights(layer);
      q.equal(await q.call('convParameters', layer), convParameters(layer), {
        known: [
          [count, 'The bias is missing: one number for each output channel, if the layer has a bias.'],
          [count + layer.outputChannels, 'You counted a bias that this layer does not have: look at its field bias.'],
          [count + (layer.bias ? layer.inputChannels : 0), 'A bias belongs to an output channel, not to an input channel.'],
          [
            count * layer.groups + (layer.bias ? layer.outputChannels : 0),
            'You left out groups: an output channel sees only inputChannels / groups of the inputs.',
          ],
          [
            count / layer.groups + (layer.bias ? layer.outputChannels : 0),
            'You divided by groups twice. Only the inputs are divided; every output channel is there once.',
          ],
          [
            count / layer.kernel + (layer.bias ? layer.outputChannels : 0),
            'A kernel is a square: it has kernel · kernel weights for each pair of channels, not kernel.',
          ],
          ...parameterSlips(layer),
        ],
        hint: 'Count the weights of one output channel first, then multiply by the number of output channels.',
      });
    }
  }),

  question('model-size', { points: 10, title: 'Model size', uses: ['modelSizeBytes'] }, async q => {
    for (const tensors of q.cases(6, storedTensors)) {
      const right = modelSizeBytes(tensors);
      const everything = sum(tensors.map(t => t.count));
      q.equal(await q.call('modelSizeBytes', tensors), right, {
        known: [
          [right * 8, 'That is the number of bits. A byte has 8 of them.'],
          [everything * 4, 'You took 4 bytes for every number. Each tensor says how many bits its numbers take.'],
          [everything, 'That is how many numbers there are. Each takes bits / 8 bytes.'],
          [
            sum(tensors.map(t => t.count * Math.ceil(t.bits / 8))),
            'You rounded each number up to whole bytes. Two 4-bit numbers share a byte: add up the bits first.',
          ],
          [right / 1e6, 'That is megabytes. The question asks for bytes.'],
          [
            sum(tensors.map(tensor => tensor.count * tensor.bits)) >> 3,
            'Bit operations such as >> know 32 bits only, and a large network has more. Divide by 8.',
          ],
          [right / 1024, 'That is kibibytes. The question asks for bytes.'],
          ...sizeSlips(tensors),
        ],
      });
    }
  }),

  question(
    'activations',
    { points: 15, title: 'Activations', uses: ['totalActivationValues', 'peakActivationValues', 'memoryAnswer'] },
    async q => {
      const chains = q.cases(8, chain);
      await q.part('total', { points: 5 }, async () => {
        for (const sizes of chains) {
          q.equal(await q.call('totalActivationValues', sizes), totalActivations(sizes), {
            known: [
              [sum(sizes.slice(1)), "The network's input is an activation too: it has to be stored while the first layer runs."],
              [sum(steps(sizes)), 'You counted most activations twice. Each one is stored once.'],
            ],
          });
        }
      });
      await q.part('peak', { points: 7 }, async () => {
        for (const sizes of chains) {
          q.equal(await q.call('peakActivationValues', sizes), peakActivations(sizes), {
            known: [
              [totalActivations(sizes), 'That is the sum of all. An activation can be thrown away as soon as the next layer has read it.'],
              [
                Math.max(...sizes),
                'That is the largest single activation. While a layer runs, its input and its output are both in memory.',
              ],
              [Math.max(...sizes.slice(1)), 'That is the largest output. While a layer runs, its input is still in memory too.'],
              [largestTwo(sizes), "Those are the two largest activations. Only a layer's own input and output are in memory together."],
              [
                Math.min(...steps(sizes)),
                'You took the layer that needs least. Memory must be large enough for the layer that needs most.',
              ],
              ...peakSlips(sizes),
            ],
          });
        }
      });
      await q.part('memory', { points: 3 }, async () => {
        // sealed: the notebook notes the letter, and the grader's hidden cases judge it
        await q.sealed('memoryAnswer', ['a', 'b', 'c', 'd']);
      });
    },
  ),

  question('macs', { points: 15, title: 'MACs and FLOPs', uses: ['convMacs', 'convFlops'] }, async q => {
    const layers = q.cases(8, placed);
    await q.part('macs', { points: 10 }, async () => {
      for (const layer of layers) {
        const right = convMacs(layer);
        q.equal(await q.call('convMacs', layer), right, {
          known: [
            [2 * right, 'That is FLOPs: a MAC is one multiplication and one addition together.'],
            [right + layer.outputChannels * outputSize(layer) ** 2, 'You counted the additions of biases too. They count nothing here.'],
            [right + layer.outputChannels, 'You counted the biases too. They count nothing here.'],
            [weights(layer), 'That is the number of weights. Each is used once at every position of the output.'],
            [weights(layer) * layer.inputSize ** 2, 'You used the size of the input. Work is done at every position of the output.'],
            [right * layer.groups, 'You left out groups: an output channel sees only inputChannels / groups of the inputs.'],
            [weights(layer) * outputSize(layer), 'The output has a height and a width: its size counts twice.'],
            [
              weights(layer) * outputSize(layer, Math.ceil) ** 2,
              'The division rounds down: a window that hangs over the edge is not computed.',
            ],
            [
              weights(layer) * outputSize(layer, Math.round) ** 2,
              'The division rounds down, not to the nearest whole number: a window that hangs over the edge is not computed.',
            ],
            [
              weights(layer) * outputSize({ ...layer, padding: layer.padding / 2 }) ** 2,
              'Padding is added on both sides: 2 · padding in all.',
            ],
            ...macSlips(layer),
          ],
          hint: 'First the size of the output, floor((input + 2·padding - kernel) / stride) + 1, then the work at one position.',
        });
      }
    });
    await q.part('flops', { points: 5 }, async () => {
      for (const layer of layers) {
        q.equal(await q.call('convFlops', layer), 2 * convMacs(layer), {
          known: [
            [convMacs(layer), 'That is MACs. Each is two floating-point operations: a multiplication and an addition.'],
            [convMacs(layer) / 2, 'The other way round: one MAC is two FLOPs.'],
          ],
        });
      }
    });
  }),

  question('receptive-field', { points: 10, title: 'Receptive field', uses: ['receptiveField'] }, async q => {
    // without layers a value sees its own pixel
    for (const layers of [...q.cases(8, windows), []]) {
      q.equal(await q.call('receptiveField', layers), receptiveField(layers), {
        known: [
          [
            receptiveField(layers, true),
            "A layer's own stride spreads the layers after it, not the layer itself: multiply by the strides before it.",
          ],
          [
            1 + sum(layers.map(l => l.kernel - 1)),
            'You left out the strides. After a stride of 2, one step of a later layer is two pixels of the image.',
          ],
          [lastStrideOnly(layers), 'All strides before a layer spread it, not the last one alone: multiply them up.'],
          [sum(layers.map(l => l.kernel)), 'Kernels overlap: each adds kernel - 1 new pixels to a field that starts at 1.'],
          [receptiveField(layers) - 1, 'The field starts at 1: without any layer, a value sees one pixel.'],
          ...fieldSlips(layers),
        ],
        hint: 'Keep two numbers while you walk: the field, and how many pixels one step is.',
      });
    }
  }),

  question('roofline', { points: 10, title: 'Roofline', uses: ['latencyMs'] }, async q => {
    for (const { work, device } of q.cases(8, placedWork)) {
      const right = latencyMs(work, device);
      const [compute, memory] = [computeTime(work, device), memoryTime(work, device)];
      q.close(await q.call('latencyMs', work, device), right, {
        known: [
          [compute + memory, 'You added the two times. Computing and moving data happen at once: the slower of the two decides.'],
          [Math.min(compute, memory), 'You took the faster of the two. The slower one is what you wait for.'],
          [Math.max(compute / 2, memory), 'A device counts FLOPs, and one MAC is two of them.'],
          [right / 1e3, 'That is seconds. The question asks for milliseconds.'],
          [right * 1e3, 'That is microseconds. The question asks for milliseconds.'],
          [compute, 'You left out the memory: this layer waits for its data.'],
          [memory, 'You left out the arithmetic: this layer waits for its multiplications.'],
          ...rooflineSlips(work, device),
        ],
        tolerance: 1e-6,
      });
    }
  }),

  question('energy', { points: 5, title: 'Energy', uses: ['energyMicrojoules'] }, async q => {
    for (const work of q.cases(5, rng => ({ macs: rng.int(1, 1000) * 1e4, bytes: 4 * rng.int(1, 1000) * 1e3 }))) {
      const right = energyMicrojoules(work);
      const arithmetic = (work.macs * (picojoules.multiply + picojoules.add)) / 1e6;
      const dram = ((work.bytes / 4) * picojoules.dramWord) / 1e6;
      q.close(await q.call('energyMicrojoules', work), right, {
        known: [
          [(work.macs * picojoules.multiply) / 1e6 + dram, 'A MAC is a multiplication and an addition: both cost energy.'],
          [arithmetic + 4 * dram, 'The price in the table is for a word of 32 bits, that is 4 bytes. You paid it for every byte.'],
          [arithmetic, 'You left out the memory, which is most of it.'],
          [dram, 'You left out the arithmetic.'],
          [
            arithmetic + ((work.bytes / 4) * picojoules.sramWord) / 1e6,
            'That is the price of on-chip SRAM. Here the bytes come from DRAM.',
          ],
          [right * 1e6, 'That is picojoules. A microjoule is a million of them.'],
          [2 * arithmetic + dram, 'You counted two multiplications and two additions for each MAC. It is one of each.'],
        ],
        tolerance: 1e-6,
      });
    }
  }),

  ...measuredQuestions,
]);
