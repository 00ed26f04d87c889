/** What the bundler resolves and TypeScript does not know. */
declare module '*.css';

declare module 'plotly.js' {
  interface Figure {
    data: unknown[];
    layout: Record<string, unknown>;
    frames?: unknown[];
    config?: Record<string, unknown>;
  }
  interface Plotly {
    react(node: HTMLElement, figure: Figure): Promise<unknown>;
    newPlot(node: HTMLElement, figure: Figure): Promise<unknown>;
    animate(node: HTMLElement, frames: unknown, how: unknown): Promise<unknown>;
    relayout(node: HTMLElement, change: Record<string, unknown>): Promise<unknown>;
    downloadImage(
      what: HTMLElement | object,
      how: { format: 'png'; filename: string; scale: number },
    ): Promise<unknown>;
    purge(node: HTMLElement): void;
    Plots: { resize(node: HTMLElement): void };
  }
  const plotly: Plotly;
  export default plotly;
}

/** V8's: the page draws with parts of the library that also run in Node. */
interface ErrorConstructor {
  stackTraceLimit: number;
}
