/** The part of plotly.js that the renderer calls; the package ships no declarations. */
declare module 'plotly.js-cartesian-dist-min' {
  export interface Figure {
    readonly data?: readonly object[];
    readonly layout?: Readonly<Record<string, unknown>>;
  }
  interface Plotly {
    react(node: HTMLElement, data: readonly object[], layout: object, config: object): Promise<unknown>;
    purge(node: HTMLElement): void;
    readonly Plots: { resize(node: HTMLElement): Promise<unknown> | undefined };
  }
  const plotly: Plotly;
  export default plotly;
}
