import { array, hiddenCases } from 'tinylab';

export default hiddenCases('new-lab', {
  half: async q => {
    q.equal(await q.call('half', array([0, 2], [])), array([0, 2], []), { hint: 'Think of an array without elements.' });
  },
});
