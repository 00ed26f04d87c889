/**
 * A kernel that restarts answers nothing that it was asked before: JupyterLab ends such questions with an error. That is no fault of anybody's.
 */
export function isCanceled(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Canceled future for ');
}

/** JupyterLab asks a kernel about itself without waiting for the answer: nobody else would hear of that question's end. */
export function quietCanceled(): void {
  window.addEventListener('unhandledrejection', event => {
    if (isCanceled(event.reason)) event.preventDefault();
  });
}
