import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accuracy, loadDataset, type ModelCard, parameters, saveModel } from 'tinylab';
import { recipes, trainedAs } from './recipes.ts';

// Trains networks that come with the project anew: node datasets/pretrained/train.ts [NAME …], by default all of them. About a minute each on two
// quiet cores. Each is trained once, from seed 0: no seed was chosen for what came out.

const seed = 0;
const { train, validation, test } = await loadDataset('fashion-mnist');
const chosen = process.argv.slice(2);
for (const name of chosen.length > 0 ? chosen : Object.keys(recipes)) {
  const recipe = recipes[name];
  if (!recipe) throw new Error(`There is no recipe ${name}; known are ${Object.keys(recipes).join(', ')}.`);
  const model = await trainedAs(name, { seed, train });
  const card: ModelCard = {
    title: recipe.title,
    dataset: 'fashion-mnist',
    command: `node datasets/pretrained/train.ts ${name}`,
    training: recipe.training,
    seed,
    parameters: parameters(model),
    accuracy: { validation: accuracy(model, validation), test: accuracy(model, test) },
    licence: 'MIT, as the project and its data',
  };
  const place = join(import.meta.dirname, name);
  saveModel(model, place);
  writeFileSync(`${place}.card.json`, `${JSON.stringify(card, null, 2)}\n`);
  process.stdout.write(`${name}: ${JSON.stringify(card.accuracy)}\n`);
}
