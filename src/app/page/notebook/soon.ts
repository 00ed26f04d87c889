/** Runs once, some time after the first of many calls. */
export function soon(run: () => void, afterMs: number): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      run();
    }, afterMs);
  };
}
