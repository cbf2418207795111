// The set-up scripts are plain JavaScript: they run before a type checker exists. To the tests they are untyped.
declare module '*.mjs';
