import { LabError } from '../../../tensor/errors.ts';

/** The error of a file or a program that ONNX and we do not share. */
export function refuseOnnx(message: string, hint = 'readOnnx reads what writeOnnx wrote.'): never {
  throw new LabError('deploy/onnx', `ONNX: ${message}`, hint);
}
