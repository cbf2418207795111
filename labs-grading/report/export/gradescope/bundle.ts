import { projectFile, projectPaths } from '../../../release/bundle/files.ts';
import { zipOf } from '../../../release/bundle/zip.ts';
import { labFiles } from '../../../release/lab-files.ts';
import { exportError } from '../export-error.ts';

/** Installs what the grader needs, once, when Gradescope builds its image. */
const setup = `#!/usr/bin/env bash
# TinyLab's grader for Gradescope: Node, Python and the sandbox, then the project's own set-up.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends bubblewrap ca-certificates curl python3 python3-venv util-linux xz-utils
if ! node --version 2>/dev/null | grep -qE '^v(1[89]|[2-9][0-9])'; then
  curl -fsSL https://deb.nodesource.com/setup_24.x | bash -
  apt-get install -y --no-install-recommends nodejs
fi
cd "\${TINYLAB_AUTOGRADER:-/autograder}/source/tinylab"
npm run setup
`;

/** Gradescope copies this file to /autograder and runs it there for each submission. */
const runAutograder = (lab: string): string => `#!/usr/bin/env bash
# Grades /autograder/submission and writes /autograder/results/results.json. A submission that could not be graded gets no score and no
# results: Gradescope then says so, and what is printed here, which only instructors see, says why.
set -euo pipefail
autograder="\${TINYLAB_AUTOGRADER:-/autograder}"
cd "$autograder/source/tinylab"
exec node_modules/.bin/node labs-grading/gradescope.ts '${lab}' "$autograder"
`;

const folders = ['datasets', 'kernels', 'labs-grading', 'lib', 'notebooks', 'scripts'];
const files = ['package.json', 'package-lock.json', 'tsconfig.json', 'LICENSE'];

/** What set-up makes anew, and other labs, whose hidden parts this course need not have. */
function ships(lab: string): (path: string) => boolean {
  const made = /(^|\/)(node_modules|dist|\.tinylab|deliverables|\.ipynb_checkpoints)$/;
  const labFolder = /^(?:notebooks|labs-grading\/labs)\/([^/]+)$/;
  return path => !made.test(path) && path !== 'scripts/bench' && (labFolder.exec(path)?.[1] ?? lab) === lab;
}

/**
 * The archive that Gradescope takes: setup.sh and run_autograder at its root, the project in `tinylab`. It holds the lab's hidden parts and is
 * for instructors only. @throws GraderError for a lab outside the project.
 */
export function gradescopeBundle(lab: string): Promise<Buffer> {
  const { id, folder } = labFiles(lab);
  if (!folder.endsWith(`/notebooks/${id}`))
    throw exportError(lab, 'it is no lab of the project.', 'Put it in notebooks/ and labs-grading/labs/.');
  const project = [...folders.flatMap(name => projectPaths(name, ships(id))), ...files].sort().map(projectFile);
  return zipOf([
    { path: 'setup.sh', content: Buffer.from(setup), program: true },
    { path: 'run_autograder', content: Buffer.from(runAutograder(id)), program: true },
    ...project.map(({ path, content }) => ({ path: `tinylab/${path}`, content, program: content.subarray(0, 2).toString() === '#!' })),
  ]);
}
