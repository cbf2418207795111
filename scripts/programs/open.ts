import { existsSync, readFileSync, statSync } from 'node:fs';
import { deploy, LabError, loadModel, type Model } from 'tinylab';

/** A file that holds a network: a program of integers, or a model. */
export type Opened =
  | { readonly kind: 'tflite' | 'onnx' | 'program'; readonly program: deploy.Program; readonly bytes: number }
  | { readonly kind: 'model'; readonly model: Model; readonly bytes: number };

const mostBytes = 2 ** 30;

/** The bytes of a file, when it is one and not too large. @throws LabError `files/missing`, `files/large`. */
export function bytesOf(path: string): Uint8Array {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new LabError('files/missing', `There is no file ${path}.`, 'Give the path of a file from this folder on.');
  if (found.size > mostBytes)
    throw new LabError('files/large', `${path} has ${found.size} bytes.`, `Files up to ${mostBytes} bytes are read.`);
  return readFileSync(path);
}

/** Opens NAME.tflite, a NAME.onnx of `writeOnnx`, or the pair NAME.json and NAME.safetensors that saveProgram and saveModel write; either of them, or NAME, names the pair. */
export function openNetwork(path: string): Opened {
  if (path.endsWith('.tflite')) {
    const bytes = bytesOf(path);
    return { kind: 'tflite', program: deploy.readTflite(bytes), bytes: bytes.length };
  }
  if (path.endsWith('.onnx')) {
    const bytes = bytesOf(path);
    return { kind: 'onnx', program: deploy.readOnnx(bytes), bytes: bytes.length };
  }
  const pair = path.replace(/\.(json|safetensors)$/, '');
  if (!existsSync(`${pair}.json`))
    throw new LabError(
      'files/missing',
      `${path} is no .tflite or .onnx file, and there is no ${pair}.json.`,
      'Give FILE.tflite, a FILE.onnx of writeOnnx, or what saveProgram or saveModel wrote.',
    );
  const graph = bytesOf(`${pair}.json`);
  const bytes = graph.length + bytesOf(`${pair}.safetensors`).length;
  const isProgram = /^\s*\{\s*"format":\s*"tinylab program"/.test(new TextDecoder().decode(graph.subarray(0, 200)));
  return isProgram ? { kind: 'program', program: deploy.loadProgram(pair), bytes } : { kind: 'model', model: loadModel(pair), bytes };
}
