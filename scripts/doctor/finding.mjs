/** A component that is there and works. */
export const ok = (component, version) => ({ component, version, state: 'ok', required: true, todo: '' });

/** A component that is not there or does not work, and what to do about it. */
export const wrong = (component, { version = '', state = 'missing', required = true, todo = 'npm run setup' } = {}) => ({
  component,
  version,
  state,
  required,
  todo,
});

/** The first line that a program prints, or undefined when it fails. */
export const firstLine = (context, program, args) =>
  context.run(program, args, { env: context.env, step: 'doctor' }).then(
    ({ stdout }) => stdout.trim().split('\n')[0],
    () => undefined,
  );
