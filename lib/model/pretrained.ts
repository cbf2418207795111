import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { datasetsFolder } from '../data/folder.ts';
import { LabError } from '../tensor/errors.ts';
import type { Model } from './model.ts';
import { loadModel } from './save.ts';

/** What is known of a trained network: how it was made, and what came out. */
export interface ModelCard {
  readonly title: string;
  /** Name for `loadDataset`. */
  readonly dataset: string;
  /** The command that trains it anew. */
  readonly command: string;
  readonly training: string;
  readonly seed: number;
  readonly parameters: number;
  /** Share of right answers, 0–1, by split. */
  readonly accuracy: Readonly<Record<'validation' | 'test', number>>;
  readonly licence: string;
}

const folder = (): string => join(datasetsFolder(), 'pretrained');
const cardEnd = '.card.json';

/**
 * A network that comes with the project, trained; accuracies are those on test images it has never seen. `fashion-mnist-vgg`: 432,194 parameters,
 * about 0.90. `fashion-mnist-depthwise`: a small `mobileNetV1`, 38,314 parameters, about 0.89, whose channels have ranges so far apart that 4 bits
 * with one scale for each layer ruin it. `fashion-mnist-tiny-14-2`, `-14-16`, `-14-24`, `-28-2`, `-28-12`: a family for microcontrollers, 0.81 to 0.88; side of the image,
 * channels of the first layer.
 * @throws LabError `model/unknown` for another name, and the errors of `loadModel`.
 * @example
 * pretrained('fashion-mnist-vgg').name; // → 'vgg'
 */
export function pretrained(name: string): Model {
  modelCard(name);
  return loadModel(join(folder(), name));
}

/**
 * How a network of `pretrained` was made.
 * @throws LabError `model/unknown` for another name.
 */
export function modelCard(name: string): ModelCard {
  const known = readdirSync(folder()).flatMap(file => (file.endsWith(cardEnd) ? [file.slice(0, -cardEnd.length)] : []));
  if (!known.includes(name)) throw new LabError('model/unknown', `There is no trained network ${name}.`, `Known are: ${known.join(', ')}.`);
  return JSON.parse(readFileSync(join(folder(), name + cardEnd), 'utf8')) as ModelCard;
}
