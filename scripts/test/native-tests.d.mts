export const nativeTests: string[];
export const levels: string[];
