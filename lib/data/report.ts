/** What a person must know before a set's data arrives: shown once, when its download begins. */
export interface DatasetNotice {
  readonly dataset: string;
  readonly licence: string;
  readonly citation: string;
  readonly homepage: string;
  readonly bytes: number;
}

/** Bytes of a file that have arrived. */
export interface DownloadProgress {
  readonly dataset: string;
  readonly file: string;
  readonly received: number;
  readonly bytes: number;
}

/** What is called as data is downloaded. */
export interface DataReporter {
  notice?(event: DatasetNotice): void;
  progress?(event: DownloadProgress): void;
}

let current: DataReporter = {};

/** Has `reporter` called for every download that names no reporter of its own, and returns the one before. `undefined` means silence. */
export function setDataReporter(reporter: DataReporter | undefined): DataReporter {
  const before = current;
  current = reporter ?? {};
  return before;
}

/** The reporter in force. */
export function currentDataReporter(): DataReporter {
  return current;
}
