/** The kernels that recordings are of, by their stable tags. Imports nothing. */
export const RECORDED_KERNELS = ['6.1.192', '6.12.117'] as const;
export type RecordedKernel = (typeof RECORDED_KERNELS)[number];
