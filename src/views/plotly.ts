/**
 * The subset of plotly JSON that the views write and that the SVG writer draws. Type aliases, so that they fit the open records of a `PlotlyFigure`.
 * What is not here is not used: both pictures of a figure show the same things.
 */

export type Label = string | number;

export type Font = { readonly size?: number; readonly color?: string; readonly family?: string };

export type Pattern = {
  readonly shape: string | readonly string[];
  readonly bgcolor?: string;
  readonly fgcolor?: string;
  readonly size?: number;
  readonly solidity?: number;
};

export type Line = {
  readonly color?: string;
  readonly width?: number;
  readonly dash?: 'solid' | 'dot' | 'dash' | 'dashdot';
  readonly shape?: 'linear' | 'hv';
};

export type Marker = {
  readonly symbol?: string | readonly string[];
  readonly size?: number | readonly number[];
  readonly color?: string | readonly string[];
  readonly line?: { readonly color?: string | readonly string[]; readonly width?: number };
  readonly angleref?: 'previous' | 'up';
  readonly standoff?: number | readonly number[];
  readonly opacity?: number;
  readonly pattern?: Pattern;
};

type Common = {
  readonly name?: string;
  readonly showlegend?: boolean;
  readonly legendgroup?: string;
  readonly opacity?: number;
  readonly xaxis?: string;
  readonly yaxis?: string;
  readonly hoverinfo?: string;
  readonly hovertemplate?: string;
  readonly customdata?: readonly unknown[];
};

export type Scatter = Common & {
  readonly type: 'scatter';
  readonly mode: 'lines' | 'markers' | 'text' | 'lines+markers' | 'lines+text' | 'markers+text' | 'lines+markers+text';
  readonly x: readonly Label[];
  readonly y: readonly Label[];
  readonly text?: readonly string[];
  readonly textposition?: string | readonly string[];
  readonly textfont?: Font;
  readonly line?: Line;
  readonly marker?: Marker;
  readonly stackgroup?: string;
  readonly fill?: 'none' | 'toself' | 'tozeroy';
  readonly fillcolor?: string;
  readonly fillpattern?: Pattern;
  readonly cliponaxis?: boolean;
};

export type Bar = Common & {
  readonly type: 'bar';
  readonly orientation?: 'v' | 'h';
  readonly x: readonly Label[];
  readonly y: readonly Label[];
  readonly base?: number | readonly number[];
  readonly width?: number | readonly number[];
  readonly text?: readonly string[];
  readonly textposition?: 'inside' | 'outside' | 'none';
  readonly insidetextanchor?: 'start' | 'middle' | 'end';
  readonly textangle?: number;
  readonly textfont?: Font;
  readonly constraintext?: 'none';
  readonly marker?: Marker;
  readonly cliponaxis?: boolean;
};

export type Heatmap = Common & {
  readonly type: 'heatmap';
  readonly x: readonly Label[];
  readonly y: readonly Label[];
  readonly z: readonly (readonly (number | null)[])[];
  readonly text?: readonly (readonly string[])[];
  readonly texttemplate?: string;
  readonly textfont?: Font;
  readonly colorscale: readonly (readonly [number, string])[];
  readonly zmin: number;
  readonly zmax: number;
  readonly xgap?: number;
  readonly ygap?: number;
  readonly showscale: false;
};

export type Trace = Scatter | Bar | Heatmap;

export type Axis = {
  readonly type: 'linear' | 'log' | 'category' | 'date';
  readonly title?: { readonly text: string; readonly standoff?: number; readonly font?: Font };
  /** Of a category axis: from -0.5 to n - 0.5. Of a log axis: exponents of ten. */
  readonly range: readonly [Label, Label];
  readonly categoryorder?: 'array';
  readonly categoryarray?: readonly string[];
  readonly domain?: readonly [number, number];
  readonly anchor?: string;
  readonly side?: 'left' | 'right' | 'top' | 'bottom';
  readonly tickmode?: 'array';
  readonly tickvals?: readonly Label[];
  readonly ticktext?: readonly string[];
  readonly tickangle?: number;
  readonly tickfont?: Font;
  readonly showticklabels?: boolean;
  readonly ticklabelstandoff?: number;
  readonly ticks?: 'outside' | '';
  readonly showgrid?: boolean;
  readonly gridcolor?: string;
  readonly zeroline?: boolean;
  readonly zerolinecolor?: string;
  readonly showline?: boolean;
  readonly linecolor?: string;
  readonly visible?: boolean;
  readonly fixedrange?: boolean;
  readonly automargin?: boolean;
};

export type Annotation = {
  readonly text: string;
  readonly x: Label;
  readonly y: Label;
  /** An axis (`x`, `y2`) or `paper`. */
  readonly xref: string;
  readonly yref: string;
  readonly showarrow: boolean;
  /** Where the text is, in pixels from the point that the arrow shows. */
  readonly ax?: number;
  readonly ay?: number;
  readonly arrowhead?: number;
  readonly arrowcolor?: string;
  readonly arrowwidth?: number;
  readonly xanchor?: 'left' | 'center' | 'right';
  readonly yanchor?: 'top' | 'middle' | 'bottom';
  readonly xshift?: number;
  readonly yshift?: number;
  readonly align?: 'left' | 'center' | 'right';
  readonly textangle?: number;
  readonly font?: Font;
  readonly bgcolor?: string;
  readonly bordercolor?: string;
  readonly borderpad?: number;
  readonly hovertext?: string;
};

export type Shape = {
  readonly type: 'line' | 'rect';
  readonly x0: Label;
  readonly x1: Label;
  readonly y0: Label;
  readonly y1: Label;
  readonly xref: string;
  readonly yref: string;
  readonly line?: Line;
  readonly fillcolor?: string;
  readonly opacity?: number;
  readonly layer?: 'above' | 'below';
};

export type Legend = {
  readonly orientation: 'h' | 'v';
  readonly x: number;
  readonly y: number;
  readonly xanchor: 'left' | 'right';
  readonly yanchor: 'top' | 'bottom';
  readonly traceorder?: 'normal';
  readonly font?: Font;
  readonly itemclick?: false;
  readonly itemdoubleclick?: false;
};

export type Layout = {
  readonly width: number;
  readonly height: number;
  readonly margin: { readonly l: number; readonly r: number; readonly t: number; readonly b: number };
  readonly title?: { readonly text: string; readonly font?: Font; readonly [more: string]: unknown };
  readonly font: Font;
  readonly paper_bgcolor: string;
  readonly plot_bgcolor: string;
  readonly showlegend: boolean;
  readonly legend?: Legend;
  readonly barmode?: 'overlay' | 'group' | 'stack';
  readonly bargap?: number;
  readonly bargroupgap?: number;
  readonly annotations?: readonly Annotation[];
  readonly shapes?: readonly Shape[];
  readonly sliders?: readonly Readonly<Record<string, unknown>>[];
  readonly hovermode?: false | 'closest' | 'x';
  /** `xaxis`, `yaxis2` … */
  readonly [axis: string]: unknown;
};

export type Frame = {
  readonly name: string;
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly traces: readonly number[];
};
