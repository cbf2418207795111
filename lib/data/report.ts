/** What a person must know before a set's data arrives: shown once, when its download begins. */
export interface DatasetNotice {
  /** Name of the set. */
  readonly dataset: string;
  /** What its licence is called. */
  readonly licence: string;
  /** How to cite it. */
  readonly citation: string;
  /** Where to read about it. */
  readonly homepage: string;
  /** Bytes of the download. */
  readonly bytes: number;
}

/** Bytes of a file that have arrived. */
export interface DownloadProgress {
  /** Name of the set. */
  readonly dataset: string;
  /** Name of the file. */
  readonly file: string;
  /** Bytes that have arrived. */
  readonly received: number;
  /** Bytes of the whole file. */
  readonly bytes: number;
}

/** What is called as data is downloaded. */
export interface DataReporter {
  /** Called once, as the download of a set begins. */
  notice?(event: DatasetNotice): void;
  /** Called as bytes arrive. */
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
