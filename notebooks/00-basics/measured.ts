import { loadDataset, type Model, parameters, type Question, question } from 'tinylab';

// Questions 9 and 10: what was measured and trained.

// MACs of the two nets of question 9, by hand: positions · kernel · channels.
const positions = 32 * 32;
const measuredMacs = {
  dense: 2 * positions * 9 * 64 * 64,
  separable: 2 * positions * (9 * 64 + 64 * 64),
};

/** What question 10 asks of a model, also on the pictures that only the grader has. */
export const trainingGoal: { readonly accuracy: number; readonly parameters: number } = { accuracy: 0.87, parameters: 100_000 };

/** Whether all that a network begins with is still there: biases and means of 0, variances of 1. */
function isUntrained({ nodes, parameters: values }: Model): boolean {
  const first: Readonly<Record<string, number>> = { bias: 0, beta: 0, mean: 0, variance: 1, gamma: 1 };
  const roles = nodes.flatMap(node => Object.entries(node.parameters)).filter(([role]) => role in first);
  return roles.length > 0 && roles.every(([role, name]) => values[name]?.value.data.every(value => value === first[role]) ?? false);
}

export const measuredQuestions: readonly Question[] = [
  question('latency', { points: 10, title: 'Latency, measured', uses: ['latencyAnswer'] }, async q => {
    await q.part('measured', { points: 5 }, async () => {
      const measured = await q.deliverable('latencies');
      for (const name of ['dense', 'separable'] as const) {
        const row = q.field(measured, name);
        const [count, time] = [q.asNumber(q.field(row, 'macs')), q.asNumber(q.field(row, 'milliseconds'))];
        q.equal(count, measuredMacs[name], {
          asked: `macs of the ${name} net`,
          hint: 'Take macs(net) of the two nets as they are given.',
        });
        q.true(Number.isFinite(time) && time > 0 && time < 60_000, {
          asked: `a measured time for the ${name} net, in milliseconds`,
          got: time,
          hint: 'Take medianMs of latency(net): it is in milliseconds.',
        });
      }
    });
    await q.part('why', { points: 5 }, async () => {
      await q.choice('latencyAnswer', 'b', {
        a: 'A MAC is a MAC: a depthwise one takes no more arithmetic. What differs is how much data is moved for each.',
        c: 'The median over many runs is steady to a few per cent. The gap is several times larger.',
        d: 'Fewer weights make a net smaller to store. Here the time goes into activations, which are read and written all the same.',
      });
    });
  }),

  question('train', { points: 10, title: 'Train', uses: ['trained'] }, async q => {
    const model = q.asModel(await q.deliverable('trained'));
    const count = parameters(model);
    q.true(count <= trainingGoal.parameters, {
      asked: `at most ${trainingGoal.parameters} parameters`,
      got: count,
      hint: 'Make the layers narrower: the parameters of a convolution grow with the product of its channels.',
    });
    const { test } = await loadDataset('fashion-mnist');
    const share = await q.accuracy(model, test);
    q.true(share >= trainingGoal.accuracy, {
      asked: `an accuracy of at least ${trainingGoal.accuracy} on the test pictures`,
      got: share,
      hint: isUntrained(model)
        ? 'This network is as it was made. fit returns a new model and leaves the one that it is given: return fit(net, train, …).'
        : 'Train for another epoch, or raise the number of channels. Does the curve still fall when training ends?',
    });
  }),
];
