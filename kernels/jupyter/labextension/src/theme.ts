// Okabe and Ito's colour-blind safe hues; the dark set is the same hues made lighter, so that series keep their colour names.
const light = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b07d00', '#56b4e9', '#6b6b6b'];
const dark = ['#56b4e9', '#ff9a4d', '#2fd0a0', '#f0a6cc', '#f0d742', '#9fc5ff', '#b5b5b5'];

/** Whether JupyterLab shows a light theme now. */
export const isLight = (): boolean => document.body.dataset.jpThemeLight !== 'false';

/** A Plotly template in the colours and the font of the theme that `node` stands in. */
export function template(node: HTMLElement): object {
  const style = getComputedStyle(node);
  const read = (name: string, fallback: string): string => style.getPropertyValue(name).trim() || fallback;
  const text = read('--jp-ui-font-color1', isLight() ? '#212121' : '#e0e0e0');
  const grid = read('--jp-border-color2', isLight() ? '#e0e0e0' : '#424242');
  const axis = { automargin: true, gridcolor: grid, linecolor: grid, zerolinecolor: grid, zeroline: false };
  const surface = read('--jp-layout-color1', isLight() ? '#ffffff' : '#212121');
  return {
    layout: {
      colorway: isLight() ? light : dark,
      font: { color: text, family: read('--jp-ui-font-family', 'sans-serif'), size: 13 },
      paper_bgcolor: 'rgba(0,0,0,0)',
      plot_bgcolor: 'rgba(0,0,0,0)',
      hoverlabel: { bgcolor: surface, bordercolor: grid, font: { color: text } },
      modebar: { bgcolor: 'rgba(0,0,0,0)', color: grid, activecolor: text },
      xaxis: axis,
      yaxis: axis,
    },
  };
}

/** Calls `changed` after each change of JupyterLab's theme, until the returned function is called. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(() => requestAnimationFrame(changed));
  observer.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-light', 'data-jp-theme-name'] });
  return () => observer.disconnect();
}
