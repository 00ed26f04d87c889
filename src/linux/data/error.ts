/** A question about a kernel that cannot be answered: what was asked, what is known, what to do. */
export class KernelError extends Error {
  override readonly name = 'KernelError';
}
