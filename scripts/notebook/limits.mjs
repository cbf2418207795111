/** What the grader takes of one hand-in, in bytes and files; more is refused, so a student is told before. */
export const limits = {
  notebook: 64 * 2 ** 20,
  deliverable: 64 * 2 ** 20,
  deliverables: 64,
  total: 256 * 2 ** 20,
  cells: 2000,
  source: 200_000,
};
