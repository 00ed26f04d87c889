/** The source of a bet's cell with an option placed: `predict('zd-count', 3)`. */
export const placed = (source: string, bet: string, option: string): string =>
  source.replace(new RegExp(`predict\\('${bet}'(?:,[^\\n]*)?\\)`), () => `predict('${bet}', ${option})`);
