import { hiddenCases } from 'tinylab';

export default hiddenCases('04-distillation', {});
