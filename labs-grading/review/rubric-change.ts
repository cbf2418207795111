import type { RubricQuestion } from '../lab/rubric.ts';
import type { RubricChange } from './messages.ts';

/** The rubric is not what the page showed, or the change cannot mean anything. */
export class RubricConflict extends Error {
  override name = 'RubricConflict';
}

type Item = RubricQuestion['items'][number];

/**
 * A question's rubric after one change. `used` are ids that some grade holds: a new item never gets one of them.
 * @throws RubricConflict when the item is another one by now.
 */
export function changed(rubric: RubricQuestion, change: RubricChange, used: ReadonlySet<string>): RubricQuestion {
  switch (change.change) {
    case 'add item':
      return {
        ...rubric,
        items: [...rubric.items, { id: freshId(rubric, used), points: signed(rubric, change.points), text: change.text }],
      };
    case 'edit item': {
      const { id } = present(rubric, change);
      const next = { id, points: signed(rubric, change.points), text: change.text };
      return { ...rubric, items: rubric.items.map(item => (item.id === id ? next : item)) };
    }
    case 'remove item': {
      const { id } = present(rubric, change);
      return { ...rubric, items: rubric.items.filter(item => item.id !== id) };
    }
    case 'mode':
      if (rubric.items.length > 0) throw new RubricConflict('The rubric has items; only an empty one can change its direction.');
      return { ...rubric, mode: change.mode };
    case 'add comment':
      return rubric.comments.includes(change.text) ? rubric : { ...rubric, comments: [...rubric.comments, change.text] };
    case 'remove comment':
      return { ...rubric, comments: rubric.comments.filter(comment => comment !== change.text) };
  }
}

function present(rubric: RubricQuestion, { id, was }: { id: string; was: { points: number; text: string } }): Item {
  const item = rubric.items.find(one => one.id === id);
  if (!item) throw new RubricConflict(`Someone removed “${was.text}”.`);
  if (item.points !== was.points || item.text !== was.text)
    throw new RubricConflict(`Someone changed “${was.text}” (${was.points}) to “${item.text}” (${item.points}).`);
  return item;
}

/** A deduction is a deduction, whichever sign it was typed with. */
const signed = ({ mode }: RubricQuestion, points: number): number => (mode === 'deduct' ? -Math.abs(points) || 0 : Math.abs(points));

function freshId({ items }: RubricQuestion, used: ReadonlySet<string>): string {
  const taken = new Set([...items.map(({ id }) => id), ...used]);
  let number = items.length + 1;
  while (taken.has(`item-${number}`)) number++;
  return `item-${number}`;
}
