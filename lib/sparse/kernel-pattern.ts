/** Which of the kh · kw positions of a kernel are kept: 0 or 1 each, row-major. */
export type KernelPattern = readonly number[];
