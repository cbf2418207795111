import { expect, test } from 'vitest';
import { activationPlaces } from '../../../../../lib/compress/quantize/activations/places.ts';
import { network } from '../../../../../lib/model/build.ts';

const net = () => network('net', [8, 8, 2]);

test('a layer, its batch norm and its ReLU are one value; views, padding and pooling keep the grid', () => {
  expect(activationPlaces(net().conv2d(2, 3).batchNorm().relu().maxPool(2).flatten().dense(3).graph())).toEqual([
    'input',
    'relu-1',
    'dense-1',
  ]);
  const views = net().pad(1).averagePool(2).transpose([2, 0, 1]).reshape([50]).dense(2).relu6().graph();
  expect(activationPlaces(views)).toEqual(['input', 'relu6-1']);
});

test('a value that two nodes read, or the outside, is stored before its ReLU', () => {
  expect(activationPlaces(net().conv2d(2, 3, { id: 'c' }).relu().add('c').graph())).toEqual(['input', 'c', 'relu-1', 'add-1']);
  expect(activationPlaces(net().conv2d(2, 3, { id: 'c' }).output('extra').relu().graph())).toEqual(['input', 'c', 'relu-1']);
});

test('an input is stored before a ReLU, and other activations are values of their own', () => {
  expect(activationPlaces(net().relu().graph())).toEqual(['input', 'relu-1']);
  expect(activationPlaces(net().conv2d(2, 3).activation('sigmoid').graph())).toEqual(['input', 'conv2d-1', 'sigmoid-1']);
  expect(activationPlaces(net().globalAveragePool().dense(2).activation('softmax').graph())).toEqual([
    'input',
    'global-average-pool-1',
    'dense-1',
    'softmax-1',
  ]);
});

test('a batch norm that no layer stands before is a value of its own', () => {
  expect(activationPlaces(net().relu().batchNorm().graph())).toEqual(['input', 'relu-1', 'batch-norm-1']);
});

test('the last value of a view is what it views', () => {
  expect(activationPlaces(net().dense(2).flatten().graph())).toEqual(['input', 'dense-1']);
});
