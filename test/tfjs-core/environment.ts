import * as jasmineUtil from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import jasmineCore from 'jasmine-core';

// Specs register themselves while they load, so jasmine's globals and the environment must be there before.
jasmineCore.boot();
jasmineUtil.setTestEnvs([{ name: 'test-tensorflow', backendName: 'tensorflow', flags: {}, isDataSync: true }]);
