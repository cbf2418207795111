// Trains the model of the determinism test in a process of its own and prints its digest.
import { strokeGlyphs } from '../../../lib/data/stroke-glyphs.ts';
import { vgg } from '../../../lib/model/vgg.ts';
import { fit } from '../../../lib/train/fit.ts';
import { digest } from './digest.ts';

const model = vgg({ widths: [8, 'M', 16, 'M', 16], seed: 3 });
process.stdout.write(digest(await fit(model, strokeGlyphs({ count: 96, seed: 1 }), JSON.parse(process.argv[2] ?? '{}'))));
