import { typeScriptVersion } from '../compiler/tslab.ts';
import { protocolVersion } from '../wire/message.ts';

export const kernelInfo = () => ({
  status: 'ok',
  protocol_version: protocolVersion,
  implementation: 'tinylab',
  implementation_version: '0.3.0',
  language_info: {
    name: 'typescript',
    version: typeScriptVersion(),
    mimetype: 'text/typescript',
    file_extension: '.ts',
    pygments_lexer: 'typescript',
    // JupyterLab takes the mode, older front ends the rest.
    codemirror_mode: { mode: 'typescript', name: 'javascript', typescript: true },
    nbconvert_exporter: 'script',
  },
  banner: `TypeScript ${typeScriptVersion()} on Node ${process.version}`,
  help_links: [],
  debugger: false,
  supported_features: [],
});
