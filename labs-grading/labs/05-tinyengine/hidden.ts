import { hiddenCases } from 'tinylab';

export default hiddenCases('05-tinyengine', {});
