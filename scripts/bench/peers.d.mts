/** Absolute path of the interpreter of a cached Python environment with these requirements. */
export function peersPython(requirements: readonly string[], log?: (line: string) => void): Promise<string>;
/** Absolute path of a cached folder whose node_modules hold these packages. */
export function peersNpm(packages: readonly string[], log?: (line: string) => void): Promise<string>;
export function installedPython(requirements: readonly string[]): string | undefined;
