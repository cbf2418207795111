import { describe, expect, it } from 'vitest';
import { distillationLoss } from '../../../../lib/compress/distill/distillation-loss.ts';
import { factorTransfer, trainParaphraser } from '../../../../lib/compress/distill/match/factor.ts';
import { frozenTeacher } from '../../../../lib/compress/distill/teacher.ts';
import { strokeGlyphs } from '../../../../lib/data/stroke-glyphs.ts';
import type { Model } from '../../../../lib/model/model.ts';
import { inferShapes } from '../../../../lib/model/shapes.ts';
import { vgg } from '../../../../lib/model/vgg.ts';
import { fit } from '../../../../lib/train/fit.ts';

const data = strokeGlyphs({ count: 64, seed: 1 });
const [student, teacher] = [vgg({ widths: [4, 'M', 4], seed: 1 }), vgg({ widths: [6, 'M', 8], seed: 2 })];
const at = (model: Model) => ({ model, node: 'relu-2' });
const pair = { student: at(student), teacher: at(teacher) };
const options = { steps: 60, batchSize: 32, optimizer: 'adam', learningRate: 0.01 } as const;

describe('factor transfer', () => {
  it('paraphrases the teacher, then brings the student near its factors; the translator comes back and is no part of the student', async () => {
    const errors: number[] = [];
    const paraphraser = await trainParaphraser(at(teacher), data, { ...options, reporter: { step: ({ loss }) => void errors.push(loss) } });
    expect(errors.at(-1)).toBeLessThan(0.3 * (errors[0] as number));
    expect(inferShapes(paraphraser).get('factor')).toEqual([14, 14, 4]);
    const translators: Model[] = [];
    const match = factorTransfer(pair, paraphraser, { onTranslator: model => void translators.push(model) });
    const seen: number[] = [];
    const before = JSON.stringify(Object.values(paraphraser.parameters).map(({ value }) => [...value.data]));
    const loss = distillationLoss({ teacher: frozenTeacher(teacher), matches: [[500, match]] });
    const taught = await fit(student, data, { ...options, loss, reporter: { step: event => void seen.push(event.loss) } });
    expect(seen.at(-1)).toBeLessThan(0.7 * (seen[0] as number));
    expect(Object.keys(taught.parameters)).toEqual(Object.keys(student.parameters));
    expect(JSON.stringify(Object.values(paraphraser.parameters).map(({ value }) => [...value.data]))).toBe(before);
    expect(translators).toHaveLength(1);
    expect(inferShapes(translators[0] as Model).get(translators[0]?.output as string)).toEqual([14, 14, 4]);
    const first = match.owns?.['factor.relu-2.relu-2.conv2d-1.kernel']?.value.data;
    expect(translators[0]?.parameters['conv2d-1.kernel']?.value.data).not.toEqual(first);
  });

  it('refuses what a paraphraser cannot read', async () => {
    const code = (name: string) => expect.objectContaining({ code: name });
    const quick = { steps: 1, batchSize: 32, reporter: {} } as const;
    await expect(trainParaphraser({ model: teacher }, data, quick)).rejects.toThrow(code('distill/shape'));
    await expect(trainParaphraser({ model: teacher, node: 'nowhere' }, data, quick)).rejects.toThrow(code('distill/node'));
    await expect(trainParaphraser(at(teacher), data, { ...quick, factors: 0 })).rejects.toThrow(code('distill/factors'));
    const paraphraser = await trainParaphraser(at(teacher), data, quick);
    const earlier = { model: teacher, node: 'relu-1' };
    expect(() => factorTransfer({ student: at(student), teacher: earlier }, paraphraser)).toThrow(code('distill/shape'));
    expect(() => factorTransfer({ student: { model: student, node: 'relu-1' }, teacher: at(teacher) }, paraphraser)).toThrow(
      code('distill/shape'),
    );
    expect(() => factorTransfer(pair, teacher)).toThrow(code('distill/node'));
  });
});
