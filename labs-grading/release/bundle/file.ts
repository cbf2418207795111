/** One file of what a student gets. */
export interface BundleFile {
  /** Where it lies in the student's folder, with slashes. */
  readonly path: string;
  readonly content: Buffer;
  /** The file that an author mends when something is wrong with this one. */
  readonly from: string;
}
