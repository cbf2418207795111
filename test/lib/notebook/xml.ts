import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

/** What a strict XML parser (expat) found in one document. */
export interface Parsed {
  readonly tags: readonly string[];
  readonly attributes: readonly string[];
  /** The text of every element that has some, in order. */
  readonly texts: readonly string[];
}

const program = `
import json, sys
from xml.etree import ElementTree
found = []
for document in json.load(sys.stdin):
    try:
        nodes = list(ElementTree.fromstring(document).iter())
    except ElementTree.ParseError as error:
        sys.exit(f"{error}: {ascii(document)}")
    found.append({
        "tags": sorted({node.tag.split("}")[-1] for node in nodes}),
        "attributes": sorted({name for node in nodes for name in node.attrib}),
        "texts": [text for node in nodes for text in (node.text, node.tail) if text],
    })
json.dump(found, sys.stdout)
`;

/** Parses documents, all in one process; throws at the first that is not well-formed. */
export function parseXml(documents: readonly string[]): Parsed[] {
  const python = join(resolve(import.meta.dirname, '../../..'), '.tinylab/python/bin/python');
  const { status, stdout, stderr, error } = spawnSync(python, ['-c', program], {
    input: JSON.stringify(documents),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`Not well-formed: ${stderr || error}`);
  return JSON.parse(stdout) as Parsed[];
}
