// TensorFlow.js on WebAssembly, one thread, on one operation: started with the folder that holds its packages, it serves as serve.py does.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(join(process.argv[2], 'package.json'));
const tf = require('@tensorflow/tfjs-core');
const { setThreadsCount, setWasmPaths } = require('@tensorflow/tfjs-backend-wasm');

setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
setThreadsCount(1);
await tf.setBackend('wasm');
await tf.ready();

const [a, b] = [tf.randomNormal([512, 512]), tf.randomNormal([512, 512])];
const [x, w] = [tf.randomNormal([1, 56, 56, 64]), tf.randomNormal([3, 3, 64, 64])];
const cases = { matmul: () => tf.matMul(a, b).dispose(), conv: () => tf.conv2d(x, w, 1, 'same').dispose() };

console.log('ready');
for await (const name of createInterface({ input: process.stdin })) {
  const run = cases[name];
  if (!run) {
    console.log(JSON.stringify({ error: `no case ${name}` }));
    continue;
  }
  run();
  const began = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(began);
  console.log((user + system) / 1000);
}
