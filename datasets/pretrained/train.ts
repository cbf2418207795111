import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accuracy, fit, loadDataset, type ModelCard, oneCycleSchedule, parameters, saveModel, vgg } from 'tinylab';

// Trains a network that comes with the project anew: node datasets/pretrained/train.ts. A minute on two quiet cores.

const name = 'fashion-mnist-vgg';
const seed = 0;
const { train, validation, test } = await loadDataset('fashion-mnist');
const model = await fit(vgg({ classes: 10, seed }), train, {
  epochs: 6,
  batchSize: 64,
  seed,
  optimizer: 'nesterov',
  learningRate: oneCycleSchedule(0.2),
  weightDecay: 5e-4,
  augment: { flip: true },
});
const card: ModelCard = {
  title: 'VGG-like network for Fashion-MNIST: eight 3×3 convolutions with batch norm, global average pooling, a dense classifier',
  dataset: 'fashion-mnist',
  command: 'node datasets/pretrained/train.ts',
  training:
    '10,000 images, 6 epochs, batches of 64, SGD with Nesterov momentum 0.9, one cycle with a peak of 0.2, weight decay 5e-4, flips',
  seed,
  parameters: parameters(model),
  accuracy: { validation: accuracy(model, validation), test: accuracy(model, test) },
  licence: 'MIT, as the project and its data',
};
const place = join(import.meta.dirname, name);
saveModel(model, place);
writeFileSync(`${place}.card.json`, `${JSON.stringify(card, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(card.accuracy)}\n`);
