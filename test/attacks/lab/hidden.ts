import { hiddenCases } from 'tinylab';

// Numbers that are found nowhere else, so that a leak can be seen.
export default hiddenCases('attack-lab', {
  add: async q => void q.equal(await q.call('add', -7310977, 8190127), 879150, { hint: 'Think of negative numbers.' }),
});
