import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { FigureWidget, mimeType } from './figure.ts';

const extension: IRenderMime.IExtension = {
  id: '@tinylab/labextension:plotly',
  dataType: 'json',
  rank: 0,
  rendererFactory: {
    safe: true,
    mimeTypes: [mimeType],
    createRenderer: () => new FigureWidget(),
  },
};

export default extension;
