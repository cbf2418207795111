/** The little of jasmine that the suite needs; its own types are a package that nothing else here would use. */
declare module 'jasmine-core' {
  const core: { boot(): void };
  export default core;
}

interface SpecResult {
  readonly fullName: string;
  readonly status: string;
  readonly failedExpectations: readonly { readonly message: string }[];
}

declare const jasmine: {
  getEnv(): {
    configure(options: { random: boolean; specFilter: (spec: { getFullName(): string }) => boolean }): void;
    clearReporters(): void;
    addReporter(reporter: { specDone(result: SpecResult): void }): void;
    execute(): Promise<unknown>;
  };
};
