import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import type { Figure } from 'plotly.js-cartesian-dist-min';
import { template, watchTheme } from './theme.ts';

export const mimeType = 'application/vnd.plotly.v1+json';

const defaultHeight = 360;
const config = { displaylogo: false, displayModeBar: 'hover', modeBarButtonsToRemove: ['lasso2d', 'select2d'] };

/** A notebook may come from anyone: nothing in a figure makes the browser ask another machine. */
function offline(layout: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { images, ...rest } = layout;
  if (!Array.isArray(images)) return rest;
  return { ...rest, images: images.filter(image => String(image?.source).startsWith('data:')) };
}

/** Shows one figure. A new model of the same output (update_display_data) is drawn into the same graph, and zoom survives it. */
export class FigureWidget extends Widget implements IRenderMime.IRenderer {
  #figure: Figure | undefined;
  #pending = false;
  readonly #sizes: ResizeObserver;
  readonly #unwatch: () => void;

  constructor() {
    super();
    this.addClass('tinylab-figure');
    this.#sizes = new ResizeObserver(() => this.#draw());
    this.#sizes.observe(this.node);
    this.#unwatch = watchTheme(() => this.#draw());
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.#figure = model.data[mimeType] as unknown as Figure;
    this.node.style.height = `${this.#height()}px`; // reserved before the first drawing, so that the page does not jump
    this.#draw();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#sizes.disconnect();
    this.#unwatch();
    void plotly().then(library => library.purge(this.node));
    super.dispose();
  }

  #height(): number {
    const height = this.#figure?.layout?.height;
    return typeof height === 'number' ? height : defaultHeight;
  }

  /** Draws at the next frame, once however often it is asked; a hidden node waits for the ResizeObserver. */
  #draw(): void {
    if (this.#pending) return;
    this.#pending = true;
    requestAnimationFrame(async () => {
      try {
        const library = await plotly();
        this.#pending = false;
        const { clientWidth: width } = this.node;
        if (this.isDisposed || !this.#figure || width === 0) return;
        const layout = offline(this.#figure.layout ?? {});
        const size = { height: this.#height(), width, autosize: false };
        const themed = { uirevision: 'kept', ...layout, ...size, template: template(this.node) };
        await library.react(this.node, traces(this.#figure), themed, config);
      } finally {
        this.#pending = false;
      }
    });
  }
}

const plotly = async () => (await import('plotly.js-cartesian-dist-min')).default;

/** Plotly writes into the objects it is given, and the notebook saves those: hand out copies. */
const traces = (figure: Figure): object[] => structuredClone((figure.data ?? []) as object[]);
